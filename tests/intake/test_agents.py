"""The Data Rights Protocol, asked by a client that was written from its specification alone."""

from __future__ import annotations

import base64
import json
import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from tests.requests.conftest import SAMPLE, House

from tutela.core import clock
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.intake.drp import callbacks, messages
from tutela.intake.models import AgentRequest
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.requests import actions as requests
from tutela.requests import cases

BUSINESS = "PROHOMEEXCHANGE"
MARIA = "maria@mail.example"


class Agent:
    """An authorised agent: 2.01 to 2.06 and 3.07.1 of the protocol, and nothing else."""

    def __init__(self, name: str = "AGENT_ONE") -> None:
        self.name, self.key, self.token = name, Ed25519PrivateKey.generate(), ""
        self.http = Client(raise_request_exception=False)
        self.base = "/drp/prohomeexchange/v1"

    def entry(self) -> dict[str, str]:
        raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return {"id": self.name, "name": "One", "verify_key": base64.b64encode(raw).decode()}

    def signed(self, document: dict[str, Any]) -> bytes:
        said = json.dumps(document).encode()
        return base64.b64encode(self.key.sign(said) + said)

    def message(self, **more: Any) -> dict[str, Any]:
        now = clock.now()
        return {
            "agent-id": self.name,
            "business-id": BUSINESS,
            "issued-at": (now - timedelta(seconds=5)).isoformat(),
            "expires-at": (now + timedelta(minutes=10)).isoformat(),
            "drp.version": "1.0",
            **more,
        }

    def request(self, exercise: str = "access", **more: Any) -> dict[str, Any]:
        claims = {"email": MARIA, "email_verified": True, "name": "Maria Sample", **more}
        return self.message(exercise=exercise, regime="ccpa", **claims)

    def send(self, method: str, path: str, body: bytes = b"") -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.http.generic(
            method, f"{self.base}{path}", body, content_type="text/plain", headers=headers
        )

    def pair(self) -> Any:
        answer = self.send("POST", f"/agent/{self.name}", self.signed(self.message()))
        if answer.status_code == 200:
            self.token = answer.json()["token"]
        return answer

    def exercise(self, document: dict[str, Any]) -> Any:
        return self.send("POST", "/data-rights-request", self.signed(document))


@pytest.fixture
def business(house: House, tmp_path: Path) -> House:
    """The operator with the protocol declared in its policy."""
    folder = tmp_path / "prohomeexchange"
    shutil.copytree(SAMPLE, folder)
    written = (folder / "policy.yaml").read_text(encoding="utf-8")
    declared = (
        f"channels:\n  agents:\n    kind: drp\n    address: {BUSINESS}\n"
        '    event: request.received\n    control: intake.form\n    clauses: ["2.11/b3"]\n'
    )
    changed = written.replace("channels:\n", declared, 1).replace("number: 1", "number: 2", 1)
    (folder / "policy.yaml").write_text(changed, encoding="utf-8")
    policies.publish(policies.load_folder(folder))
    return house


@pytest.fixture
def agent(business: House, settings: Any, tmp_path: Path) -> Agent:
    known = Agent()
    directory = tmp_path / "agents.json"
    directory.write_text(json.dumps([known.entry()]), encoding="utf-8")
    settings.TUTELA_DRP_AGENTS = str(directory)
    assert known.pair().status_code == 200
    return known


def test_an_agent_pairs_asks_looks_and_revokes(business, agent):
    subject = business.send("order").subject
    assert agent.send("GET", "/agent/AGENT_ONE").json() == {}
    made = agent.exercise(agent.request(**{"agent-request-id": "mine-1"})).json()
    assert (made["status"], made["agent_request_id"]) == ("in_progress", "mine-1")
    assert made["expected_by"] > made["received_at"]
    with operator_scope(business.id):
        case = cases.get(business.id, made["request_id"])
    assert (case.kind, case.channel, case.subject_id) == ("access", "drp", subject)
    path = f"/data-rights-request/{made['request_id']}"
    assert agent.send("GET", path).json()["status"] == "in_progress"
    ended = agent.send("DELETE", path, agent.signed({"reason": "I changed my mind"}))
    assert ended.json()["status"] == "revoked"
    again = agent.send("DELETE", path, agent.signed({"reason": "twice"}))
    assert (again.status_code, again.json()["code"]) == (409, "409")


def test_an_agent_is_told_the_later_date_and_why_it_was_put_off(business, agent):
    business.send("order")
    made = agent.exercise(agent.request("access")).json()
    assert "processing_details" not in made
    officer = Actor(ActorKind.STAFF, "1", "officer")
    with operator_scope(business.id):
        (longer,) = [
            each
            for each in obligations.listing(business.id, cause=UUID(made["request_id"]))
            if requests.may_extend(each, obligations.promise_of(each))
        ]
        requests.extend(business.id, longer.id, officer, "complexity")
    later = agent.send("GET", f"/data-rights-request/{made['request_id']}").json()
    assert later["expected_by"] > made["expected_by"]
    assert later["processing_details"] == "Put off: the request is complex."


class Listener(BaseHTTPRequestHandler):
    """The agent's own place, which answers 200 once it is willing."""

    heard: ClassVar[list[dict[str, Any]]] = []
    answer: ClassVar[int] = 200

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.heard.append(said)
        self.send_response(self.answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_said: object) -> None:
        pass


