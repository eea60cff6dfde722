"""Standings as they were: what a past answer of the gate rested on, until its term is over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.db import swift
from tutela.gate.models import StandingBefore, StandingRow
from tutela.gate.standing import Standing
from tutela.policy import actions as policies
from tutela.policy.errors import NoPolicyInForce
from tutela.policy.model import Policy
from tutela.policy.office import history_term
from tutela.policy.terms import compute

_AT_ONCE = 10_000
_REPLACE = """
WITH given AS (
    SELECT * FROM unnest(%(subjects)s::uuid[], %(ids)s::uuid[], %(after)s::text[])
        AS listed (subject_id, id, after)
), kept AS (
    INSERT INTO gate_standing_before (operator_id, subject_id, id, state, since, until)
    SELECT operator_id, subject_id, given.id, state, changed_at, %(now)s
    FROM given JOIN gate_standing USING (subject_id)
    WHERE operator_id = %(operator)s AND changed_at < %(now)s::timestamptz
)
UPDATE gate_standing s SET state = given.after::jsonb, changed_at = %(now)s
FROM given WHERE (s.operator_id, s.subject_id) = (%(operator)s, given.subject_id)
"""
_OVER = "SELECT FROM gate_standing_before WHERE operator_id = %s AND until < %s LIMIT 1"
_FORGET = """
DELETE FROM gate_standing_before WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM gate_standing_before WHERE operator_id = %s AND until < %s LIMIT %s
))
"""


def replace_standings(operator: UUID, becomes: Mapping[UUID, Standing], now: datetime) -> None:
    """Write the standings of these people, rows that the caller holds, and keep what each was from
    its last change until this one."""
    values = {
        "operator": operator,
        "subjects": list(becomes),
        "ids": [new_id() for _ in becomes],
        "after": [json.dumps(each.to_json()) for each in becomes.values()],
        "now": now,
    }
    swift.run(_REPLACE, values)


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


def is_waiting(operator_id: UUID, now: datetime) -> bool:
    """Whether ``forget`` has anything to do."""
    try:
        before = kept_since(policies.in_force(operator_id), now)
    except NoPolicyInForce:
        return False
    return bool(swift.rows(_OVER, (operator_id, before)))


def forget(operator_id: UUID, now: datetime) -> int:
    """Remove past standings whose term is over, so many at a time; how many went."""
    try:
        before = kept_since(policies.in_force(operator_id), now)
    except NoPolicyInForce:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [operator_id, before, _AT_ONCE])
        return int(cursor.rowcount)
