"""What the system does by itself when a promise to block falls due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tutela.gate import actions as gate
from tutela.gate.standing import Block, Standing
from tutela.obligations.actions import HANDLERS, Evidence, ObligationRow

CHECKING = "verification"
"""The ground of a block that lasts while a request is checked (004 9.6)."""


def block(operator_id: UUID, row: ObligationRow, now: datetime) -> Evidence:
    """Only clarifying and destroying stay possible until the check has a result (004 1.2, 9.6)."""

    def blocked(standing: Standing) -> Standing:
        if any(each.ground == CHECKING and each.live(now) for each in standing.blocks):
            return standing
        mine = Block(ground=CHECKING, since=row.event_at, clause=row.clause, id=row.id)
        return replace(standing, blocks=(*standing.blocks, mine))

    if row.subject_id is not None:
        gate.change_standing(operator_id, row.subject_id, blocked)
    return {"done": "blocked"}


HANDLERS.register("block", block)
