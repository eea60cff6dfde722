"""The private instance a scenario plays in: one operator, its people, its own clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tutela.core.clock import ManualClock
from tutela.core.errors import TutelaError
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.gate import access
from tutela.policy.model import Policy
from tutela.policy.terms import Term, compute

NOON = time(12)
OFFICER = Actor(ActorKind.STAFF, "1", "officer")
SECOND = Actor(ActorKind.STAFF, "2", "officer")
CLERK = Actor(ActorKind.STAFF, "3", "clerk")
NEWCOMER = Actor(ActorKind.STAFF, "4", "officer")
"""An officer who has not acknowledged what the policy wants acknowledged; the others have, from the
first version on."""


def staff(role: str) -> Actor:
    """The member of staff who acts in a role when a scenario names nobody."""
    return Actor(ActorKind.STAFF, OFFICER.id, role)


_EXAMPLES = {
    "name": "Robin Example",
    "phone": "+1305555{:04d}",
    "date": "2030-01-31",
    "birth-date": "1990-01-31",
    "country": "Exampleland",
    "coordinates": "43.24, 76.89",
    "bank-account": "EXAMPLE-ACCOUNT-1",
    "inn": "500100732259",
    "iin": "900101300017",
    "bin": "990840000002",
    "iin-or-bin": "900101300017",
}


class CannotRehearse(TutelaError):
    """A line of the scenario cannot be carried out; the message says how to mend it."""


@dataclass
class Person:
    """Somebody in the scenario; ``subject`` is known from the first form on."""

    name: str
    number: int
    values: Mapping[str, Any]
    language: str
    subject: UUID | None = None
    receipt: str = ""

    def value(self, slug: str, kind: str) -> str:
        """What this person writes into a field: as declared, else an invented example."""
        given = self.values.get(slug, self.values.get(kind))
        if isinstance(given, date):
            return given.isoformat()
        if given is not None:
            return str(given)
        if kind == "email":
            return (
                f"{self.name.lower()}@example.com"
                if self.name.isascii()
                else f"p{self.number}@example.com"
            )
        return _EXAMPLES.get(kind, "Example").format(self.number)


@dataclass(frozen=True, slots=True)
class Result:
    """What the last verb came to: accepted, incomplete, refused, or permitted."""

    kind: str
    reason: str = ""
    clause: str = ""
    fields: tuple[str, ...] = ()
    message: str = ""


@dataclass
class World:
    operator_id: UUID
    policy: Policy
    clock: ManualClock
    people: dict[str, Person]
    result: Result = field(default_factory=lambda: Result("nothing yet"))
    sent: int = 0

    @contextmanager
    def scope(self) -> Iterator[None]:
        with operator_scope(self.operator_id):
            yield

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.policy.operator.time_zone)

    def acknowledge(self, *staff: Actor) -> None:
        """These members of staff state that they know the policy in force, if it asks for that."""
        if self.policy.access.acknowledgement:
            with self.scope():
                for each in staff:
                    access.acknowledge(self.operator_id, each)

    def person(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError:
            raise CannotRehearse(
                f"“{name}” is nobody in this scenario; add them under people."
            ) from None

    def subject(self, name: str) -> UUID:
        subject = self.person(name).subject
        if subject is None:
            raise CannotRehearse(
                f"{name} is not known to the operator yet; let them send a form first."
            )
        return subject

    def field(self, slug: str) -> str:
        if slug not in self.policy.fields:
            raise CannotRehearse(
                f"The policy has no field “{slug}”; it has {', '.join(sorted(self.policy.fields))}."
            )
        return slug

    def moment(self, text: str) -> datetime:
        """A moment as scenarios write it, by the operator's own wall clock where no zone is given.

        ``2024-06-03`` is noon of that day, ``2024-06-03 09:30`` that minute, ``2024-06-07T22:15Z``
        an absolute moment, ``+30 days`` or ``+2 working days`` that much later than now.
        """
        if not text:
            return self.clock.now()
        if text.startswith("+"):
            due = compute(Term.parse(text[1:].strip()), self.clock.now(), self.policy.calendar)
            if due.last_day is None or "hour" in text:
                return due.at
            local = self.clock.now().astimezone(self.zone)
            return datetime.combine(due.last_day, local.time(), self.zone)
        try:
            if len(text) <= len("2024-06-03"):
                return datetime.combine(date.fromisoformat(text), NOON, self.zone)
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise CannotRehearse(
                f"“{text}” is no moment; write 2024-06-03, 2024-06-03 09:30 or +30 days."
            ) from None
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)

    def day(self, value: Any) -> date:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value)[:10])
        except ValueError:
            raise CannotRehearse(f"“{value}” is no day; write it as 2024-07-03.") from None
