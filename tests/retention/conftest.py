"""One operator with its published policy, a clock that is told to move, and people who send forms.

``World`` goes the way of an intake: identity, consent, gate, vault, schedule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from tutela import app
from tutela.consent import actions as consent
from tutela.consent import tasks as _consent_tasks  # noqa: F401 - registers its sweep and handler
from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import Action, Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.gate.standing import Standing
from tutela.identity import actions as identity
from tutela.jobs import engine
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.obligations import tasks as _obligation_tasks  # noqa: F401 - registers its sweep
from tutela.policy import actions as policies
from tutela.retention import actions as retention
from tutela.retention import tasks as _retention_tasks  # noqa: F401 - registers its sweep
from tutela.vault import actions as vault

SAMPLES = Path(__file__).parents[2] / "operators"
SAMPLE = SAMPLES / "prohomeexchange"
MARKETPLACE = SAMPLES / "amigo"
BROKER = SAMPLES / "amorealtor"
FAMILY = SAMPLES / "familami"
START = datetime(2024, 6, 3, 14, 0, tzinfo=UTC)

ANNA = {
    "full-name": "Anna Canary-Petrova",
    "email": "anna.canary@mail.example",
    "phone": "+13055550142",
    "country": "US",
}


@dataclass
class World:
    operator: UUID
    at: clock.ManualClock

    def person(self) -> UUID:
        with operator_scope(self.operator):
            return identity.new_subject(self.operator, "ru", "user")

    def send(
        self,
        subject: UUID,
        point: str = "order",
        purposes: tuple[str, ...] = ("orders",),
        values: Mapping[str, str] = ANNA,
        by_law: tuple[str, ...] = (),
        until: datetime | None = None,
    ) -> UUID:
        """A form with ticked consents, which end ``until`` then, and whose data also serves
        ``by_law``; the record it made."""
        record, operator = new_id(), self.operator
        with operator_scope(operator):
            policy = policies.in_force(operator)
            consent.give(
                operator,
                subject,
                purposes,
                act="form.sent",
                point=point,
                language="ru",
                mode="tick",
                record=record,
                expires_at=until,
            )
            left = dict(values)
            for purpose in purposes:
                fields = policy.purposes[purpose].fields & left.keys()
                permit = gate.decide(
                    Operation(
                        operator=operator,
                        subject=subject,
                        action=Action.COLLECTION,
                        purpose=purpose,
                        fields=frozenset(fields),
                        actor=Actor(ActorKind.SUBJECT, str(subject)),
                        point=point,
                    )
                )
                assert not isinstance(permit, gate.Refusal), permit
                mine = {slug: left[slug] for slug in fields}
                every = (*purposes, *by_law)
                vault.store(permit, record=record, point=point, purposes=every, values=mine)
            retention.schedule(operator, subject, record, point, clock.now())
            event = policy.points[point].event
            obligations.open_for(operator, subject, event, at=clock.now(), cause=record)
        return record

    def withdraw(self, subject: UUID, *purposes: str) -> consent.Withdrawal:
        with operator_scope(self.operator):
            return consent.withdraw(
                self.operator,
                subject,
                purposes or None,
                actor=Actor(ActorKind.SUBJECT, str(subject)),
                channel="portal",
            )

    def ask(self, subject: UUID, event: str, *purposes: str) -> list[obligations.ObligationRow]:
        with operator_scope(self.operator):
            return obligations.open_for(
                self.operator,
                subject,
                event,
                at=clock.now(),
                cause=new_id(),
                purposes=purposes,
            )

    def live_until(self, *moment: int) -> None:
        """Let time pass, doing all that falls due on the way."""
        engine.run_until(datetime(*moment, tzinfo=UTC))  # type: ignore[arg-type,misc]

    def held(self, subject: UUID) -> set[str]:
        with operator_scope(self.operator):
            holdings = vault.holdings(self.operator, subject)
        return {field for fields in holdings.values() for field in fields}

    def standing(self, subject: UUID) -> Standing:
        with operator_scope(self.operator):
            return gate.standing(self.operator, subject)

    def acts(self, subject: UUID) -> list[retention.ActRow]:
        with operator_scope(self.operator):
            return retention.acts(self.operator, subject)

    def obligations(
        self, subject: UUID, outcome: str = "destroy"
    ) -> list[obligations.ObligationRow]:
        with operator_scope(self.operator):
            rows = obligations.listing(self.operator, subject=subject)
        return [row for row in rows if row.outcome == outcome]

    def kinds(self, subject: UUID) -> list[str]:
        with operator_scope(self.operator):
            rows = journal.entries(self.operator, subject=subject, limit=1000)
        return [row.kind for row in rows]


def _publish(folder: Path) -> UUID:
    policy = policies.load_folder(folder)
    policies.publish(policy, datetime(2024, 5, 1, 12, tzinfo=UTC))
    return policies.operator_id(policy.operator.slug)


def _world(folder: Path = SAMPLE) -> Iterator[World]:
    manual = clock.ManualClock(START)
    with clock.use(manual):
        operator = _publish(folder)
        app.wire()
        yield World(operator, manual)


@pytest.fixture
def world(db: None) -> Iterator[World]:
    yield from _world()


@pytest.fixture
def marketplace(db: None) -> Iterator[World]:
    """A world where two terms run from the deletion of an account."""
    yield from _world(MARKETPLACE)


@pytest.fixture
def broker(db: None) -> Iterator[World]:
    """A world where one rule stands above another."""
    yield from _world(BROKER)


@pytest.fixture
def family(db: None) -> Iterator[World]:
    """A world with children under their guardians."""
    yield from _world(FAMILY)


@pytest.fixture
def committed(transactional_db: None) -> Iterator[World]:
    """A world whose transactions really end, for crashes and for two processes at once."""
    yield from _world()
