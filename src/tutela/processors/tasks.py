"""Background work of this room: processors are told, reminded, and found to be overdue."""

from __future__ import annotations

from tutela.jobs.sweeps import Sweep, register
from tutela.processors.sending import next_moment, sweep

_DUE = """
EXISTS (SELECT FROM processors_command WHERE operator_id = %(operator)s
        AND acknowledged_at IS NULL AND next_at <= %(now)s)
"""
register(Sweep("processors.commands", sweep, next_moment, _DUE))
