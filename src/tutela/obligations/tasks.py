"""Background work of this room: what the policy promised and the system can do by itself."""

from __future__ import annotations

from tutela.jobs.sweeps import Sweep, register
from tutela.obligations.running import is_waiting, next_moment, run_due

register(Sweep("obligations.due", run_due, next_moment, is_waiting))
