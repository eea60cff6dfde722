"""Background work of this room: answers that can no longer be repeated are forgotten."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tutela.applications import rules
from tutela.applications.actions import forget_replies
from tutela.db.scope import operator_scope
from tutela.jobs.sweeps import sweep

_OLD = f"""
EXISTS (SELECT FROM applications_reply WHERE operator_id = %(operator)s
        AND at <= %(now)s - interval '{rules.REPLIES_KEPT.total_seconds()} seconds')
"""


@sweep("applications.forget", waiting=_OLD)
def forget(operator_id: UUID, now: datetime) -> int:
    with operator_scope(operator_id):
        return forget_replies(operator_id, now)
