"""The sample operator with an application that may do everything an application may."""

from __future__ import annotations

import functools
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from tutela import app
from tutela.api import callers, failures
from tutela.api.endpoints import ROOT
from tutela.api.limits import BUCKETS
from tutela.applications import actions as applications
from tutela.applications.actions import Rights
from tutela.applications.wording import ACTIONS, FUNCTIONS
from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.policy import actions as policies
from tutela.policy.model import Policy

ROOM = Path(__file__).parents[2]
SLUG = "prohomeexchange"
STARTED = datetime(2024, 6, 3, 14, 0, tzinfo=UTC)
VALUES = {"full-name": "Maria Sample", "email": "maria@mail.example", "phone": "+1 305 555 0142"}


app.wire()
callers.hooks.load()  # the tables that tests are made from are full when they are collected


class Application:
    """A program with a key. ``get`` and ``send`` return the status and the answer."""

    def __init__(self, key: str, id_: UUID | None = None) -> None:
        self.key, self.id = key, id_
        self.client = Client(raise_request_exception=False)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Header names with underscores; None leaves out a header that goes by itself."""
        own: dict[str, Any] = {"authorization": f"Bearer {self.key}"}
        if method != "GET":
            own["idempotency-key"] = uuid.uuid4().hex
        own |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method,
            f"{ROOT}{path}",
            b"" if body is None else json.dumps(body),
            content_type=own.pop("content-type", "application/json"),
            headers={name: value for name, value in own.items() if value is not None},
        )

    def get(self, path: str, **headers: str) -> tuple[int, Any]:
        return _read(self.ask("GET", path, **headers))

    def send(self, path: str, body: Any, method: str = "POST", **headers: str) -> tuple[int, Any]:
        return _read(self.ask(method, path, body, **headers))


def _read(answer: HttpResponse) -> tuple[int, Any]:
    return answer.status_code, json.loads(answer.content)


@functools.cache
def loaded(folder: Path) -> Policy:
    return policies.load_folder(folder)


class Shop:
    """One operator whose applications call."""

    def __init__(self, folder: Path) -> None:
        app.wire()
        self.policy = loaded(folder)
        policies.publish(self.policy)
        self.slug = self.policy.operator.slug
        self.id = policies.operator_id(self.slug)
        self.names = 0

    def rights(self, **changes: Any) -> Rights:
        every: dict[str, Any] = {
            "purposes": applications.purposes_for(self.policy),
            "actions": list(ACTIONS),
            "functions": list(FUNCTIONS),
            "per_minute": 100_000,
        }
        return Rights(**(every | changes))

    def application(self, **changes: Any) -> Application:
        self.names += 1
        with operator_scope(self.id):
            row = applications.add(self.id, f"program-{self.names}", self.rights(**changes))
            key = applications.issue(self.id, row.id)
        assert key is not None
        return Application(key, row.id)


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    BUCKETS.__init__()
    failures.forget()
    with clock.use(clock.ManualClock(STARTED)):
        yield Shop(ROOM / "operators" / SLUG)


@pytest.fixture
def bakery(shop: Shop) -> Shop:
    """Another operator of the same installation."""
    return Shop(ROOM / "tests" / "data" / "policies" / "minimal")


@pytest.fixture
def program(shop: Shop) -> Application:
    return shop.application()


def texts(program: Application, *purposes: str, language: str = "en") -> list[dict[str, str]]:
    """The consents to ``purposes`` as they are sent, with the hashes of the words in force."""
    made = []
    for purpose in purposes:
        status, words = program.get(f"/consent-texts/{purpose}?language={language}")
        assert status == 200, words
        made.append({"purpose": purpose, "text_sha256": words["sha256"]})
    return made


def person(program: Application, *purposes: str) -> str:
    """Somebody new who agreed to ``purposes``."""
    status, made = program.send("/subjects", {"category": "user", "language": "en"})
    assert status == 201, made
    if purposes:
        body = {"consents": texts(program, *purposes), "language": "en", "mode": "tick"}
        status, given = program.send(f"/subjects/{made['subject']}/consents", body)
        assert status == 201, given
    return made["subject"]


def stored(program: Application, subject: str, point: str = "order", **changes: str) -> str:
    body = {"point": point, "values": VALUES | changes}
    status, made = program.send(f"/subjects/{subject}/records", body)
    assert status == 201, made
    return made["record"]
