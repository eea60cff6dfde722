"""Background work of this room: what its rule has ended goes."""

from __future__ import annotations

from tutela.jobs.sweeps import Sweep, register
from tutela.retention import evidence, handling, scheduling
from tutela.retention.sweeping import next_moment, sweep

__all__ = ["handling", "scheduling"]
"""Imported so that promises to destroy find their handler, and facts their listener."""

register(Sweep("retention.ended", sweep, next_moment))
register(Sweep("retention.evidence", evidence.sweep))
