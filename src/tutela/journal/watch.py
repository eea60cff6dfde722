"""Is the journal whole? Answered often, and so in bounded time.

``verify_database`` recomputes everything, which takes seconds for a hundred thousand entries. The
watch spreads the same work over the times it is asked. It remembers, in this process, how far
the leaves agree with the signed checkpoints: each time it takes up what is new, and goes on with
a lap over what was compared before, so that a change of an old entry is found too. A journal of
up to ``STEP`` entries is compared whole every time. Counts and the signed root always are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from tutela.journal import store, tree
from tutela.journal.audit import Audit, check_entries, is_signed, verify_database
from tutela.journal.models import Checkpoint

STEP = 500
"""Entries that one look takes up at most, and as many again for its lap."""

_COUNTS = """
SELECT (SELECT count(*) FROM journal_entry WHERE operator_id = %(operator)s),
       (SELECT count(*) FROM journal_entry WHERE operator_id = %(operator)s AND NOT automated),
       (SELECT count(*) FROM journal_pending WHERE operator_id = %(operator)s),
       (SELECT count(*) FROM journal_leaf WHERE operator_id = %(operator)s),
       (SELECT coalesce(max(index) + 1, 0) FROM journal_leaf WHERE operator_id = %(operator)s),
       (SELECT coalesce(max(size), 0) FROM journal_checkpoint WHERE operator_id = %(operator)s)
"""


@dataclass(frozen=True, slots=True)
class Watched:
    """``entries`` are in the journal, ``by_hand`` of them by a person; ``compared`` of those in
    the signed tree were compared with it since this process began. ``problem`` is a sentence,
    empty while nothing is wrong."""

    entries: int
    by_hand: int
    signed: int
    compared: int
    problem: str = ""

    @property
    def holds(self) -> bool:
        return not self.problem


@dataclass(slots=True)
class _Memory:
    """What agreed so far, up to the checkpoint ``mark``: by its root a process knows whether it
    looks at the same database as before."""

    mark: tuple[int, bytes] = (0, b"")
    built: tree.CompactRange = field(default_factory=tree.CompactRange)
    lap: tree.CompactRange = field(default_factory=tree.CompactRange)


_memories: dict[UUID, _Memory] = {}


def watch(operator_id: UUID) -> Watched:
    """Look at the journal of the operator whose scope is open."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"operator": operator_id})
        entries, by_hand, waiting, leaves, end, size = cursor.fetchone()
    memory = _remembered(operator_id)
    if entries != leaves + waiting or not leaves == end == size:
        problem = verify_database(operator_id).problem or _(
            "The numbers of entries, of leaves and of signed entries do not agree."
        )
        return Watched(entries, by_hand, size, memory.built.size, problem)
    audit = _signed_root(operator_id, size) or _go_on(operator_id, memory, size)
    problem = audit.problem if audit else ""
    return Watched(entries, by_hand, size, memory.built.size, problem)


def _remembered(operator_id: UUID) -> _Memory:
    memory = _memories.get(operator_id, _Memory())
    size, root = memory.mark
    kept = Checkpoint.objects.filter(operator_id=operator_id, size=size, root=root)
    if size and not kept.exists():
        memory = _Memory()
    _memories[operator_id] = memory
    return memory


def _signed_root(operator_id: UUID, size: int) -> Audit | None:
    """The root that the tiles give must be the one that the last checkpoint signs."""
    last = Checkpoint.objects.filter(operator_id=operator_id, size=size).first()
    if last is None:
        return None
    try:
        root = tree.root(size, tree.nodes(store.load_tile(operator_id)))
    except LookupError:
        root = b""
    if is_signed(operator_id, last, root):
        return None
    return Audit(size, _("The stored tree is not the one that the last checkpoint signs."))


def _go_on(operator_id: UUID, memory: _Memory, size: int) -> Audit | None:
    """Take up at most ``STEP`` new entries, then at most as many of those known."""
    known = memory.built.size
    memory.built, audit = _further(operator_id, memory.built, size)
    if audit is None and known:
        begun = memory.lap if memory.lap.size < known else tree.CompactRange()
        memory.lap, audit = _further(operator_id, begun, known)
    passed = Checkpoint.objects.filter(operator_id=operator_id, size__lte=memory.built.size)
    if last := passed.order_by("-size").first():
        memory.mark = (last.size, bytes(last.root))
    return audit


def _further(
    operator_id: UUID, begun: tree.CompactRange, end: int
) -> tuple[tree.CompactRange, Audit | None]:
    """The range grown by one step; what disagrees stays ahead of it and is found again."""
    grown = tree.CompactRange(begun.size, list(begun.peaks))
    audit = check_entries(operator_id, grown, min(end, begun.size + STEP))
    return (begun, audit) if audit else (grown, None)
