"""The events of a person's consents, and what follows when consents are over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela.consent.models import Event
from tutela.consent.rules import Kind, is_publication, purpose_of
from tutela.core.ids import new_id
from tutela.gate.standing import ConsentState
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.policy.model import Policy


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """One line of a person's consents: ``kind`` is given, withdrawn, expired or stopped."""

    id: UUID
    subject_id: UUID
    kind: str
    purpose: str
    at: datetime
    mode: str
    act: str
    point: str
    language: str
    text_hash: str
    policy_version: int
    expires_at: datetime | None
    record: UUID | None
    cause: UUID | None


def as_event(row: Event) -> ConsentEvent:
    return ConsentEvent(**{name: getattr(row, name) for name in ConsentEvent.__dataclass_fields__})


def history(operator_id: UUID, subject: UUID) -> list[ConsentEvent]:
    """Every consent event of a person, newest first; it outlives the person's data."""
    rows = Event.objects.filter(operator_id=operator_id, subject_id=subject)
    return [as_event(row) for row in rows.order_by("-at", "-id")]


_DONE_AT_ONCE = frozenset({"stop", "unpublish"})
"""What a change of the standing carries out by itself: the gate refuses from here on."""


def facts(
    policy: Policy, event: str, kind: Kind, ended: Collection[str]
) -> list[tuple[str, list[str]]]:
    """What the end of these consents states, each with its purposes: ``event``; for data made
    public, that its publication ends; for purposes of marketing, that the mailing stops."""
    stopped = "subscription.ended" if kind is Kind.EXPIRED else "marketing.stopped"
    known = policy.purposes
    stated = [
        (event, [each for each in ended if not is_publication(each)]),
        (
            "distribution.stop.requested",
            list({purpose_of(each) for each in ended if is_publication(each)}),
        ),
        (stopped, [each for each in ended if each in known and known[each].marketing]),
    ]
    return [(fact, sorted(purposes)) for fact, purposes in stated if purposes]


@dataclass(frozen=True, slots=True)
class Over:
    """Consents of one person that are over together, by purpose, and the fact that ended them."""

    operator_id: UUID
    subject: UUID
    ended: Mapping[str, ConsentState]
    kind: Kind
    cause: UUID

    def write(self, now: datetime) -> None:
        """Write that each of them is over, beside the event that gave it."""
        version = policies.in_force(self.operator_id).number
        given = {
            (each.purpose, each.text_hash): each
            for each in reversed(history(self.operator_id, self.subject))
            if each.kind == Kind.GIVEN
        }
        for purpose, state in sorted(self.ended.items()):
            first = given.get((purpose, state.text_hash))
            Event.objects.create(
                operator_id=self.operator_id,
                subject_id=self.subject,
                id=new_id(),
                kind=self.kind,
                purpose=purpose,
                at=now,
                mode=first.mode if first else "",
                act=first.act if first else "",
                point=first.point if first else "",
                language=first.language if first else "",
                text_hash=state.text_hash,
                policy_version=first.policy_version if first else version,
                record=first.record if first else None,
                cause=self.cause,
            )

    def open_promises(
        self, event: str, now: datetime, entry: UUID, *, confirmed: bool = True
    ) -> None:
        """State ``event`` and what else ``facts`` names. Stopping is done already, since the
        standing has changed, and is discharged with ``entry``.

        What nobody has ``confirmed`` yet only stops; nothing else is promised before.
        """
        policy = policies.in_force(self.operator_id)
        opened = []
        for stated, purposes in facts(policy, event, self.kind, self.ended):
            opened += self._state(stated, now, purposes, confirmed=confirmed)
        for each in opened:
            if each.outcome in _DONE_AT_ONCE and each.standing:
                done = {"cause": self.cause}
                obligations.discharge(self.operator_id, each.id, done, entry)

    def _state(
        self, event: str, now: datetime, purposes: list[str], *, confirmed: bool
    ) -> list[obligations.ObligationRow]:
        return obligations.open_for(
            self.operator_id,
            self.subject,
            event,
            at=now,
            cause=self.cause,
            purposes=purposes,
            outcomes=None if confirmed else _DONE_AT_ONCE,
            tell=confirmed,
        )
