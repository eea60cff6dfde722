"""In the demonstration nobody is at the other end: its processors answer on the second day."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from tutela.core.vocabulary import SYSTEM
from tutela.db.scope import operator_scope
from tutela.jobs.sweeps import Sweep, register
from tutela.processors import actions as processors

SLUG = "demo.processors"
AFTER = timedelta(days=2)


def _moments(operator_id: UUID) -> dict[UUID, datetime]:
    """When each processor that was told answers, by its command."""
    waiting = processors.commands(operator_id, open_only=True)
    return {each.id: each.told_at + AFTER for each in waiting if each.told_at is not None}


def _answer(operator_id: UUID, now: datetime) -> int:
    with operator_scope(operator_id):
        due = [each for each, moment in _moments(operator_id).items() if moment <= now]
    for each in due:
        with operator_scope(operator_id):
            processors.acknowledge(operator_id, each, "destroyed", how=processors.LINK, by=SYSTEM)
    return len(due)


def _next(operator_id: UUID, after: datetime) -> datetime | None:
    return min((each for each in _moments(operator_id).values() if each > after), default=None)


if settings.TUTELA_DEMO:
    register(
        Sweep(
            SLUG,
            _answer,
            _next,
            "EXISTS (SELECT FROM processors_command "
            "WHERE operator_id = %(operator)s AND acknowledged_at IS NULL AND told_at IS NOT NULL)",
        )
    )
