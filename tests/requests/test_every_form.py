"""Every form of every sample operator, filled in with what people, programs and attackers send:
a sentence, never an error of ours, and nothing half stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import pytest
from django.test import Client
from tests.requests.conftest import words

from tutela import app
from tutela.consent.models import Event
from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.policy import actions as policies
from tutela.policy.model import CollectionPoint, Policy
from tutela.requests.models import Submission
from tutela.requests.rules import consents_asked
from tutela.vault.models import Record, Value

SAMPLES = sorted(each.name for each in policies.samples().iterdir() if each.is_dir())
ALWAYS = {
    "email": "maria@mail.example",
    "phone": "+13055550142",
    "date": "2030-01-31",
    "birth-date": "1988-02-29",
    "coordinates": "43.24, 76.89",
    "inn": "500100732259",
    "iin": "900101300017",
    "bin": "990840000002",
    "iin-or-bin": "900101300017",
}
"""What a field that is read strictly takes."""

ODD: dict[str, str] = {
    "script": "<script>alert('x')</script>",
    "attribute": "\" onmouseover=alert(1) x='",
    "template": "{{ request.user }}{% load x %}${7*7}",
    "quote": "Robert'); DROP TABLE vault_value;--",
    "russian": "Мария Образцова, ё и Ъ",
    "right-to-left": "مريم נועה \u202eabc\u202c",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301",
    "null-byte": "Ma\x00ria\x07",
    "header": "Maria\r\nBcc: all@mail.example",
    "format": "%s%n%(x)s {0} \\u0000 \\x00",
    "spaces": " \t\u00a0\u3000\u200b ",
    "path": "../../etc/passwd",
    "number": "1e309",
}
"""What any field may be sent."""


@cache
def policy_of(sample: str) -> Policy:
    return policies.load_folder(policies.samples() / sample)


def _forms() -> list[tuple[str, str]]:
    points = [(each, slug, at) for each in SAMPLES for slug, at in policy_of(each).points.items()]
    return [(sample, slug) for sample, slug, point in points if not point.is_among_people]


class Form:
    """One form as a browser sees it."""

    def __init__(self, sample: str, slug: str) -> None:
        app.wire()
        self.policy = policy_of(sample)
        policies.publish(self.policy)
        self.operator = policies.operator_id(sample)
        self.point: CollectionPoint = self.policy.points[slug]
        self.path = f"/{self.policy.original}/{sample}/forms/{slug}/"
        self.client = Client(raise_request_exception=False)

    def send(self, fill: Callable[[str], str], *, agreed: bool = True, **more: str):
        page = self.client.get(self.path).content.decode()
        token = page.partition('name="form-token" value="')[2].partition('"')[0]
        assert token
        values = {each.field: fill(self.policy.fields[each.field].type) for each in self._asked()}
        if agreed:
            values |= {f"consent-{each}": "on" for each in consents_asked(self.policy, self.point)}
        return self.client.post(self.path, {"form-token": token, **values, **more})

    def _asked(self):
        return [each for each in self.point.fields if not self.policy.fields[each.field].attached]

    def rows(self) -> tuple[int, ...]:
        with operator_scope(self.operator):
            tables = (Submission, Record, Value, Event)
            return (
                len(identity.subjects(self.operator)),
                *(each.objects.count() for each in tables),
            )


@pytest.fixture(params=_forms(), ids="-".join)
def form(db: None, request):
    with clock.use(clock.ManualClock(datetime(2024, 6, 3, 9, tzinfo=UTC))):
        yield Form(*request.param)


def _answered(form: Form, answer, before: tuple[int, ...]) -> None:
    """Taken whole, or refused with a sentence and nothing stored. What is no text at all (400) is
    refused before anybody looks at the form."""
    assert answer.status_code in {302, 400, 422}, answer.status_code
    after = form.rows()
    if answer.status_code != 302:
        assert after == before
        assert len(words(answer)) > 100
    else:
        subjects, sent, records, values, _consents = after
        assert (sent, records) == (before[1] + 1, before[2] + 1)
        assert subjects >= before[0]
        assert values > before[3]


def test_whatever_is_sent_is_taken_whole_or_refused_with_a_sentence(form) -> None:
    for odd in ODD.values():
        before = form.rows()
        answer = form.send(lambda kind, odd=odd: ALWAYS.get(kind, odd))
        _answered(form, answer, before)
        assert answer.status_code != 400 or "\x00" in odd
    for name in ("script", "russian", "null-byte"):
        before = form.rows()
        answer = form.send(lambda _kind, odd=ODD[name]: odd)
        _answered(form, answer, before)
        assert "<script>alert" not in answer.content.decode()


def test_what_is_empty_too_long_or_not_agreed_to_stores_nothing(form) -> None:
    before = form.rows()
    required = any(each.required for each in form.point.fields)
    empty = form.send(lambda _kind: "")
    assert empty.status_code == (422 if required else 302)
    if not required:
        before = form.rows()
    huge = form.send(lambda kind: ALWAYS.get(kind, "я" * 30_000))
    if any(form.policy.fields[each.field].type not in ALWAYS for each in form._asked()):
        assert huge.status_code == 422
        assert form.rows() == before
    if consents_asked(form.policy, form.point):
        before = form.rows()
        bare = form.send(lambda kind: ALWAYS.get(kind, "Maria"), agreed=False)
        _answered(form, bare, before)


def test_the_same_form_sent_twice_is_stored_once_and_a_strange_token_never(form) -> None:
    page = form.client.get(form.path).content.decode()
    token = page.partition('name="form-token" value="')[2].partition('"')[0]
    values = {
        each.field: ALWAYS.get(form.policy.fields[each.field].type, "Maria")
        for each in form._asked()
    }
    values |= {f"consent-{each}": "on" for each in consents_asked(form.policy, form.point)}
    first = form.client.post(form.path, {"form-token": token, **values})
    once = form.rows()
    second = form.client.post(form.path, {"form-token": token, **values})
    assert form.rows() == once
    assert second.status_code == first.status_code
    stranger = form.client.post(form.path, {"form-token": token[::-1], **values})
    assert 400 <= stranger.status_code < 500
    assert form.rows() == once
