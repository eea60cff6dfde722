"""Standings as they were: what a past answer of the gate rested on, until its term is over."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.gate.models import StandingBefore, StandingRow
from tutela.gate.standing import Standing
from tutela.policy import actions as policies
from tutela.policy.errors import NoPolicyInForce
from tutela.policy.model import Policy
from tutela.policy.office import history_term
from tutela.policy.terms import compute

_AT_ONCE = 10_000
_FORGET = """
DELETE FROM gate_standing_before WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM gate_standing_before WHERE operator_id = %s AND until < %s LIMIT %s
))
"""


def remember(row: StandingRow, state: object, until: datetime) -> None:
    """Keep the ``state`` that a row held from its last change ``until`` now."""
    if row.changed_at < until:
        StandingBefore.objects.create(
            operator_id=row.operator_id,
            subject_id=row.subject_id,
            id=new_id(),
            state=state,
            since=row.changed_at,
            until=until,
        )


def standing_at(operator_id: UUID, subject: UUID, at: datetime) -> Standing | None:
    """The standing at a past moment; None where it is not kept any more.

    Somebody the gate had not heard of by then had an empty one.
    """
    mine = {"operator_id": operator_id, "subject_id": subject}
    now = StandingRow.objects.filter(**mine).first()
    if now is not None and now.changed_at <= at:
        return Standing.from_json(now.state)
    past = StandingBefore.objects.filter(**mine, since__lte=at, until__gt=at).first()
    if past is not None:
        return Standing.from_json(past.state)
    return None if at < kept_since(policies.in_force(operator_id)) else Standing()


def kept_since(policy: Policy, now: datetime | None = None) -> datetime:
    """Past standings that ended before this moment are kept no longer."""
    moment = now or clock.now()
    return moment - (compute(history_term(policy), moment, policy.calendar).at - moment)


def forget(operator_id: UUID, now: datetime) -> int:
    """Remove past standings whose term is over, so many at a time; how many went."""
    try:
        before = kept_since(policies.in_force(operator_id), now)
    except NoPolicyInForce:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [operator_id, before, _AT_ONCE])
        return int(cursor.rowcount)
