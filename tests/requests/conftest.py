"""The sample operator with people in it, and everybody who opens its pages."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client

from tutela import app
from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.requests import actions as requests
from tutela.requests import letters, sign_ins

SAMPLE = Path(__file__).parents[2] / "operators" / "prohomeexchange"
SLUG = "prohomeexchange"
STARTED = datetime(2024, 6, 3, 14, 0, tzinfo=UTC)
"""Monday morning in Florida; 12 June is a public holiday of the operator's calendar."""
VALUES = {
    "full-name": "Maria Sample",
    "email": "maria@mail.example",
    "phone": "+1 305 555 0142",
    "birth-date": "1988-02-29",
    "claim-text": "Услуга не оказана.",
    "message": "Нужна консультация.",
}
CONSENTS = {"order": ["orders", "newsletter"], "claim": ["claims"], "account": ["account"]}


@functools.cache
def sample_policy() -> Policy:
    """Read once: a policy is never changed."""
    return policies.load_folder(SAMPLE)


class House:
    """One operator and the ways into it; everything goes through the rooms' own actions."""

    def __init__(self, at: clock.ManualClock) -> None:
        app.wire()
        self.at = at
        self.policy = sample_policy()
        policies.publish(self.policy)
        self.id = policies.operator_id(SLUG)
        self.sent = 0

    def send(self, point: str, *, language: str = "en", **changes: str) -> requests.Receipt:
        self.sent += 1
        asked = {each.field for each in self.policy.points[point].fields}
        values = {slug: value for slug, value in (VALUES | changes).items() if slug in asked}
        with operator_scope(self.id):
            return requests.submit(
                self.id,
                point,
                language=language,
                values=values,
                accepted=CONSENTS[point],
                idempotency=f"{point}-{self.sent}",
                act="signed-form" if self.policy.points[point].signed_consent else "tick",
            )

    def withdraw(self, subject: UUID, *purposes: str) -> requests.Receipt:
        with operator_scope(self.id):
            return requests.withdraw(self.id, subject, purposes or None, language="en")

    def letters(self) -> list[EmailMessage]:
        """What leaves now."""
        mail.outbox.clear()
        sign_ins.answer_asked(self.id)
        letters.send_queued(self.id)
        return list(mail.outbox)

    def session(self, subject: UUID) -> str:
        with operator_scope(self.id):
            session = identity.redeem(self.id, identity.issue_sign_in(self.id, subject))
        assert session is not None
        return session

    def person(self, subject: UUID) -> Client:
        client = Client(raise_request_exception=False)
        client.cookies[f"subject-{SLUG}"] = self.session(subject)
        return client

    def staff(self, role: str = "officer") -> Client:
        user = User.objects.create_user(role)
        with operator_scope(self.id):
            identity.grant_role(self.id, user.pk, role)
        client = Client(raise_request_exception=False)
        client.force_login(user)
        return client


@pytest.fixture
def house(db: None) -> Iterator[House]:
    with clock.use(clock.ManualClock(STARTED)) as at:
        yield House(at)


@pytest.fixture
def stranger() -> Client:
    return Client(raise_request_exception=False)


def words(answer: HttpResponse) -> str:
    """What the page's content says, without tags."""
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    text = unescape(re.sub(r"<[^>]+>", " ", "<main" + main)).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", text)


def post(client: Client, path: str, *, action: str = "", **values: str) -> HttpResponse:
    """Open the page, then send the form that is on it, as a browser does; ``action`` is where
    the form goes if it is not the page itself."""
    form = client.get(path).content.decode().partition("<main")[2]
    if action:
        form = form.partition(f'action="{action}"')[2]
    token = re.search(r'name="form-token" value="([^"]+)"', form)
    assert token, f"There is no such form on {path}."
    return client.post(action or path, {"form-token": token[1], **values})


def my(page: str, language: str = "en") -> str:
    return f"/{language}/{SLUG}/my/{page}"


def desk(page: str, language: str = "en") -> str:
    return f"/{language}/desk/{SLUG}/{page}"


def public(page: str, language: str = "en") -> str:
    return f"/{language}/{SLUG}/{page}"


def only_obligation(house, subject: UUID, outcome: str) -> obligations.ObligationRow:
    with operator_scope(house.id):
        rows = obligations.listing(house.id, subject=subject)
    (row,) = [each for each in rows if each.outcome == outcome]
    return row
