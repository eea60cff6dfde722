"""The row of an obligation, and the three ways in which this room touches it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.vocabulary import SYSTEM, Actor
from tutela.db import swift
from tutela.journal import actions as journal
from tutela.obligations import rules
from tutela.obligations.entries import AboutObligation
from tutela.obligations.errors import AlreadyEnded, UnknownObligation
from tutela.obligations.models import NOBODY, Obligation
from tutela.obligations.rules import STANDING, State
from tutela.policy.model import Policy, Promise
from tutela.policy.terms import Computation, Term, before

Evidence = Mapping[str, UUID | str]


@dataclass(frozen=True, slots=True)
class ObligationRow:
    """One obligation. ``due_at`` is the first moment that is too late; ``fallback_of`` names the
    obligation whose longer term this is; ``purposes`` are those the event is about, or none when
    it is about all of them."""

    operator_id: UUID
    subject_id: UUID | None
    id: UUID
    promise: str
    event: str
    outcome: str
    clause: str
    policy_version: int
    cause: UUID
    purposes: tuple[str, ...]
    event_at: datetime
    opened_at: datetime
    act_at: datetime
    due_at: datetime
    computation: Mapping[str, Any]
    state: str
    extension: Mapping[str, Any] | None
    pauses: tuple[Mapping[str, Any], ...]
    paused_until: datetime | None
    attempts: int
    next_attempt_at: datetime
    last_failure: str
    late_since: datetime | None
    ended_at: datetime | None
    evidence: Mapping[str, str]
    fallback_of: UUID | None

    @property
    def standing(self) -> bool:
        """Whether something has still to be done."""
        return self.state in STANDING

    @property
    def in_time(self) -> bool:
        return self.late_since is None and (self.ended_at is None or self.ended_at < self.due_at)

    def counted(self, language: str) -> str:
        """How the due moment was counted, in words."""
        return Computation.from_json(self.computation).explain(language)


_MAPPED = frozenset({"subject_id", "evidence", "purposes", "pauses"})


def as_row(row: Obligation) -> ObligationRow:
    names = (each for each in ObligationRow.__dataclass_fields__ if each not in _MAPPED)
    return ObligationRow(
        **{name: getattr(row, name) for name in names},
        subject_id=None if row.subject_id == NOBODY else row.subject_id,
        evidence=row.evidence or {},
        purposes=tuple(row.purposes),
        pauses=tuple(row.pauses),
    )


IMMEDIATELY = Term.parse("30 minutes")
"""How “immediately” is measured where the policy gives no measure of its own."""


def bound(policy: Policy) -> Term:
    """The operator's measure of “immediately”: the parameter of that name of request.clock."""
    own = (
        each.parameters.get("immediately")
        for each in policy.bindings
        if each.control == "request.clock"
    )
    return next((Term.parse(str(each)) for each in own if each), IMMEDIATELY)


def begin(policy: Policy, promise: Promise, due_at: datetime, now: datetime) -> datetime:
    ahead = before(due_at, promise.ahead, policy.calendar) if promise.ahead else None
    return rules.act_at(opened_at=now, due_at=due_at, ahead=ahead)


def write(
    row: Obligation, kind: type[AboutObligation], *, actor: Actor = SYSTEM, **values: Any
) -> UUID:
    about = kind(
        subject=None if row.subject_id == NOBODY else row.subject_id,
        actor=actor,
        clause=values.pop("clause", row.clause),
        automated=actor == SYSTEM,
        policy_version=row.policy_version,
        obligation=row.id,
        promise=row.promise,
        **values,
    )
    return journal.append(row.operator_id, about)


def lock(operator_id: UUID, obligation_id: UUID) -> Obligation:
    where = "operator_id = %s AND id = %s FOR UPDATE"
    row = next(iter(swift.found(Obligation, where, (operator_id, obligation_id))), None)
    if row is None:
        raise UnknownObligation(_("This operator has no such obligation; check the link."))
    if row.state not in STANDING:
        raise AlreadyEnded(_("This obligation has ended; look at its evidence."))
    return row


def end(row: Obligation, state: State, evidence: Evidence) -> None:
    row.state = state
    row.ended_at = clock.now()
    row.evidence = {name: str(value) for name, value in evidence.items()}
    row.paused_until = None
    ended = ("state", "ended_at", "evidence", "paused_until")
    swift.change(row, *ended, by=("operator_id", "subject_id", "id"))
