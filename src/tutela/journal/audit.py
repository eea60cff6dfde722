"""Compares the journal's rows with what the tree and the last checkpoint say they were."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.journal import notes, store, tree
from tutela.journal.entries import leaf_data
from tutela.journal.models import Checkpoint, EntryRow, Key, Leaf, Pending
from tutela.journal.notes import NoteError, Verifier


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
    """Recompute every leaf from its row and compare it with leaves, tiles and checkpoint."""
    last = store.last_checkpoint(operator_id)
    size = last.size if last else 0
    built = tree.CompactRange()
    for leaf, row in store.sequenced(operator_id, size):
        place = {"index": leaf.index, "id": leaf.entry_id}
        if leaf.index != built.size:
            gap = {"index": built.size}
            problem = _("Entry %(index)s is missing from the tree.") % gap
            return Audit(size, problem, None, built.size)
        if row is None:
            problem = _("Entry %(index)s (%(id)s) was removed.") % place
            return Audit(size, problem, leaf.entry_id, leaf.index)
        if tree.leaf_hash(leaf_data(row)) != bytes(leaf.hash):
            problem = _("Entry %(index)s (%(id)s) was changed.") % place
            return Audit(size, problem, leaf.entry_id, leaf.index)
        built.append(bytes(leaf.hash))
    return _check_tree(operator_id, last, built) or _check_queue(operator_id, size) or Audit(size)


def _check_tree(
    operator_id: UUID, last: Checkpoint | None, built: tree.CompactRange
) -> Audit | None:
    size = last.size if last else 0
    extra = Leaf.objects.filter(operator_id=operator_id, index__gte=size).order_by("index").first()
    if extra:
        problem = _("Entry %(index)s has a place in the tree that no checkpoint covers.")
        return Audit(size, problem % {"index": extra.index}, extra.entry_id, extra.index)
    if last is None:
        return None
    if built.size != size:
        problem = _("Entry %(index)s is missing from the tree.") % {"index": built.size}
        return Audit(size, problem, None, built.size)
    if not _is_signed(operator_id, last, built.root()):
        problem = _("The leaves are not those that the checkpoint of %(size)s entries was made of.")
        changed = _first_unlike_tile(operator_id, size)
        return Audit(size, problem % {"size": size}, None, changed)
    if _stored_root(operator_id, size) != built.root():
        problem = _("The stored tree is not the tree of the leaves.")
        return Audit(size, problem, None, _first_unlike_tile(operator_id, size))
    return None


def _is_signed(operator_id: UUID, checkpoint: Checkpoint, root: bytes) -> bool:
    known = Key.objects.filter(operator_id=operator_id, key_id=checkpoint.key_id)
    try:
        keys = tuple(Verifier.parse(each.verifier) for each in known)
        head, _signer = notes.open_checkpoint(checkpoint.note, keys)
    except NoteError:
        return False
    return (head.size, head.root) == (checkpoint.size, root)


def _stored_root(operator_id: UUID, size: int) -> bytes | None:
    try:
        return tree.root(size, tree.nodes(store.load_tile(operator_id)))
    except LookupError:
        return None


def _first_unlike_tile(operator_id: UUID, size: int) -> int | None:
    """The first leaf whose hash differs from its copy in the tiles."""
    load = store.load_tile(operator_id)
    tile = b""
    for leaf, _row in store.sequenced(operator_id, size):
        number, offset = divmod(leaf.index, tree.TILE_WIDTH)
        tile = load(0, number) if offset == 0 or not tile else tile
        start = offset * tree.HASH_SIZE
        if tile[start : start + tree.HASH_SIZE] != bytes(leaf.hash):
            return leaf.index
    return None


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
