"""What a monitor may ask of the journal."""

from __future__ import annotations

from uuid import UUID

from tutela.core import clock
from tutela.core.measures import gauge
from tutela.journal.models import Checkpoint, EntryRow, Pending


@gauge("journal_pending_entries", "Entries that wait for their place in the log.")
def pending(operator_id: UUID) -> float:
    return Pending.objects.filter(operator_id=operator_id).count()


@gauge("journal_pending_seconds", "How long the oldest of them has waited; 0 if none waits.")
def pending_seconds(operator_id: UUID) -> float:
    oldest = Pending.objects.filter(operator_id=operator_id).order_by("number").first()
    if oldest is None:
        return 0
    entry = EntryRow.objects.get(operator_id=operator_id, id=oldest.entry_id)
    return max(0.0, (clock.now() - entry.at).total_seconds())


@gauge("journal_size_entries", "Entries under the last signed checkpoint.")
def size(operator_id: UUID) -> float:
    last = Checkpoint.objects.filter(operator_id=operator_id).order_by("-size").first()
    return last.size if last else 0
