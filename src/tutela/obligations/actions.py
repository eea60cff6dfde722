"""What this room offers: opening what the policy promises, and ending it with evidence.

Everything here runs inside ``operator_scope(operator_id)`` of the caller, except ``run_due``,
which opens one scope, and so one transaction, for each obligation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.registry import Registry
from tutela.db import swift
from tutela.obligations import entries
from tutela.obligations.changing import (
    cancel,
    discharge,
    extend,
    fail,
    open_fallback,
    try_again_now,
)
from tutela.obligations.errors import (
    AlreadyEnded,
    NoExtension,
    NoPause,
    NotYet,
    UnknownObligation,
)
from tutela.obligations.models import NOBODY, Obligation
from tutela.obligations.pausing import go_on, may_pause, pause
from tutela.obligations.rows import Evidence, ObligationRow, as_row, begin, bound, write
from tutela.obligations.rules import STANDING, State
from tutela.obligations.running import HANDLERS, TOGETHER, Handler, due, next_moment, run_due
from tutela.policy import actions as policies
from tutela.policy.model import Policy, Promise
from tutela.policy.terms import compute

__all__ = [
    "HANDLERS",
    "LISTENERS",
    "STANDING",
    "TOGETHER",
    "AlreadyEnded",
    "Evidence",
    "Fact",
    "Handler",
    "NoExtension",
    "NoPause",
    "NotYet",
    "ObligationRow",
    "State",
    "Tally",
    "UnknownObligation",
    "cancel",
    "discharge",
    "due",
    "extend",
    "fail",
    "get",
    "go_on",
    "listing",
    "may_pause",
    "next_moment",
    "open_fallback",
    "open_for",
    "pause",
    "promise_of",
    "run_due",
    "tally",
    "try_again_now",
]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened and may start clocks: an event of the policy's closed list."""

    operator_id: UUID
    subject_id: UUID | None
    event: str
    at: datetime
    cause: UUID
    purposes: tuple[str, ...]


LISTENERS: Registry[Callable[[Fact], None]] = Registry("listener to facts")
"""Rooms above that keep clocks of their own, called in the transaction that states the fact."""


def open_for(
    operator_id: UUID,
    subject: UUID | None,
    event: str,
    *,
    at: datetime,
    cause: UUID,
    clause_filter: Collection[str] | None = None,
    purposes: Collection[str] = (),
    outcomes: Collection[str] | None = None,
    tell: bool = True,
) -> list[ObligationRow]:
    """Open one obligation for each promise that the policy in force makes for ``event``.

    ``cause`` names the fact (a withdrawal, a request, a record): the same cause opens a promise
    once, and a repeat returns what it opened. ``clause_filter`` keeps only the promises that
    carry out one of these clauses, for events on which several promises exclude each other.
    ``outcomes`` keeps only the promises of these outcomes, where the rest must wait.
    ``purposes`` limits what the event is about; without them it is about everything. ``tell`` is
    false where a listener itself opens the promise and must not hear of it again, or must wait.
    A promise that ends with an event, or never, has no due moment and opens nothing.
    """
    about = tuple(sorted(purposes))
    for listener in LISTENERS.values() if tell else ():
        listener(Fact(operator_id, subject, event, at, cause, about))
    policy = policies.in_force(operator_id)
    return [
        _open(operator_id, subject, policy, promise, at=at, cause=cause, purposes=about)
        for promise in policy.promises_on(event)
        if promise.term.dated
        and (clause_filter is None or not set(clause_filter).isdisjoint(promise.clauses))
        and (outcomes is None or promise.outcome in outcomes)
    ]


_SAME = "operator_id = %s AND cause = %s AND promise = %s AND fallback_of IS NULL"


