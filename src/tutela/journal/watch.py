"""Is the journal whole? Answered often, and so in bounded time.

``verify_database`` recomputes everything, which takes seconds for a hundred thousand entries. The
watch spreads the same work over the times it is asked. It remembers, in this process, how far
the leaves agree with the signed checkpoints: each time it takes up what is new, and goes on with
a lap over what was compared before, so that a change of an old entry is found too. In the same
way it looks whether each entry is in the tree or waits for it, at the newest always and at all by
laps. A journal of up to ``STEP`` entries is compared whole every time. The signed root always is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from tutela.journal import store, tallies, tree
from tutela.journal.audit import Audit, check_entries, is_signed, verify_database
from tutela.journal.entries import ActByHand
from tutela.journal.models import Checkpoint

STEP = 500
"""Entries that one look takes up at most, and as many again for its lap."""

_ENDS = """
SELECT (SELECT count(*) FROM journal_pending WHERE operator_id = %(operator)s),
       (SELECT coalesce(max(index) + 1, 0) FROM journal_leaf WHERE operator_id = %(operator)s),
       (SELECT coalesce(max(size), 0) FROM journal_checkpoint WHERE operator_id = %(operator)s),
       (SELECT max(number) FROM journal_entry WHERE operator_id = %(operator)s)
"""
_PLACES = """
SELECT looked.number, EXISTS (
           SELECT 1 FROM journal_leaf l
           WHERE l.operator_id = %(operator)s AND l.entry_id = looked.id
       ) OR EXISTS (
           SELECT 1 FROM journal_pending p
           WHERE p.operator_id = %(operator)s AND p.number = looked.number
       )
FROM (
    SELECT number, id FROM journal_entry
    WHERE operator_id = %(operator)s AND number > %(after)s AND number <= %(last)s
    ORDER BY number {order} LIMIT %(step)s
) AS looked
ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class Watched:
    """``entries`` are in the journal, ``by_hand`` of them by a person,
    ``recorded_by_hand`` about what no program did; ``compared`` of those in the signed tree were
    compared with it since this process began. ``problem`` is a sentence, empty while nothing is
    wrong."""

    entries: int
    by_hand: int
    signed: int
    compared: int
    recorded_by_hand: int = 0
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
    number: int = 0
    """Up to which entry, by number, the present lap has found every one in the tree or waiting."""


_memories: dict[UUID, _Memory] = {}


def watch(operator_id: UUID) -> Watched:
    """Look at the journal of the operator whose scope is open."""
    values: dict[str, Any] = {"operator": operator_id}
    with connection.cursor() as cursor:
        cursor.execute(_ENDS, values)
        waiting, end, size, newest = cursor.fetchone()
    counted = tallies.tally(operator_id)
    memory = _remembered(operator_id)
    if end != size or counted.entries != size + waiting or not _placed(operator_id, memory, newest):
        problem = verify_database(operator_id).problem or _(
            "The numbers of entries, of leaves and of signed entries do not agree."
        )
    else:
        audit = _signed_root(operator_id, size) or _go_on(operator_id, memory, size)
        problem = audit.problem if audit else ""
    done = counted.by_kind[ActByHand.kind]
    return Watched(size + waiting, counted.by_hand, size, memory.built.size, done, problem)


def _placed(operator_id: UUID, memory: _Memory, newest: int | None) -> bool:
    """Whether the newest entries, and the next ones of the lap, are in the tree or wait for it."""
    if newest is None:
        return True
    values: dict[str, Any] = {"operator": operator_id, "after": 0, "last": newest, "step": STEP}
    with connection.cursor() as cursor:
        cursor.execute(_PLACES.format(order="DESC"), values)
        latest = cursor.fetchall()
        memory.number = memory.number if memory.number < newest else 0
        cursor.execute(_PLACES.format(order="ASC"), {**values, "after": memory.number})
        lap = cursor.fetchall()
    if not all(placed for _, placed in latest + lap):
        return False
    memory.number = lap[-1][0] if lap else 0
    return True


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
