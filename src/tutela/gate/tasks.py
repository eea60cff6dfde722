"""Background work of this room: past standings are forgotten when their term is over."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tutela.db.scope import operator_scope
from tutela.gate import history
from tutela.jobs.sweeps import Sweep, register


def _forget(operator_id: UUID, now: datetime) -> int:
    with operator_scope(operator_id):
        return history.forget(operator_id, now)


def _no_moment(_operator_id: UUID, _after: datetime) -> datetime | None:
    """Nobody waits for it: it happens whenever the worker looks."""
    return None


register(Sweep("gate.forget", _forget, _no_moment, history.is_waiting))
