"""Background work of this room: what its rule has ended goes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tutela.jobs.sweeps import Sweep, register
from tutela.retention import agreements, anonymising, evidence, handling, purges, scheduling
from tutela.retention.sweeping import next_moment, sweep

__all__ = ["handling", "scheduling"]
"""Imported so that promises to destroy find their handler, and facts their listener."""


def _end(operator_id: UUID, now: datetime) -> int:
    """What may stay without its people is turned first; what is left over is destroyed."""
    return anonymising.sweep(operator_id, now) + sweep(operator_id, now)


_OVER = """
EXISTS (SELECT FROM retention_agreement WHERE operator_id = %(operator)s
        AND told_at IS NULL AND until <= %(now)s)
"""
register(Sweep("retention.agreements", agreements.sweep, agreements.next_moment, _OVER))
_ENDED = """
EXISTS (SELECT FROM retention_schedule WHERE operator_id = %(operator)s
        AND done_at IS NULL AND next_at <= %(now)s)
"""
register(Sweep("retention.ended", _end, next_moment, _ENDED))
_ASKED = """
EXISTS (SELECT FROM retention_purge WHERE operator_id = %(operator)s
        AND agreed_at <= %(now)s AND ended_at IS NULL AND cancelled_at IS NULL)
"""
register(Sweep("retention.purges", purges.sweep, waiting=_ASKED))
register(Sweep("retention.evidence", evidence.sweep, waiting=evidence.is_waiting))
