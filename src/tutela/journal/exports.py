"""What leaves the journal: proofs of single entries, and the whole log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import IO, Any
from uuid import UUID

from tutela.db.scope import operator_scope
from tutela.journal import signing, store
from tutela.journal.entries import leaf_data
from tutela.journal.errors import JournalDamaged, NothingSigned, NotYetSequenced, UnknownEntry
from tutela.journal.formats import BUNDLE_FORMAT, LOG_FORMAT
from tutela.journal.models import Checkpoint, EntryRow, Key
from tutela.journal.notes import encode


def signed(operator_id: UUID) -> Checkpoint:
    found = store.last_checkpoint(operator_id)
    if found is None:
        raise NothingSigned("This journal has no checkpoint yet; run the sequencer and ask again.")
    return found


def bundle(operator_id: UUID, entry_ids: Iterable[UUID]) -> dict[str, Any]:
    """The entries with their proofs, verifiable offline (format ``tutela-bundle/1``).

    Raises ``UnknownEntry`` and ``NotYetSequenced`` naming the entry, and ``NothingSigned``.
    """
    wanted = list(dict.fromkeys(entry_ids))
    checkpoint = signed(operator_id)
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
        "key": verifier(operator_id, checkpoint.key_id),
        "checkpoint": checkpoint.note,
        "entries": entries,
    }


def verifier(operator_id: UUID, key_id: str) -> str:
    known = Key.objects.filter(operator_id=operator_id, key_id=key_id)
    return known.values_list("verifier", flat=True).first() or signing.public_key(operator_id)


def export_log(operator_id: UUID, stream: IO[str]) -> int:
    """Write the signed log as JSON lines (format ``tutela-log/1``); the number of entries.

    Each checkpoint follows the entry that completes it. Raises ``NothingSigned``.
    """
    checkpoint = signed(operator_id)
    for line in _lines(operator_id, checkpoint.size):
        stream.write(line)
    return checkpoint.size


def log_lines(operator_id: UUID) -> Iterator[str]:
    """The same log, line by line, for a stream that outlives the caller's transaction: each page
    is read in one of its own. Raises ``NothingSigned`` at the first line."""
    with operator_scope(operator_id):
        size = signed(operator_id).size
    yield from _lines(operator_id, size)


def _written(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


_PAGE = 1000


def _lines(operator_id: UUID, size: int) -> Iterator[str]:
    """Each page of the log in a transaction of its own; signed entries never change, so that the
    pages fit each other. A pruned entry is its hash and the run that removed it."""
    with operator_scope(operator_id):
        keys = Key.objects.filter(operator_id=operator_id).order_by("since", "key_id")
        known = list(keys.values_list("verifier", flat=True))
    header = {"format": LOG_FORMAT, "operator": str(operator_id), "keys": known, "size": size}
    yield _written(header)
    for start in range(0, size, _PAGE):
        end = min(start + _PAGE, size)
        with operator_scope(operator_id):
            yield "".join(_page_of_log(operator_id, start, end))


def _page_of_log(operator_id: UUID, start: int, end: int) -> Iterator[str]:
    checkpoints = Checkpoint.objects.filter(
        operator_id=operator_id, size__gt=start, size__lte=end
    ).values_list("size", "note")
    notes = dict(checkpoints)
    pruned = store.pruned(operator_id, start, end)
    for leaf, row in store.sequenced(operator_id, end, start=start):
        line: dict[str, Any] = {"index": leaf.index}
        if row is not None:
            line["entry"] = leaf_data(row).decode()
        elif leaf.index in pruned:
            line["pruned"] = str(pruned[leaf.index])
        else:
            raise JournalDamaged(f"The entry {leaf.entry_id} of leaf {leaf.index} is gone.")
        yield _written({**line, "hash": encode(bytes(leaf.hash))})
        if leaf.index + 1 in notes:
            yield _written({"checkpoint": notes[leaf.index + 1]})
