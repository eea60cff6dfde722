"""The Python client against a server that really listens."""

from __future__ import annotations

import json
import time
import uuid
from datetime import UTC, datetime

import httpx
import pytest
from tests.api.conftest import STARTED, VALUES

from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.journal import offline
from tutela_client import (
    Conflict,
    Gone,
    Invalid,
    KeyRefused,
    NotFound,
    Problem,
    Refused,
    TooManyRequests,
    Tutela,
    Unavailable,
)

pytestmark = pytest.mark.django_db(transaction=True)


class Line(httpx.HTTPTransport):
    """A line to the real server that breaks after each of the first ``breaks`` requests was
    delivered, so that nobody hears the answers, or gives ``instead`` of them."""

    def __init__(self) -> None:
        super().__init__()
        self.breaks, self.sent = 0, 0
        self.instead: tuple[int, dict[str, str]] | None = None

    def handle_request(self, request):
        self.sent += 1
        answer = super().handle_request(request)
        answer.read()
        if self.sent > self.breaks:
            return answer
        if self.instead is None:
            raise httpx.ReadError("The line broke.", request=request)
        status, headers = self.instead
        return httpx.Response(status, headers=headers, request=request)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def tutela(live_server, shop, program, line):
    with Tutela(live_server.url, program.key, transport=line) as client:
        yield client


def test_a_day_of_an_application(shop, tutela, tmp_path):
    me = tutela.application()
    assert (me.operator, me.name) == (shop.slug, "program-1")
    assert tutela.policy()["digest"] == shop.policy.digest
    texts = [tutela.consent_text(each, "en") for each in ("orders", "newsletter")]
    someone = tutela.create_subject("user", "en")
    assert someone.created_at == STARTED
    assert tutela.subject(someone.subject) == someone
    until = datetime(2025, 1, 1, tzinfo=UTC)
    given = tutela.give_consents(someone.subject, texts, language="en", expires_at=until)
    assert {each.purpose for each in given} == {"orders", "newsletter"}
    now = tutela.consents(someone.subject)
    assert "orders" in now
    assert "account" not in now
    assert now.consents[0].expires_at == until
    journal.sequence(shop.id)
    proof = tutela.consent_proof(someone.subject, given[0].consent)
    evidence = tutela.consent_evidence(someone.subject, given[0].purpose)
    (tmp_path / evidence.name).write_text(evidence.content, encoding="utf-8")
    assert offline.verify_file(tmp_path / evidence.name).holds
    record = tutela.consent_record(someone.subject, given[0].purpose)
    assert json.loads(record.content)["@type"] == "dpv:ConsentRecord"
    assert proof.text == next(each.text for each in texts if each.purpose == given[0].purpose)
    assert tutela.checkpoint().note in proof.journal["checkpoint"]
    _data(tutela, someone.subject)
    _asking(tutela, someone.subject)
    _ending(tutela, someone.subject)


def _data(tutela: Tutela, someone: uuid.UUID) -> None:
    record = tutela.store_record(someone, "order", VALUES)
    assert [each.record for each in tutela.records(someone)] == [record]
    assert tutela.find_subject("email", VALUES["email"]) == someone
    assert tutela.find_subject("email", "nobody@mail.example") is None
    (name,) = tutela.read_values(someone, "orders", ["full-name"])
    assert name.value == "Maria Sample"
    assert "Maria" not in repr(name)
    tutela.correct_value(someone, record, "full-name", "Maria Novak", purpose="orders")
    (earlier,) = tutela.values_history(someone, "orders", ["full-name"])
    assert (earlier.value, earlier.version) == ("Maria Sample", 1)
    form = tutela.send_form("order", VALUES, consents=["orders"], language="en")
    assert form.subject == someone


def _asking(tutela: Tutela, someone: uuid.UUID) -> None:
    key = uuid.uuid4().hex
    asked = tutela.ask(someone, "access", language="en", idempotency_key=key)
    assert tutela.ask(someone, "access", language="en", idempotency_key=key) == asked
    assert (asked.state, asked.due_from, asked.outcome) == ("working", "policy", "")
    assert asked.due_at > asked.received_at
    assert tutela.request(someone, asked.request) == asked
    assert tutela.requests(someone) == (asked,)
    with pytest.raises(Invalid, match="Choose a kind of request"):
        tutela.ask(someone, "withdrawal", language="en")
    with pytest.raises(Invalid, match="Choose one of the grounds"):
        tutela.ask(someone, "access", ground="unlawful", language="en")
    with pytest.raises(NotFound):
        tutela.request(someone, someone)


