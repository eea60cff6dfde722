"""Background work of this room: runs that were agreed to go on."""

from __future__ import annotations

from tutela.jobs.sweeps import Sweep, register
from tutela.runs.carrying import next_moment, sweep

_WAITING = """
EXISTS (SELECT FROM runs_run WHERE operator_id = %(operator)s AND next_at <= %(now)s)
"""

register(Sweep("runs.carried", sweep, next_moment, _WAITING))
