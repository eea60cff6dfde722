"""Background work of this room: versions are published when their moment has come."""

from __future__ import annotations

from tutela.jobs.sweeps import Sweep, register
from tutela.policy import postings
from tutela.policy.scheduling import next_moment, publish_due

__all__ = ["postings"]
_DUE = """
EXISTS (SELECT FROM policy_scheduled WHERE operator_id = %(operator)s
        AND state = 'waiting' AND publish_at <= %(now)s)
"""
register(Sweep("policy.scheduled", publish_due, next_moment, _DUE))