def _ending(tutela: Tutela, someone: uuid.UUID) -> None:
    assert tutela.may(someone, "use", "newsletter", ["email"])
    over = tutela.withdraw(someone, ["newsletter"], language="en")
    assert over.remaining == ("consent.orders",)
    no = tutela.decide(someone, "use", "newsletter", ["email"])
    assert not no
    assert no.reason == "no-consent"
    why = tutela.explain(someone, "use", "newsletter", ["email"])
    assert (bool(why), why.reason, why.steps[-1].verdict) == (False, "no-consent", "not-asked")
    assert {"permits", "refuses"} & {each.verdict for each in why.steps} == {"refuses"}
    before = tutela.explain(someone, "use", "newsletter", ["email"], at=STARTED)
    assert before.at == STARTED
    limits = tutela.limits(someone)
    assert "orders" in limits.on
    assert {each.purpose: each.reason for each in limits.off}["newsletter"] == "no-consent"
    due = list(tutela.obligations(cause=over.withdrawal))
    assert {each.obligation for each in due} == {each.obligation for each in over.obligations}
    assert tutela.obligation(due[0].obligation) == due[0]
    assert next(tutela.consent_history(someone)).kind == "withdrawn"
    assert {each.kind for each in tutela.journal(someone)} > {"gate.refused"}


def test_a_broken_line_does_nothing_twice(shop, tutela, line, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    line.breaks = 3
    made = tutela.create_subject("user", "en")
    assert line.sent == 4
    with operator_scope(shop.id):
        assert [each.id for each in identity.subjects(shop.id)] == [made.subject]


def test_a_line_that_stays_broken_says_so_and_the_key_repeats_it_later(
    live_server, shop, program, line
):
    line.breaks, key = 1, uuid.uuid4().hex
    with Tutela(live_server.url, program.key, transport=line, retries=0) as tutela:
        with pytest.raises(Unavailable, match="try again"):
            tutela.create_subject("user", "en", idempotency_key=key)
        made = tutela.create_subject("user", "en", idempotency_key=key)
    with operator_scope(shop.id):
        assert [each.id for each in identity.subjects(shop.id)] == [made.subject]


@pytest.mark.parametrize("status", [429, 503])
def test_it_waits_as_long_as_it_is_told(tutela, line, monkeypatch, status):
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    line.breaks, line.instead = 2, (status, {"Retry-After": "7"})
    tutela.application()
    assert [each for each in waited if each == 7.0] == [7.0, 7.0]


def test_errors_are_sentences_that_can_be_caught(live_server, shop, program, tutela):
    someone = tutela.create_subject("user", "en").subject
    with pytest.raises(Invalid) as invalid:
        tutela.create_subject("no-such", "xx")
    assert invalid.value.errors[0].pointer == "/language"
    with pytest.raises(NotFound, match="Nobody is known"):
        tutela.subject(uuid.uuid4())
    with pytest.raises(Refused, match="consent") as refused:
        tutela.read_values(someone, "orders", ["email"])
    assert refused.value.slug == "no-consent"
    text = tutela.consent_text("orders", "ru")
    with pytest.raises(Conflict, match="not the ones in force"):
        tutela.give_consents(someone, [text], language="en")
    with operator_scope(shop.id):
        identity.mark_destroyed(shop.id, someone)
    with pytest.raises(Gone, match="destroyed"):
        tutela.store_record(someone, "order", VALUES)
    stranger = Tutela(live_server.url, program.key + "0", language="ru")
    with stranger, pytest.raises(KeyRefused, match="Этот ключ неизвестен"):
        stranger.application()
    slow = shop.application(per_minute=1)
    with Tutela(live_server.url, slow.key, retries=0) as hasty:
        hasty.application()
        with pytest.raises(TooManyRequests, match="1 requests a minute"):
            hasty.application()
    for each in (invalid, refused):
        assert isinstance(each.value, Problem)
        assert "no-such" not in json.dumps(vars(each.value), default=str)


@pytest.mark.parametrize("name", ["../application", "a/b", "", "orders?x=1", "заказ"])
def test_a_name_never_leads_to_another_address(tutela, name):
    with pytest.raises(Problem) as problem:
        tutela.consent_text(name, "en")
    assert problem.value.status in {404, 422}
