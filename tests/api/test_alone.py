"""What is answered outside of a transaction is what is answered in one, in fewer statements."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, connections, transaction
from tests.api.conftest import Application, person, stored

from tutela.api import door
from tutela.api.endpoints import endpoint
from tutela.api.schemas import Answer
from tutela.core.ids import new_id
from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.gate import at_once
from tutela.journal import actions as journal

pytestmark = pytest.mark.django_db(transaction=True)
READ = {"purpose": "orders", "fields": ["email", "phone"]}


@pytest.fixture
def ann(program: Application) -> str:
    subject = person(program, "orders", "newsletter")
    stored(program, subject)
    stored(program, subject)
    return subject


def asked(program: Application, shop: Any, subject: str) -> list[tuple[int, Any]]:
    """Everything that is answered alone: permitted, refused by every kind of reason, unknown."""
    decision = READ | {"subject": subject, "action": "use"}
    nobody = new_id()
    narrow = shop.application(purposes=["newsletter"])
    unfit = shop.application(functions=["subjects.read"])
    program.send(f"/subjects/{subject}/withdrawals", {"purposes": ["newsletter"], "language": "en"})
    answers = [
        each.send(path, body) if body else each.get(path)
        for each in (program, narrow, unfit, Application("tutela_none"))
        for path, body in (
            (f"/subjects/{subject}/values", READ),
            (f"/subjects/{subject}/values", READ | {"action": "use"}),
            (f"/subjects/{subject}/values", READ | {"purpose": "newsletter"}),
            (f"/subjects/{subject}/values", READ | {"purpose": "no-such"}),
            (f"/subjects/{subject}/values", READ | {"action": "provision", "recipient": "no-such"}),
            (f"/subjects/{nobody}/values", READ),
            ("/decisions", decision),
            ("/decisions", decision | {"purpose": "newsletter"}),
            ("/decisions", decision | {"subject": str(nobody)}),
            (f"/subjects/{subject}/consents", None),
            (f"/subjects/{nobody}/consents", None),
        )
    ]
    return [(status, _without_names(told)) for status, told in answers]


def _without_names(told: dict[str, Any]) -> dict[str, Any]:
    """Without what differs between two people of whom the same is true."""
    for each in told.get("items", ()):
        each.pop("record")
    told.pop("subject", None)
    return told


def said(shop: Any, subject: str) -> list[tuple[Any, ...]]:
    with operator_scope(shop.id):
        rows = [
            each
            for each in journal.entries(shop.id, limit=200)
            if str(each.subject) == subject or each.kind == "application.refused"
        ]
    kinds = {"gate.permitted", "gate.refused", "application.refused"}
    return [
        (each.kind, each.action, each.purpose, each.basis, each.clause, *_data(each.data))
        for each in rows
        if each.kind in kinds
    ]


def _data(data: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted((name, str(each)) for name, each in data.items() if name != "application")


def test_alone_or_in_a_transaction_answers_and_entries_are_the_same(shop, program, ann):
    at_once._known.clear()
    alone = asked(program, shop, ann)
    entries = said(shop, ann)
    other = person(program, "orders", "newsletter")
    stored(program, other)
    stored(program, other)
    before = len([each for each in said(shop, other) if each[0] == "application.refused"])
    with transaction.atomic():
        in_one = asked(program, shop, other)
    assert alone == in_one
    assert [each[0] for each in alone].count(200) >= 5
    assert {each[0] for each in alone} == {200, 401, 403, 404}
    later = said(shop, other)
    refused = [each for each in later if each[0] == "application.refused"]
    assert [each for each in entries if each[0] != "application.refused"] == [
        each for each in later if each[0] != "application.refused"
    ]
    assert len(refused) == 2 * before > 0


@pytest.mark.parametrize(
    ("path", "body", "statements"),
    [("values", READ, 3), ("decisions", READ | {"action": "use"}, 3), ("consents", None, 2)],
)
def test_a_look_is_a_few_statements(shop, program, ann, path, body, statements):
    def ask() -> int:
        if path == "decisions":
            return program.send("/decisions", body | {"subject": ann})[0]
        where = f"/subjects/{ann}/{path}"
        return (program.send(where, body) if body else program.get(where))[0]

    assert ask() == 200
    heard: list[str] = []
    cursor = swift._cursor
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            swift, "_cursor", lambda text, given: (heard.append(text), cursor(text, given))[1]
        )
        assert ask() == 200
    assert len(heard) == statements, heard


def test_a_look_waits_for_others_no_longer_than_any_request(shop, program, ann, monkeypatch):
    monkeypatch.setattr(door, "LOCK_MAY_TAKE", "50ms")
    assert program.send(f"/subjects/{ann}/values", READ)[0] == 200
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with operator_scope(shop.id):
            swift.row("SELECT 1 FROM gate_standing WHERE subject_id = %s FOR UPDATE", (ann,))
            held.set()
            done.wait(20)
        connections.close_all()

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert held.wait(20)
        status, told = program.send(f"/subjects/{ann}/values", READ)
    finally:
        done.set()
        other.join(20)
    assert (status, told["type"]) == (503, "urn:tutela:problem:try-again")
    assert program.send(f"/subjects/{ann}/values", READ)[0] == 200
    assert not connection.in_atomic_block


def test_what_writes_is_never_alone():
    with pytest.raises(ValueError, match="cannot write"):
        endpoint("POST", "/never", function="", answer=Answer, writes=True, alone=True)(
            lambda _request: Answer()
        )
