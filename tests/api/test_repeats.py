"""The same request twice is done once: repeated, changed, at the same moment, and killed."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.api.conftest import VALUES, person, texts

from tutela.api import repeats
from tutela.api.endpoints import ROOT
from tutela.applications import actions as applications
from tutela.applications.models import Reply
from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.journal import actions as journal

NEW = {"category": "user", "language": "en"}


def count(shop) -> int:
    with operator_scope(shop.id):
        return len(identity.subjects(shop.id))


def test_a_repeat_gets_the_first_answer_and_does_nothing(shop, program):
    name = uuid.uuid4().hex
    first = program.ask("POST", "/subjects", NEW, idempotency_key=name)
    again = program.ask("POST", "/subjects", NEW, idempotency_key=name)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert count(shop) == 1


@pytest.mark.parametrize(
    "changed",
    [
        lambda subject: (f"/subjects/{subject}/withdrawals", {"purposes": None, "language": "ru"}),
        lambda subject: (f"/subjects/{subject}/consents", {"purposes": None, "language": "en"}),
        lambda subject: ("/subjects", NEW),
    ],
)
def test_another_request_under_the_same_name_is_a_conflict(program, changed):
    subject, name = person(program, "orders"), uuid.uuid4().hex
    body = {"purposes": None, "language": "en"}
    path = f"/subjects/{subject}/withdrawals"
    assert program.send(path, body, idempotency_key=name)[0] == 201
    status, told = program.send(*changed(subject), idempotency_key=name)
    assert (status, told["type"]) == (409, "urn:tutela:problem:idempotency-key-reused")


def test_two_applications_may_use_the_same_name(shop, program):
    other, name = shop.application(), uuid.uuid4().hex
    assert program.send("/subjects", NEW, idempotency_key=name)[0] == 201
    assert other.send("/subjects", NEW | {"language": "ru"}, idempotency_key=name)[0] == 201
    assert count(shop) == 2


def test_what_was_rolled_back_may_be_tried_again_under_its_name(shop, program):
    name = uuid.uuid4().hex
    wrong = program.send("/subjects", NEW | {"category": "nobody"}, idempotency_key=name)
    assert wrong[0] == 422
    assert program.send("/subjects", NEW, idempotency_key=name)[0] == 201


def test_a_refusal_stays_in_the_journal_and_is_repeated_as_it_was(shop, program):
    subject, name = person(program), uuid.uuid4().hex
    body = {"point": "order", "values": VALUES}
    for _ in range(2):
        status, told = program.send(f"/subjects/{subject}/records", body, idempotency_key=name)
        assert (status, told["type"]) == (403, "urn:tutela:problem:no-consent")
    with operator_scope(shop.id):
        assert journal.count(shop.id, ["gate.refused"]) == 1


@given(st.text(max_size=140))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_name_that_is_none_is_refused_and_never_kept(shop, program, name):
    try:
        name.encode("latin-1")
    except UnicodeEncodeError:
        name = name.encode("utf-8", "surrogatepass").decode("latin-1")
    status, told = program.send("/subjects", NEW, idempotency_key=name)
    if repeats._NAME.fullmatch(name):
        assert status == 201
    else:
        assert (status, told["type"]) == (400, "urn:tutela:problem:idempotency-key-missing")


def test_nothing_that_was_sent_or_answered_lies_in_the_clear(shop, program):
    name = uuid.uuid4().hex
    body = {"values": VALUES, "consents": ["orders"], "language": "en"}
    status, made = program.send("/forms/order", body, idempotency_key=name)
    assert status == 201
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM applications_reply r")
        rows = " ".join(row[0] for row in cursor.fetchall())
    for secret in (name, *VALUES.values(), made["subject"], made["receipt"]):
        assert secret not in rows
        assert secret.encode().hex() not in rows
    with operator_scope(shop.id):
        assert applications.forget_replies(shop.id, clock.now()) == 0
        later = clock.now() + applications.rules.REPLIES_KEPT
        assert applications.forget_replies(shop.id, later) > 0
        assert not Reply.objects.filter(operator_id=shop.id).exists()


def _at_once(program, times: int, path: str, body, name: str) -> list[tuple[int, bytes]]:
    answers: list[tuple[int, bytes]] = []
    start = threading.Barrier(times)

    def run() -> None:
        start.wait()
        try:
            answer = program.ask("POST", path, body, idempotency_key=name)
            answers.append((answer.status_code, answer.content))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return answers


@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_one_does_it_and_the_others_wait_for_its_answer(shop, program):
    name = uuid.uuid4().hex
    answers = _at_once(program, 6, "/subjects", NEW, name)
    assert len(answers) == 6
    assert len(set(answers)) == 1
    assert answers[0][0] == 201
    assert count(shop) == 1


@pytest.mark.django_db(transaction=True)
def test_a_crash_before_the_commit_leaves_the_name_free(shop, program, monkeypatch):
    """Whatever dies after the work and before the commit: the work and the name go together."""
    name = uuid.uuid4().hex

    def die(*_arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("tutela.applications.calls.keep", die)
        with pytest.raises(KeyboardInterrupt):
            program.ask("POST", "/subjects", NEW, idempotency_key=name)
    assert count(shop) == 0
    assert program.send("/subjects", NEW, idempotency_key=name)[0] == 201
    assert count(shop) == 1


def test_reading_needs_no_name(program):
    subject = person(program, "orders")
    body = {"purpose": "orders", "fields": ["email"]}
    assert program.send(f"/subjects/{subject}/values", body, idempotency_key=None)[0] == 200
    consents = {"consents": texts(program, "newsletter"), "language": "en", "mode": "tick"}
    path = f"/subjects/{subject}/consents"
    assert program.send(path, consents, idempotency_key=None)[0] == 400
    assert program.client.get(f"{ROOT}/openapi.json").status_code == 200
