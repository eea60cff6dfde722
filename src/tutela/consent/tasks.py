"""Background work of this room: consents that end by themselves, choices nobody came back to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tutela.consent.ending import OVERDUE, expire, next_moment
from tutela.consent.terming import on_fact
from tutela.consent.visiting import forget
from tutela.db.scope import operator_scope
from tutela.identity.visitors import LASTS
from tutela.jobs.sweeps import Sweep, register

HEARD = on_fact
"""Imported so that facts find the listener of this room."""


_OLD = f"""
EXISTS (SELECT FROM consent_choice WHERE operator_id = %(operator)s
        AND at <= %(now)s - interval '{LASTS.total_seconds()} seconds')
"""


def _forget(operator_id: UUID, now: datetime) -> int:
    with operator_scope(operator_id):
        return forget(operator_id, now)


register(Sweep("consent.expire", expire, next_moment, OVERDUE))
register(Sweep("consent.visitors", _forget, waiting=_OLD))
