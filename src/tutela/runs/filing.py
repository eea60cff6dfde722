"""The sealed file of a sale ends too: once the buyer has it, when its term is over, or at once if
the sale is called off.

The file is overwritten and removed before the transaction that says so commits; a process that
dies between the two finds no file the next time and says so then. The act is signed like others.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from uuid import UUID

from tutela.core.vocabulary import SYSTEM, Actor
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.runs import handing
from tutela.runs.entries import RunFileDestroyed
from tutela.runs.models import Run
from tutela.runs.wording import Why

FORMAT = "tutela/run-file/1"
GRACE = timedelta(days=1)
"""How long after its last moment a file may still be there, until the sweep has come by."""


def until(run: Run) -> datetime | None:
    """When the file ends at the latest: so many days after the run; None while it is still made."""
    over = run.cancelled_at or run.ended_at
    if run.file_gone_at is not None or not run.handed or over is None:
        return None
    days = 0 if run.cancelled_at else run.file_days
    return over + timedelta(days=days)


def end(run: Run, why: Why, now: datetime, *, by: Actor = SYSTEM) -> None:
    """Destroy the file of a locked run, and file the act; nothing if that was done before."""
    if run.file_gone_at is not None:
        return
    size = _destroy(run.id)
    run.file_gone_at, run.next_at = now, None
    entry = journal.append(
        run.operator_id,
        RunFileDestroyed(
            actor=by,
            automated=by == SYSTEM,
            clause=run.clause,
            policy_version=policies.in_force(run.operator_id).number,
            run=run.id,
            why=str(why),
            people=run.handed,
        ),
    )
    run.file_envelope = journal.sign_document(run.operator_id, _document(run, why, size, entry))
    run.save(force_update=True)


def _destroy(run_id: UUID) -> int:
    """Overwrite and remove; how many bytes there were."""
    place = handing.path_of(run_id)
    if not place.exists():
        return 0
    size = place.stat().st_size
    with place.open("r+b") as file:
        file.writelines(bytes(_BLOCK) for _block in range(0, size, _BLOCK))
        file.truncate(size)
        file.flush()
        os.fsync(file.fileno())
    place.unlink()
    return size


_BLOCK = 1 << 20


def _document(run: Run, why: Why, size: int, entry: UUID) -> dict[str, object]:
    policy = policies.in_force(run.operator_id)
    return {
        "format": FORMAT,
        "run": run.id,
        "operator": {"slug": policy.operator.slug, "legal_name": policy.operator.legal_name},
        "policy": {"version": policy.number, "digest": policy.digest},
        "clause": run.clause,
        "buyer": run.buyer,
        "people": run.handed,
        "bytes": size,
        "why": str(why),
        "receipt": run.receipt,
        "made_at": run.file_gone_at,
        "journal_entry": entry,
    }
