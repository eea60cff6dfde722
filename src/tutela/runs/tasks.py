"""Background work of this room: runs that were agreed to go on."""

from __future__ import annotations

from tutela.jobs.sweeps import Sweep, register
from tutela.runs.carrying import next_moment, sweep

register(Sweep("runs.carried", sweep, next_moment))
