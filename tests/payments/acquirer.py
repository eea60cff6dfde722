"""A small payment platform: a server of its own process that takes a card on its own page and
tells the shop of the payment by a signed message, as such platforms do.

    python -m tests.payments.acquirer PORT WEBHOOK KEY

``POST /pay`` takes card and payer; with ``leak=1`` it blunders and tells the shop the card.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Platform(BaseHTTPRequestHandler):
    webhook, key, count = "", "", 0

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        asked = dict(urllib.parse.parse_qsl(self.rfile.read(length).decode()))
        type(self).count += 1
        told = {
            "id": asked.get("event") or f"evt-{type(self).count}",
            "type": "payment.succeeded",
            "payment": {
                "amount": "120.00",
                "currency": "USD",
                "method": "card",
                "card": {"brand": "visa", "masked": "411111******1111", "expires": "12/30"},
                "payer": {
                    "first_name": asked["first"],
                    "last_name": asked["last"],
                    "email": asked["email"],
                    "phone": asked["phone"],
                    "address": "1 Model Street",
                },
            },
        }
        if asked.get("leak"):
            told["payment"]["card"]["number"] = asked["card"]
        status, answer = self.tell(json.dumps(told).encode())
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"webhook": status, "answer": answer}).encode())

    def tell(self, body: bytes) -> tuple[int, str]:
        moment = str(int(time.time()))
        signed = hmac.new(self.key.encode(), moment.encode() + b"." + body, hashlib.sha256)
        headers = {
            "Content-Type": "application/json",
            "Pay-Moment": moment,
            "Pay-Signature": signed.hexdigest(),
        }
        request = urllib.request.Request(self.webhook, body, headers)  # noqa: S310 - a test's address
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    Platform.webhook, Platform.key = sys.argv[2], sys.argv[3]
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Platform).serve_forever()