def _open(
    operator_id: UUID,
    subject: UUID | None,
    policy: Policy,
    promise: Promise,
    *,
    at: datetime,
    cause: UUID,
    purposes: tuple[str, ...],
) -> ObligationRow:
    """The database keeps a promise from being opened twice for the same cause."""
    due = compute(promise.term, at, policy.calendar, bound=bound(policy))
    now = clock.now()
    starts = begin(policy, promise, due.at, now)
    row = Obligation(
        operator_id=operator_id,
        subject_id=subject or NOBODY,
        id=new_id(),
        promise=promise.slug,
        event=promise.event,
        outcome=promise.outcome,
        clause=next(iter(promise.clauses), ""),
        policy_version=policy.number,
        cause=cause,
        purposes=list(purposes),
        event_at=at,
        opened_at=now,
        act_at=starts,
        next_attempt_at=starts,
        due_at=due.at,
        computation=due.computation.to_json(),
        state=State.OPEN,
    )
    if not swift.add(row, unless_there=True):
        opened = (operator_id, cause, promise.slug)
        return as_row(next(iter(swift.found(Obligation, _SAME, opened))))
    write(
        row,
        entries.ObligationOpened,
        event=row.event,
        outcome=row.outcome,
        cause=cause,
        due_at=row.due_at,
    )
    return as_row(row)


def get(operator_id: UUID, obligation_id: UUID) -> ObligationRow:
    row = Obligation.objects.filter(operator_id=operator_id, id=obligation_id).first()
    if row is None:
        raise UnknownObligation(_("This operator has no such obligation; check the link."))
    return as_row(row)


def promise_of(row: ObligationRow) -> Promise:
    """The promise as the version said under which the obligation was opened."""
    return policies.version(row.operator_id, row.policy_version).promises[row.promise]


def _chosen(
    operator_id: UUID,
    *,
    state: str | Collection[str] | None,
    subject: UUID | None,
    promise: str,
    cause: UUID | None,
    clause: str,
) -> QuerySet[Obligation]:
    rows = Obligation.objects.filter(operator_id=operator_id)
    if state is not None:
        rows = rows.filter(state__in=[state] if isinstance(state, str) else list(state))
    if subject is not None:
        rows = rows.filter(subject_id=subject)
    if promise:
        rows = rows.filter(promise=promise)
    if cause is not None:
        rows = rows.filter(cause=cause)
    if clause:
        rows = rows.filter(clause=clause)
    return rows


def listing(
    operator_id: UUID,
    state: str | Collection[str] | None = None,
    subject: UUID | None = None,
    *,
    promise: str = "",
    cause: UUID | None = None,
    clause: str = "",
    due_before: datetime | None = None,
    after: UUID | None = None,
    limit: int = 500,
) -> list[ObligationRow]:
    """Obligations in the order they are due, beginning behind the one named ``after``.

    Raises ``UnknownObligation`` if there is none ``after``.
    """
    rows = _chosen(
        operator_id, state=state, subject=subject, promise=promise, cause=cause, clause=clause
    )
    if due_before is not None:
        rows = rows.filter(due_at__lt=due_before)
    if after is not None:
        last = get(operator_id, after)
        rows = rows.filter(Q(due_at__gt=last.due_at) | Q(due_at=last.due_at, id__gt=last.id))
    return [as_row(each) for each in rows.order_by("due_at", "id")[:limit]]


@dataclass(frozen=True, slots=True)
class Tally:
    """How a promise has been doing. ``overdue`` are late and still not carried out;
    ``fallbacks`` wait within the longer term that the policy gives to what is impossible in its
    own; ``slowest`` is the longest time from the event to the discharge."""

    opened: int
    waiting: int
    overdue: int
    in_time: int
    too_late: int
    failed: int
    cancelled: int
    fallbacks: int
    slowest: timedelta | None


def tally(operator_id: UUID, *, promise: str = "", clause: str = "", outcome: str = "") -> Tally:
    """Figures over all obligations of a promise, a clause or an outcome, for the proof."""
    rows = _chosen(
        operator_id, state=None, subject=None, promise=promise, cause=None, clause=clause
    )
    if outcome:
        rows = rows.filter(outcome=outcome)
    done = Q(state=State.DISCHARGED)
    late = Q(late_since__isnull=False)
    figures = rows.aggregate(
        opened=Count("id"),
        waiting=Count("id", filter=Q(state=State.OPEN)),
        overdue=Count("id", filter=Q(state=State.LATE)),
        in_time=Count("id", filter=done & ~late),
        too_late=Count("id", filter=done & late),
        failed=Count("id", filter=Q(state=State.FAILED)),
        cancelled=Count("id", filter=Q(state=State.CANCELLED)),
        fallbacks=Count("id", filter=Q(state__in=STANDING, fallback_of__isnull=False)),
        slowest=Max(F("ended_at") - F("event_at"), filter=done),
    )
    return Tally(**figures)
