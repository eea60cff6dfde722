"""Carrying obligations out by themselves, each wholly within one transaction, so that a crash at
any moment leaves every obligation either whole and ended or untouched and still open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from tutela.core.errors import TutelaError
from tutela.core.registry import Registry
from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.obligations import entries, rules
from tutela.obligations.changing import discharge, fail
from tutela.obligations.errors import NotYet
from tutela.obligations.models import Obligation
from tutela.obligations.pausing import end_pauses
from tutela.obligations.rows import Evidence, ObligationRow, as_row, write
from tutela.obligations.rules import STANDING, State

Handler = Callable[[UUID, ObligationRow, datetime], Evidence | None]
"""Carries one obligation out at ``now``, inside the transaction that also ends it.

Returns the evidence, with which the obligation is discharged; or None when it ended the
obligation itself, by ``open_fallback`` or ``cancel``. It raises ``NotYet`` to be called again
later. Whatever it raises, nothing of what it did is kept.
"""

HANDLERS: Registry[Handler] = Registry("obligation handler")
"""By outcome: what the system can do without a person."""

TOGETHER: set[str] = set()
"""Outcomes that change rows alone, so that several may be one transaction."""

BATCH = 1000
AT_ONCE = 50
"""So many obligations are carried out in one transaction at most."""
_WAITING = """
SELECT FROM obligations_obligation WHERE operator_id = %s AND (
    (state = 'open' AND due_at <= %s) OR paused_until <= %s
    OR (state IN ('open', 'late') AND outcome = ANY(%s) AND next_attempt_at <= %s)
) LIMIT 1
"""
_NEXT = """
SELECT least(
    (SELECT min(next_attempt_at) FROM obligations_obligation WHERE operator_id = %s
     AND state IN ('open', 'late') AND outcome = ANY(%s) AND next_attempt_at > %s),
    (SELECT min(due_at) FROM obligations_obligation WHERE operator_id = %s
     AND state = 'open' AND due_at > %s),
    (SELECT min(paused_until) FROM obligations_obligation WHERE operator_id = %s
     AND paused_until > %s)
)
"""


def _actionable(operator_id: UUID, now: datetime) -> list[UUID]:
    rows = Obligation.objects.filter(
        operator_id=operator_id,
        state__in=STANDING,
        outcome__in=list(HANDLERS),
        next_attempt_at__lte=now,
    )
    return list(rows.order_by("next_attempt_at", "id").values_list("id", flat=True)[:BATCH])


def due(operator_id: UUID, now: datetime) -> list[UUID]:
    """What the system should carry out now, the longest waiting first, at most ``BATCH``."""
    return _actionable(operator_id, now)


def is_waiting(operator_id: UUID, now: datetime) -> bool:
    """Whether ``run_due`` has anything to do."""
    return bool(swift.rows(_WAITING, (operator_id, now, now, list(HANDLERS), now)))


def mark_late(operator_id: UUID, now: datetime) -> int:
    """State, once, that an open obligation has passed its due moment; it stays dischargeable."""
    rows = Obligation.objects.select_for_update(skip_locked=True).filter(
        operator_id=operator_id, state=State.OPEN, due_at__lte=now
    )
    found = list(rows)
    for row in found:
        row.state = State.LATE
        row.late_since = row.due_at
        row.save(update_fields=["state", "late_since"])
        write(row, entries.ObligationLate, due_at=row.due_at)
    return len(found)


def run_due(operator_id: UUID, now: datetime) -> int:
    """Say which pauses are over, mark what is late, then carry out what can be; how many
    obligations changed.

    Call it outside of any transaction. It may run in several processes at once and may be
    killed at any moment: an obligation is taken with SKIP LOCKED, and its effect, its journal
    entries and its discharge commit together.
    """
    with operator_scope(operator_id):
        changed = end_pauses(operator_id, now) + mark_late(operator_id, now)
        waiting = due(operator_id, now)
        fresh = _to_be_together(operator_id, waiting)
    alone = [each for each in waiting if each not in fresh]
    parts = [fresh[first : first + AT_ONCE] for first in range(0, len(fresh), AT_ONCE)]
    changed += sum(_attempt_together(operator_id, part, now) for part in parts)
    return changed + sum(attempt(operator_id, each, now) for each in alone)


def _to_be_together(operator_id: UUID, waiting: list[UUID]) -> list[UUID]:
    """Those whose work is rows alone and was never tried before, in their order; nor found to be
    impossible, and so likely to be still."""
    if len(waiting) == 1 or not TOGETHER:
        return []
    rows = Obligation.objects.filter(
        operator_id=operator_id,
        id__in=waiting,
        outcome__in=list(TOGETHER),
        attempts=0,
        fallback_of__isnull=True,
    )
    return list(rows.order_by("next_attempt_at", "id").values_list("id", flat=True))


def _attempt_together(operator_id: UUID, obligations: list[UUID], now: datetime) -> int:
    """In one transaction, because waiting for the disk costs as much as the work; if any of them
    fails, or waits for somebody who waits for it, nothing has happened, and each is done alone."""
    try:
        with operator_scope(operator_id):
            return sum(_carry_out(operator_id, each, now) for each in obligations)
    except Exception:  # noqa: BLE001 - the one at fault is found, counted and journalled alone
        return sum(attempt(operator_id, each, now) for each in obligations)


def attempt(operator_id: UUID, obligation_id: UUID, now: datetime) -> bool:
    """Carry one obligation out; False if somebody else has it, or the attempt failed.

    A failure keeps only the name of its kind: its text may repeat what a person wrote.
    """
    try:
        with operator_scope(operator_id):
            return _carry_out(operator_id, obligation_id, now)
    except NotYet as later:
        failure: Exception = later
        reason, hours = later.reason, later.hours
    except Exception as error:  # noqa: BLE001 - every failure becomes a counted, journalled attempt
        failure = error
        reason, hours = rules.failure_slug(error), None
    with operator_scope(operator_id):
        if isinstance(failure, TutelaError):
            failure.afterwards()
        fail(operator_id, obligation_id, reason, hours=hours)
    return False


def _carry_out(operator_id: UUID, obligation_id: UUID, now: datetime) -> bool:
    row = (
        Obligation.objects.select_for_update(skip_locked=True)
        .filter(
            operator_id=operator_id,
            id=obligation_id,
            state__in=STANDING,
            next_attempt_at__lte=now,
        )
        .first()
    )
    if row is None:
        return False
    evidence = HANDLERS[row.outcome](operator_id, as_row(row), now)
    if evidence is not None:
        discharge(operator_id, obligation_id, evidence)
    return True


def next_moment(operator_id: UUID, after: datetime) -> datetime | None:
    """The first moment later than ``after`` at which an obligation is acted on, becomes late,
    or has stood still as long as it may."""
    watched = (operator_id, after)
    found = swift.row(_NEXT, (operator_id, list(HANDLERS), after, *watched, *watched))
    return found[0] if found else None
