"""Writes the log as a folder of C2SP tlog-tiles, to be put on any web server or handed over."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

from tutela.journal import store, tiles
from tutela.journal.entries import leaf_data
from tutela.journal.errors import JournalDamaged, NothingSigned
from tutela.journal.tiles import Place
from tutela.journal.tree import HASH_SIZE, TILE_WIDTH


def write_tiles(operator_id: UUID, folder: Path, *, entries: bool = False) -> int:
    """Bring ``folder`` up to the last checkpoint; the number of leaves it covers.

    What is there already is left, so that a daily run writes what is new. The checkpoint comes
    last: a reader never sees one whose tiles are missing. With ``entries`` the leaves' data is
    written too; a bundle of which an entry was removed after its term is left out, and taken away
    where an earlier run has written it. Raises ``NothingSigned``.
    """
    head = store.last_checkpoint(operator_id)
    if head is None:
        raise NothingSigned("This journal has no checkpoint yet; run the sequencer and ask again.")
    load = store.load_tile(operator_id)
    for place in tiles.places(head.size):
        if not _is_there(folder, place):
            _write(folder / place.path, load(place.level or 0, place.index)[: _bytes(place)])
    for place in tiles.bundles(head.size) if entries else ():
        _write_bundle(operator_id, folder, place)
    _write(folder / tiles.CHECKPOINT, head.note.encode())
    return head.size


def _bytes(place: Place) -> int:
    return place.width * HASH_SIZE


def _write_bundle(operator_id: UUID, folder: Path, place: Place) -> None:
    first = place.index * TILE_WIDTH
    if store.pruned(operator_id, first, first + place.width):
        _take_away(folder, place)
    elif not _is_there(folder, place):
        _write(folder / place.path, _bundle(operator_id, place))


def _take_away(folder: Path, place: Place) -> None:
    """The bundle and its unfinished ones of earlier runs."""
    whole = folder / Place(None, place.index).path
    for each in (whole, *whole.with_name(f"{whole.name}.p").glob("*")):
        each.unlink(missing_ok=True)


def _bundle(operator_id: UUID, place: Place) -> bytes:
    first = place.index * TILE_WIDTH
    leaves = []
    for leaf, row in store.sequenced(operator_id, first + place.width, start=first):
        if row is None:
            raise JournalDamaged(f"The entry {leaf.entry_id} of leaf {leaf.index} is gone.")
        leaves.append(leaf_data(row))
    return tiles.bundle(leaves)


def _is_there(folder: Path, place: Place) -> bool:
    return (folder / place.path).exists()


def _write(path: Path, content: bytes) -> None:
    """A whole file or none: whoever reads meanwhile never sees half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
