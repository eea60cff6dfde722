"""Background work of this room: links and sessions that nobody can use are forgotten."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tutela.db.scope import operator_scope
from tutela.identity import handover, limits, visitors
from tutela.identity.actions import forget_dead_sign_ins
from tutela.identity.staff import actions as staff
from tutela.identity.staff.telling import tell_failures
from tutela.jobs.sweeps import Sweep, register


def _forget(operator_id: UUID, now: datetime) -> int:
    with operator_scope(operator_id):
        gone = forget_dead_sign_ins(operator_id, now)
        over = (limits.forget, handover.forget, visitors.forget)
        return (
            gone + staff.forget_dead(operator_id) + sum(forget(operator_id, now) for forget in over)
        )


def _tell_failures(operator_id: UUID, _now: datetime) -> int:
    return tell_failures(operator_id)


def _no_moment(_operator_id: UUID, _after: datetime) -> datetime | None:
    """Nobody waits for it: it happens whenever the worker looks."""
    return None


register(Sweep("identity.forget", _forget, _no_moment))
register(Sweep("identity.tell-failures", _tell_failures, _no_moment))
