"""Agreements that end by themselves: the day is over, and what runs from the end of an agreement
begins, as if somebody had said so (001 5.7, 6.2.1; 004 9.4(c))."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tutela.core.vocabulary import SYSTEM
from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.retention import keeping
from tutela.retention.models import Agreement

_NEXT = """
SELECT min(until) FROM retention_agreement
WHERE operator_id = %s AND told_at IS NULL AND until > %s
"""


def sweep(operator_id: UUID, now: datetime) -> int:
    """State the end of every agreement whose day is over, one a transaction; how many. Safe to
    kill and repeat."""
    done = 0
    while True:
        with operator_scope(operator_id):
            over = Agreement.objects.filter(
                operator_id=operator_id, told_at__isnull=True, until__lte=now
            )
            row = over.order_by("until", "id").first()
            if row is None:
                return done
            _end(row, now)
            done += 1


def _end(row: Agreement, now: datetime) -> None:
    """Everybody who ends an agreement locks its person first."""
    standing = gate.change_standing(row.operator_id, row.subject_id, lambda each: each)
    mine = Agreement.objects.filter(pk=row.pk, told_at__isnull=True)
    if mine.update(told_at=now) and not standing.destroyed:
        keeping.state_ended(row.operator_id, row.subject_id, row.id, at=row.until, by=SYSTEM)


def next_moment(operator_id: UUID, after: datetime) -> datetime | None:
    found = swift.row(_NEXT, (operator_id, after))
    return found[0] if found else None