@pytest.fixture
def place() -> Iterator[str]:
    Listener.heard, Listener.answer = [], 200
    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_agent_is_told_each_state_once_and_again_where_it_did_not_answer(
    business, agent, place, tmp_path
):
    entry = agent.entry() | {"web_url": f"{place}/about"}
    (tmp_path / "agents.json").write_text(json.dumps([entry]), encoding="utf-8")
    business.send("order")
    made = agent.exercise(agent.request(status_callback=f"{place}/told")).json()

    def tell(minutes: int = 0) -> int:
        return callbacks.tell(business.id, clock.now() + timedelta(minutes=minutes))

    Listener.answer = 503
    assert (tell(), tell(), len(Listener.heard)) == (0, 0, 1), "it waits before the next call"
    Listener.answer = 200
    assert (tell(2), tell(4), len(Listener.heard)) == (1, 0, 2)
    assert Listener.heard[-1] == made, "what is told is what the agent would be given"
    agent.send("DELETE", f"/data-rights-request/{made['request_id']}", agent.signed({}))
    assert (tell(6), Listener.heard[-1]["status"]) == (1, "revoked")
    with operator_scope(business.id):
        assert AgentRequest.objects.get().call_at is None, "nothing moves any more"


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        ("https://agent.example/told", True),
        ("https://calls.agent.example/told", True),
        ("https://agent.example.evil.example/told", False),
        ("http://agent.example/told", False),
        ("https://127.0.0.1/told", False),
        ("https://agent.example:22/told", False),
        ("https://agent.example/told?person=maria@mail.example", False),
        ("https://maria@agent.example/told", False),
        ("file:///etc/passwd", False),
        ("https://agent.example:x/", False),
        (7, False),
    ],
)
def test_only_a_place_of_the_agent_itself_is_told_anything(wanted, taken):
    known = messages.Agent("ONE", "One", "", "https://agent.example")
    assert messages.callback({"status_callback": wanted}, known) == (wanted if taken else "")


def test_the_same_signed_request_again_is_the_same_request(business, agent):
    document = agent.request("deletion")
    first, second = agent.exercise(document).json(), agent.exercise(document).json()
    assert first["request_id"] == second["request_id"]
    with operator_scope(business.id):
        assert AgentRequest.objects.count() == 1


@pytest.mark.parametrize("claims", [{"email": "nobody@mail.example"}, {"email_verified": False}])
def test_whoever_is_not_known_by_a_verified_claim_is_asked_to_show_who_they_are(
    business, agent, claims
):
    business.send("order")
    made = agent.exercise(agent.request(**claims)).json()
    assert (made["status"], made["reason"]) == ("in_progress", "need_user_verification")
    assert made["user_verification_url"].endswith("/en/prohomeexchange/sign-in/")


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"agent-id": "AGENT_TWO"}, 403),
        ({"business-id": "OTHER"}, 403),
        ({"issued-at": "2999-01-01T00:00:00+00:00"}, 403),
        ({"expires-at": "2001-01-01T00:00:00+00:00"}, 403),
        ({"expires-at": "soon"}, 400),
        ({"issued-at": "2024-06-03T00:00:00"}, 400),
        ({"exercise": "sale:opt_in"}, 400),
    ],
)
def test_a_request_that_is_not_for_here_and_now_is_refused_in_json(agent, changed, status):
    answer = agent.exercise(agent.request() | changed)
    assert (answer.status_code, answer.json()["code"]) == (status, str(status))
    assert answer.json()["message"]
    over = changed.get("expires-at", "").startswith("2001")
    assert answer.json().get("fatal", False) is over, "2.01: what is over is never taken"


def test_only_the_key_of_the_directory_signs_and_only_its_token_opens(business, agent):
    stranger = Agent()
    refused = stranger.pair()
    assert (refused.status_code, refused.content) == (403, b""), "2.05.1 wants no body"
    assert stranger.exercise(stranger.request()).status_code == 401
    stranger.token = agent.token
    assert stranger.exercise(stranger.request()).status_code == 403
    assert agent.send("POST", "/data-rights-request", b"no base64!").status_code == 400
    assert agent.send("POST", "/data-rights-request", base64.b64encode(b"short")).status_code == 403
    for signed in (b"[" * 20_000, b"\xff", b"[]", b""):
        sent = base64.b64encode(agent.key.sign(signed) + signed)
        assert agent.send("POST", "/data-rights-request", sent).status_code == 400


def test_another_agent_sees_nothing_of_a_request(business, agent, settings):
    made = agent.exercise(agent.request()).json()
    other = Agent("AGENT_TWO")
    Path(settings.TUTELA_DRP_AGENTS).write_text(
        json.dumps([agent.entry(), other.entry()]), encoding="utf-8"
    )
    other.pair()
    path = f"/data-rights-request/{made['request_id']}"
    assert other.send("GET", path).status_code == 403
    assert other.send("DELETE", path, other.signed({})).status_code == 403
    assert other.send("GET", "/agent/AGENT_ONE").status_code == 403


def test_an_agent_that_leaves_the_directory_is_out_at_once(agent, settings):
    Path(settings.TUTELA_DRP_AGENTS).write_text("[]", encoding="utf-8")
    assert agent.send("GET", "/agent/AGENT_ONE").status_code == 401


def test_an_operator_that_does_not_declare_the_protocol_takes_nothing(house, settings, tmp_path):
    stranger = Agent()
    answer = stranger.pair()
    assert (answer.status_code, answer.json()["code"]) == (404, "404")


def test_of_what_an_agent_says_of_a_person_nothing_is_kept(business, agent):
    business.send("order")
    agent.exercise(agent.request("sale:opt_out", name="Secretname"))
    with operator_scope(business.id):
        said = f"{journal.entries(business.id, limit=200)}{AgentRequest.objects.get().__dict__}"
    assert "Secretname" not in said
    assert MARIA not in said
