"""Work of the vault that comes due by itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tutela.db.scope import operator_scope
from tutela.jobs.sweeps import sweep
from tutela.vault import actions


@sweep("vault.shred")
def shred(operator_id: UUID, _now: datetime) -> int:
    """What a crash left between a destruction and the overwriting of its shares."""
    with operator_scope(operator_id):
        return actions.shred_pending(operator_id)
