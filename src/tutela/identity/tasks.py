"""Background work of this room: links and sessions that nobody can use are forgotten."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tutela.core import clock
from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.identity import handover, limits, rules, visitors
from tutela.identity.actions import forget_dead_sign_ins
from tutela.identity.staff import actions as staff
from tutela.identity.staff import parameters, telling
from tutela.identity.staff.limits import ATTEMPTS_KEPT
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


_OVER = """
SELECT WHERE EXISTS (SELECT FROM identity_sign_in
                     WHERE operator_id = %(operator)s AND expires_at <= %(now)s)
OR EXISTS (SELECT FROM identity_session WHERE operator_id = %(operator)s
           AND (ends_at <= %(now)s OR seen_at <= %(idle)s))
OR EXISTS (SELECT FROM identity_attempt WHERE operator_id = %(operator)s AND ends_at <= %(now)s)
OR EXISTS (SELECT FROM identity_handover_token
           WHERE operator_id = %(operator)s AND ends_at <= %(now)s)
OR EXISTS (SELECT FROM identity_visitor WHERE operator_id = %(operator)s AND ends_at <= %(now)s)
OR EXISTS (SELECT FROM identity_staff_invitation
           WHERE operator_id = %(operator)s AND expires_at <= %(machine)s)
OR EXISTS (SELECT FROM identity_staff_session
           WHERE ends_at <= %(machine)s OR seen_at <= %(staff_idle)s)
OR EXISTS (SELECT FROM identity_staff_attempt WHERE at <= %(staff_old)s)
"""


def _is_over(operator_id: UUID, now: datetime) -> bool:
    """Whether ``_forget`` has anything to do."""
    machine = clock.machine()
    moments = {
        "operator": operator_id,
        "now": now,
        "idle": now - rules.SESSION_IDLE,
        "machine": machine,
        "staff_idle": machine - parameters.current().idle,
        "staff_old": machine - ATTEMPTS_KEPT,
    }
    return bool(swift.rows(_OVER, moments))


register(Sweep("identity.forget", _forget, _no_moment, _is_over))
register(Sweep("identity.tell-failures", _tell_failures, _no_moment, telling.is_waiting))
