"""Carries the steps of lives out in the real system, as an intake and the desk would.

What is done of a batch of people on a tick is one transaction, and the place in the plan is
written in it: a run that was killed goes on where it stopped, with nothing lost or done twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.lifetimes.lives import ALSO, FIELDS, PURPOSES, Step

SAMPLE = Path(__file__).parents[2] / "operators" / "prohomeexchange"
BEGINNING = datetime(2025, 1, 6, 10, tzinfo=UTC)
BATCH = 50
_TABLES = """
CREATE TABLE IF NOT EXISTS lifetimes_place (tick int NOT NULL, batch int NOT NULL);
CREATE TABLE IF NOT EXISTS lifetimes_person (n int PRIMARY KEY, subject uuid NOT NULL,
    hold uuid, contract uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON lifetimes_place, lifetimes_person TO tutela_app
"""


def value(slug: str, person: int) -> str:
    """What a person writes into a field; nobody's."""
    given = {
        "full-name": f"Person{person} Example{person}",
        "email": f"person{person}@mail.example",
        "phone": f"+1305{5550000 + person % 9999:07d}",
        "country": ("US", "CA", "MX")[person % 3],
        "birth-date": f"{1950 + person % 50}-0{person % 9 + 1}-1{person % 9}",
    }
    return given.get(slug, f"Something about thing {person}.")


def prepare(owner: Any) -> None:
    """Make the tables that say who is who and how far the plan was carried out, as the owner of
    the tables."""
    with owner.cursor() as cursor:
        cursor.execute(_TABLES)


class Living:
    """One operator and its people, on a clock that is told to move."""

    def __init__(self) -> None:
        from tutela.core import clock
        from tutela.jobs import engine
        from tutela.journal import actions as journal
        from tutela.policy import actions as policies

        self.clock = clock.ManualClock(BEGINNING)
        clock.install(self.clock)
        policy = policies.load_folder(SAMPLE)
        self.operator: UUID = policies.operator_id(policy.operator.slug)
        if policies.operator_by_slug(policy.operator.slug) is None:
            policies.publish(policy, BEGINNING - timedelta(days=1))
        engine.install(
            operators=lambda: [self.operator],
            sequence=journal.sequence,
            unsequenced=journal.UNSEQUENCED,
        )
        self.done: Counter[str] = Counter()

    def place(self) -> tuple[int, int]:
        """The last tick and batch that were carried out; before everything -1, -1."""
        found = _row(
            "SELECT tick, batch FROM lifetimes_place ORDER BY tick DESC, batch DESC LIMIT 1"
        )
        return (int(found[0]), int(found[1])) if found else (-1, -1)

    def carry_out(self, tick: int, batch: int, steps: Sequence[Step]) -> None:
        from tutela.db.scope import operator_scope

        with operator_scope(self.operator):
            for step in steps:
                self._step(step)
            _row("INSERT INTO lifetimes_place VALUES (%s, %s) RETURNING tick", tick, batch)

    def until(self, moment: datetime) -> None:
        """Let everything happen that falls due up to a moment."""
        from tutela.jobs import engine

        engine.run_until(moment)

    def _step(self, step: Step) -> None:
        known = _row(
            "SELECT subject, hold, contract FROM lifetimes_person WHERE n = %s", step.person
        )
        if step.what == "form":
            self._form(step, known[0] if known else None)
        elif known and not self._gone(known[0]):
            getattr(self, f"_{step.what.replace('-', '_')}")(step, *known)
        else:
            return
        self.done[step.what] += 1

    def _gone(self, subject: UUID) -> bool:
        from tutela.gate import actions as gate

        return gate.standing(self.operator, subject).destroyed

    def _form(self, step: Step, subject: UUID | None) -> None:
        from tutela.consent import actions as consent
        from tutela.core import clock
        from tutela.core.ids import new_id
        from tutela.identity import actions as identity
        from tutela.obligations import actions as obligations
        from tutela.policy import actions as policies
        from tutela.retention import actions as retention

        if subject is None or self._gone(subject):
            subject = identity.new_subject(self.operator, "en", "user")
            _row(
                "INSERT INTO lifetimes_person VALUES (%s, %s) ON CONFLICT (n) DO UPDATE "
                "SET subject = excluded.subject, hold = NULL, contract = NULL RETURNING n",
                step.person,
                subject,
            )
        point, record = step.more["point"], new_id()
        purposes = (PURPOSES[point], *([ALSO] if step.more["newsletter"] else []))
        consent.give(
            self.operator,
            subject,
            purposes,
            act="form.sent",
            point=point,
            language="en",
            mode="tick",
            record=record,
        )
        for purpose in purposes:
            self._collect(subject, record, point, purpose, purposes, step.person)
        retention.schedule(self.operator, subject, record, point, clock.now())
        event = policies.in_force(self.operator).points[point].event
        obligations.open_for(self.operator, subject, event, at=clock.now(), cause=record)

    def _collect(  # noqa: PLR0917 - all that a permit is about
        self,
        subject: UUID,
        record: UUID,
        point: str,
        purpose: str,
        purposes: tuple[str, ...],
        person: int,
    ) -> None:
        from tutela.core.permits import Permit
        from tutela.core.vocabulary import Action, Actor, ActorKind
        from tutela.gate import actions as gate
        from tutela.gate.rules import Operation
        from tutela.policy import actions as policies
        from tutela.vault import actions as vault

        needed = policies.in_force(self.operator).purposes[purpose].fields
        fields = frozenset(needed & set(FIELDS[point]))
        permit = gate.decide(
            Operation(
                operator=self.operator,
                subject=subject,
                action=Action.COLLECTION,
                purpose=purpose,
                fields=fields,
                actor=Actor(ActorKind.SUBJECT, str(subject)),
                point=point,
            )
        )
        if not isinstance(permit, Permit):
            return  # the person told the operator to stop; the gate's refusal is in the journal
        first = purpose == purposes[0]
        values = {slug: value(slug, person) for slug in fields if first}
        vault.store(permit, record=record, point=point, purposes=purposes, values=values)

    def _withdrawal(self, step: Step, subject: UUID, *_rest: Any) -> None:
        from tutela.consent import actions as consent
        from tutela.consent.errors import NothingToWithdraw
        from tutela.core.vocabulary import Actor, ActorKind

        what = (ALSO,) if step.more["newsletter"] else None
        with suppress(NothingToWithdraw):
            consent.withdraw(
                self.operator,
                subject,
                what,
                actor=Actor(ActorKind.SUBJECT, str(subject)),
                channel="portal",
            )

    def _contract(self, step: Step, subject: UUID, *_rest: Any) -> None:
        from tutela.retention import actions as retention

        made = retention.contract_started(self.operator, subject)
        _row(
            "UPDATE lifetimes_person SET contract = %s WHERE n = %s RETURNING n", made, step.person
        )

    def _contract_over(
        self, _step: Step, subject: UUID, _hold: UUID | None, contract: UUID | None
    ) -> None:
        from tutela.retention import actions as retention

        if contract is not None:
            retention.contract_ended(self.operator, subject, contract)

    def _hold(self, step: Step, subject: UUID, *_rest: Any) -> None:
        from tutela.core import clock
        from tutela.retention import actions as retention

        days = step.more.get("days")
        until = clock.now() + timedelta(days=days) if days else None
        fields = step.more["fields"]
        made = retention.hold(self.operator, subject, "agreement", fields=fields, until=until)
        if until is None:
            _row(
                "UPDATE lifetimes_person SET hold = %s WHERE n = %s RETURNING n", made, step.person
            )

    def _release(
        self, _step: Step, _subject: UUID, hold: UUID | None, _contract: UUID | None
    ) -> None:
        from tutela.retention import actions as retention

        if hold is not None:
            retention.release(self.operator, hold)

    def _purpose_reached(self, _step: Step, subject: UUID, *_rest: Any) -> None:
        self._happened(subject, "purpose.reached")

    def _demand(self, _step: Step, subject: UUID, *_rest: Any) -> None:
        self._happened(subject, "destruction.demanded")

    def _request(self, _step: Step, subject: UUID, *_rest: Any) -> None:
        self._happened(subject, "request.received")

    def _happened(self, subject: UUID, event: str) -> None:
        from tutela.core import clock
        from tutela.core.ids import new_id
        from tutela.obligations import actions as obligations

        obligations.open_for(self.operator, subject, event, at=clock.now(), cause=new_id())


def _row(sql: str, *arguments: Any) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchone()
