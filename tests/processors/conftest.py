"""One operator whose processors are told by a letter, by a server of this machine, and by hand."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.retention.conftest import SAMPLE, World, _world


class Server(HTTPServer):
    """What a processor runs: keeps each message, and answers with ``status``."""

    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: list[dict] = []


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.status == 200:
            self.server.taken.append(json.loads(body))
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield found
        found.shutdown()


def _folder(home: Path, server: Server) -> Path:
    shutil.copytree(SAMPLE, home / "operator")
    policy = home / "operator" / "policy.yaml"
    told = f"http://127.0.0.1:{server.server_port}/orders"
    text = policy.read_text(encoding="utf-8").replace("https://crm.example/tutela/orders", told)
    policy.write_text(text, encoding="utf-8")
    return home / "operator"


@pytest.fixture
def world(db: None, tmp_path: Path, server: Server) -> Iterator[World]:
    yield from _world(_folder(tmp_path, server))


@pytest.fixture
def committed(transactional_db: None, tmp_path: Path, server: Server) -> Iterator[World]:
    yield from _world(_folder(tmp_path, server))
