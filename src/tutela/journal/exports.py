"""What leaves the journal: proofs of single entries, and the whole log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import IO, Any
from uuid import UUID

from tutela.journal import signing, store
from tutela.journal.entries import leaf_data
from tutela.journal.errors import JournalDamaged, NothingSigned, NotYetSequenced, UnknownEntry
from tutela.journal.formats import BUNDLE_FORMAT, LOG_FORMAT
from tutela.journal.models import Checkpoint, EntryRow, Key
from tutela.journal.notes import encode


def _signed(operator_id: UUID) -> Checkpoint:
    found = store.last_checkpoint(operator_id)
    if found is None:
        raise NothingSigned("This journal has no checkpoint yet; run the sequencer and ask again.")
    return found


def bundle(operator_id: UUID, entry_ids: Iterable[UUID]) -> dict[str, Any]:
    """The entries with their proofs, verifiable offline (format ``tutela-bundle/1``).

    Raises ``UnknownEntry`` and ``NotYetSequenced`` naming the entry, and ``NothingSigned``.
    """
    wanted = list(dict.fromkeys(entry_ids))
    checkpoint = _signed(operator_id)
    found = EntryRow.objects.filter(operator_id=operator_id, id__in=wanted)
    rows = {each.id: each for each in store.rows_of(operator_id, found)}
    entries = []
    for entry_id in wanted:
        row = rows.get(entry_id)
        if row is None:
            raise UnknownEntry(f"This journal has no entry {entry_id}.")
        if row.index is None or row.index >= checkpoint.size:
            raise NotYetSequenced(f"The entry {entry_id} has no place in the signed log yet.")
        proof = store.inclusion_proof(operator_id, row.index, checkpoint.size)
        entries.append(
            {
                "index": row.index,
                "entry": leaf_data(row).decode(),
                "proof": [encode(each) for each in proof],
            }
        )
    return {
        "format": BUNDLE_FORMAT,
        "operator": str(operator_id),
        "key": _verifier(operator_id, checkpoint.key_id),
        "checkpoint": checkpoint.note,
        "entries": entries,
    }


def _verifier(operator_id: UUID, key_id: str) -> str:
    known = Key.objects.filter(operator_id=operator_id, key_id=key_id)
    return known.values_list("verifier", flat=True).first() or signing.public_key(operator_id)


def export_log(operator_id: UUID, stream: IO[str]) -> int:
    """Write the signed log as JSON lines (format ``tutela-log/1``); the number of entries.

    Each checkpoint follows the entry that completes it. Raises ``NothingSigned``.
    """
    checkpoint = _signed(operator_id)
    for line in _lines(operator_id, checkpoint.size):
        stream.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    return checkpoint.size


def _lines(operator_id: UUID, size: int) -> Iterator[dict[str, Any]]:
    keys = Key.objects.filter(operator_id=operator_id).order_by("since", "key_id")
    yield {
        "format": LOG_FORMAT,
        "operator": str(operator_id),
        "keys": list(keys.values_list("verifier", flat=True)),
        "size": size,
    }
    checkpoints = Checkpoint.objects.filter(operator_id=operator_id, size__lte=size)
    notes = checkpoints.order_by("size").values_list("size", "note").iterator()
    due, note = next(notes)
    for leaf, row in store.sequenced(operator_id, size):
        if row is None:
            raise JournalDamaged(f"The entry {leaf.entry_id} of leaf {leaf.index} is gone.")
        yield {
            "index": leaf.index,
            "entry": leaf_data(row).decode(),
            "hash": encode(bytes(leaf.hash)),
        }
        if leaf.index + 1 == due:
            yield {"checkpoint": note}
            due, note = next(notes, (0, ""))
