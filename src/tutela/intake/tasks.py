"""Background work of this room: agents are told when the requests they brought have moved."""

from __future__ import annotations

from tutela.intake.drp import callbacks
from tutela.jobs.sweeps import Sweep, register

register(
    Sweep(
        "intake.callbacks",
        callbacks.tell,
        waiting="EXISTS (SELECT FROM intake_agent_request "
        "WHERE operator_id = %(operator)s AND call_at <= %(now)s)",
    )
)
