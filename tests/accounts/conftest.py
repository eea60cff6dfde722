"""Sample operators with people who have accounts."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client

from tutela import app
from tutela.core import clock
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.requests import actions as requests
from tutela.requests.rules import consents_needed

OPERATORS = Path(__file__).parents[2] / "operators"
STARTED = datetime(2024, 6, 3, 14, 0, tzinfo=UTC)
VALUES = {
    "full-name": "Maria Sample",
    "name": "Maria",
    "email": "maria@mail.example",
    "birth-date": "1988-02-29",
    "city": "Almaty",
    "mobile": "+7 701 234 56 78",
    "identification-number": "900101300017",
    "amocrm-account": "10001",
    "language": "English",
}


@functools.cache
def loaded(slug: str) -> Policy:
    return policies.load_folder(OPERATORS / slug)


class Site:
    """One operator, entered by its own forms; everything goes through the rooms' actions."""

    def __init__(self, slug: str, at: clock.ManualClock) -> None:
        app.wire()
        self.slug, self.at, self.policy = slug, at, loaded(slug)
        policies.publish(self.policy)
        self.id = policies.operator_id(slug)
        self.sent = 0

    def register(self, point: str = "account", **changes: str) -> UUID:
        self.sent += 1
        declared = self.policy.points[point]
        values = {
            each.field: (VALUES | changes)[each.field]
            for each in declared.fields
            if each.field in VALUES | changes
        }
        with operator_scope(self.id):
            receipt = requests.submit(
                self.id,
                point,
                language="en",
                values=values,
                accepted=consents_needed(self.policy, declared),
                idempotency=f"{self.slug}-{self.sent}",
            )
        return receipt.subject

    def session(self, subject: UUID) -> str:
        with operator_scope(self.id):
            session = identity.redeem(self.id, identity.issue_sign_in(self.id, subject))
        assert session is not None
        return session

    def person(self, subject: UUID) -> Client:
        client = Client(raise_request_exception=False)
        client.cookies[f"subject-{self.slug}"] = self.session(subject)
        return client

    def my(self, page: str, language: str = "en") -> str:
        return f"/{language}/{self.slug}/my/{page}"


def oneself(subject: UUID) -> Actor:
    return Actor(ActorKind.SUBJECT, str(subject))


@pytest.fixture
def site(db: None) -> Iterator[Callable[[str], Site]]:
    with clock.use(clock.ManualClock(STARTED)) as at:
        yield lambda slug: Site(slug, at)
