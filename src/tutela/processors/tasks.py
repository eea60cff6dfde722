"""Background work of this room: processors are told, reminded, and found to be overdue."""

from __future__ import annotations

from tutela.jobs.sweeps import Sweep, register
from tutela.processors.sending import next_moment, sweep

register(Sweep("processors.commands", sweep, next_moment))
