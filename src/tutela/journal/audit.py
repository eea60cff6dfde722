"""Compares the journal's rows with what the tree and the last checkpoint say they were."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.journal import notes, pruning, store, tree
from tutela.journal.entries import leaf_data
from tutela.journal.models import Checkpoint, EntryRow, Key, Leaf, Pending
from tutela.journal.notes import NoteError, Verifier

_STEP = 64 * tree.TILE_WIDTH


@dataclass(frozen=True, slots=True)
class Audit:
    """``problem`` is a sentence, empty if the journal is whole; ``entry`` and ``index`` name the
    first bad entry where one can be named."""

    entries: int
    problem: str = ""
    entry: UUID | None = None
    index: int | None = None

    @property
    def holds(self) -> bool:
        return not self.problem


def verify_database(operator_id: UUID) -> Audit:
    """Recompute every leaf from its row, and compare it with the leaves, every signed checkpoint
    and every stored tile."""
    last = store.last_checkpoint(operator_id)
    size = last.size if last else 0
    return (
        check_entries(operator_id, tree.CompactRange(), size)
        or _check_cover(operator_id, size)
        or _check_tiles(operator_id, size)
        or _check_queue(operator_id, size)
        or Audit(size)
    )


def check_entries(operator_id: UUID, built: tree.CompactRange, size: int) -> Audit | None:
    """Go on from the leaves that are in ``built``, which grows, up to the first ``size``."""
    signed = Checkpoint.objects.filter(operator_id=operator_id, size__gt=built.size, size__lte=size)
    checkpoints = signed.order_by("size").iterator()
    checkpoint = next(checkpoints, None)
    pruned = _Pruned(operator_id)
    for leaf, row in store.sequenced(operator_id, size, start=built.size):
        place = {"index": leaf.index, "id": leaf.entry_id}
        if leaf.index != built.size:
            break
        if row is None and not pruned.holds(leaf.index):
            problem = _("Entry %(index)s (%(id)s) was removed.") % place
            return Audit(size, problem, leaf.entry_id, leaf.index)
        if row is not None and tree.leaf_hash(leaf_data(row)) != bytes(leaf.hash):
            problem = _("Entry %(index)s (%(id)s) was changed.") % place
            return Audit(size, problem, leaf.entry_id, leaf.index)
        built.append(bytes(leaf.hash))
        if checkpoint and checkpoint.size == built.size:
            if not is_signed(operator_id, checkpoint, built.root()):
                return _unlike(operator_id, checkpoint.size)
            checkpoint = next(checkpoints, None)
    if built.size != size:
        problem = _("Entry %(index)s is missing from the tree.") % {"index": built.size}
        return Audit(size, problem, None, built.size)
    return None


@dataclass(slots=True)
class _Pruned:
    """Which entries are gone because their term was over, read some ahead."""

    operator: UUID
    known: dict[int, UUID] = field(default_factory=dict)
    declared: dict[UUID, bool] = field(default_factory=dict)

    def holds(self, index: int) -> bool:
        """Whether an entry of the log says that the entry at ``index`` was removed."""
        if index not in self.known:
            self.known = store.pruned(self.operator, index, index + tree.TILE_WIDTH)
        run = self.known.get(index)
        if run is None:
            return False
        if run not in self.declared:
            self.declared[run] = pruning.is_declared(self.operator, run)
        return self.declared[run]


def is_signed(operator_id: UUID, checkpoint: Checkpoint, root: bytes) -> bool:
    known = Key.objects.filter(operator_id=operator_id, key_id=checkpoint.key_id)
    try:
        keys = tuple(Verifier.parse(each.verifier) for each in known)
        head, _signer = notes.open_checkpoint(checkpoint.note, keys)
    except NoteError:
        return False
    return head.size == checkpoint.size and head.root == bytes(checkpoint.root) == root


def _unlike(operator_id: UUID, size: int) -> Audit:
    """The leaves are not the signed ones; the tiles may still tell which of them changed."""
    problem = _("The leaves are not those that the checkpoint of %(size)s entries was made of.")
    found = _check_tiles(operator_id, size)
    return Audit(size, problem % {"size": size}, None, found.index if found else None)


def _check_cover(operator_id: UUID, size: int) -> Audit | None:
    extra = Leaf.objects.filter(operator_id=operator_id, index__gte=size).order_by("index").first()
    if extra is None:
        return None
    problem = _("Entry %(index)s has a place in the tree that no checkpoint covers.")
    return Audit(size, problem % {"index": extra.index}, extra.entry_id, extra.index)


def _check_tiles(operator_id: UUID, size: int) -> Audit | None:
    """Grow the tiles anew from the leaves, some at a time, and compare each when it is done."""
    stored = store.load_tile(operator_id)
    growing: dict[tuple[int, int], bytes] = {}

    def unfinished(level: int, index: int) -> bytes:
        return growing[level, index]

    for start in range(0, size, _STEP):
        hashes = Leaf.objects.filter(
            operator_id=operator_id, index__gte=start, index__lt=min(start + _STEP, size)
        )
        ordered = [bytes(each) for each in hashes.order_by("index").values_list("hash", flat=True)]
        growing.update(tree.grow(start, ordered, unfinished))
        is_last = start + _STEP >= size
        for place, tile in sorted(growing.items()):
            if len(tile) == tree.TILE_WIDTH * tree.HASH_SIZE or is_last:
                del growing[place]
                if stored(*place)[: len(tile)] != tile:
                    return _bad_tile(size, place, tile, stored(*place))
    return None


def _bad_tile(size: int, place: tuple[int, int], right: bytes, stored: bytes) -> Audit:
    """``index`` is the first leaf under the first hash that differs."""
    width = tree.HASH_SIZE
    pairs = range(0, len(right), width)
    differs = next(at for at in pairs if right[at : at + width] != stored[at : at + width]) // width
    level, number = place
    first = (number * tree.TILE_WIDTH + differs) << (level * tree.TILE_HEIGHT)
    return Audit(size, _("The stored tree is not the tree of the leaves."), None, first)


def _check_queue(operator_id: UUID, size: int) -> Audit | None:
    """Every entry is in the tree or waits for it."""
    placed = Leaf.objects.filter(operator_id=operator_id).values("entry_id")
    waiting = Pending.objects.filter(operator_id=operator_id).values("entry_id")
    lost = (
        EntryRow.objects.filter(operator_id=operator_id)
        .exclude(id__in=placed)
        .exclude(id__in=waiting)
        .order_by("number")
        .first()
    )
    if lost is None:
        return None
    problem = _(
        "The entry %(id)s is neither in the tree nor waiting for it: it was inserted past it."
    )
    return Audit(size, problem % {"id": lost.id}, lost.id, None)
