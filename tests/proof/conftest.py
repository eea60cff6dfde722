"""An operator with people living in it, and the bench that judges it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db.backends.utils import CursorWrapper
from django.test import Client
from tests.journal.conftest import unguarded

from tutela import app
from tutela.core import clock
from tutela.core.controls import CONTROLS, Answer, Question
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.jobs import engine
from tutela.journal import actions as journal
from tutela.journal.entries import Entry
from tutela.policy import actions as policies
from tutela.policy import controls as policy_controls
from tutela.proof import actions as proof
from tutela.proof.actions import Judged, Verdict
from tutela.requests import actions as requests

BAKERY = Path(__file__).parents[1] / "data" / "policies" / "minimal"
STARTED = datetime(2024, 6, 3, 14, 0, tzinfo=UTC)
ANN = {"name": "Ann Larkspur", "email": "ann@mail.example", "phone": "+13055550142"}


class Bakery:
    """The minimal policy at work. Everything it does goes through the rooms' own actions."""

    def __init__(self, at: clock.ManualClock) -> None:
        app.wire()
        self.at = at
        self.policy = policies.load_folder(BAKERY)
        policies.publish(self.policy)
        self.id = policies.operator_id("lark-bakery")
        self.sent = 0

    def order(self, number: int = 1, **changes: object) -> UUID:
        """A customer's order; the number makes another customer. Returns the subject."""
        self.sent += 1
        values = {**ANN, "email": f"ann{number}@mail.example", "phone": f"+1305555{number:04d}"}
        with operator_scope(self.id):
            return requests.submit(
                self.id,
                "order",
                language="en",
                values=values,
                accepted=["orders"],
                idempotency=f"order-{self.sent}",
                **changes,
            ).subject

    def withdraw(self, subject: UUID) -> None:
        with operator_scope(self.id):
            requests.withdraw(self.id, subject, None, language="en")

    def decline(self) -> None:
        with operator_scope(self.id):
            requests.decline(self.id, "order", language="en")

    def until(self, moment: datetime) -> None:
        engine.run_until(moment)

    def sequence(self) -> None:
        journal.sequence(self.id)

    def ask(self, control: str, clause: str = "", **changes: object) -> Answer:
        """What one control answers about a clause, whether the policy binds it there or not."""
        policy_controls.remembered.clear()
        asked = {
            "operator_id": self.id,
            "policy": self.policy,
            "control": control,
            "clause": clause,
            "parameters": {},
            "now": clock.now(),
        }
        with operator_scope(self.id):
            return CONTROLS[control].judge(Question(**{**asked, **changes}))

    def write(self, entry: Entry) -> None:
        """An entry that nobody checked, as a fault or an intruder could leave it."""
        with operator_scope(self.id):
            journal.append(self.id, entry)

    @contextmanager
    def tampering(self, *tables: str) -> Iterator[CursorWrapper]:
        """What the owner of the tables could do with them; evidence is guarded against others."""
        with operator_scope(self.id), unguarded(*tables) as cursor:
            yield cursor

    def verdict(self, language: str = "en") -> Verdict:
        policy_controls.remembered.clear()
        with operator_scope(self.id):
            return proof.judge(self.id, language)

    def clause(self, ref: str) -> Judged:
        policy_controls.remembered.clear()
        with operator_scope(self.id):
            judged = proof.judge_clause(self.id, ref)
        assert judged is not None, ref
        return judged

    def state(self, ref: str) -> str:
        return str(self.clause(ref).state)

    def figures(self, ref: str) -> list[str]:
        return [str(each) for each in self.clause(ref).figures]


@pytest.fixture
def at() -> Iterator[clock.ManualClock]:
    with clock.use(clock.ManualClock(STARTED)) as manual:
        yield manual


@pytest.fixture
def bakery(transactional_db: None, at: clock.ManualClock) -> Bakery:
    return Bakery(at)


@pytest.fixture
def officer(bakery: Bakery) -> Callable[[], Client]:
    def sign_in() -> Client:
        user = User.objects.create_user("officer")
        with operator_scope(bakery.id):
            identity.grant_role(bakery.id, user.pk, "officer")
        client = Client()
        client.force_login(user)
        return client

    return sign_in
