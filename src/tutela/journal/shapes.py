"""How often entries of one shape occur, and what stood before them: for judging many at once.

Permitted operations are many, their shapes (action, purpose, basis, fields ...) are few. So the
rules that every entry must obey are checked against the shapes. Leaves never change, therefore
what was counted up to a signed checkpoint is remembered in the process and only what came later
is counted anew; the checkpoint's root tells whether it is still the same database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from tutela.journal import store, summaries
from tutela.journal.models import Checkpoint

Counted = Mapping[tuple[Any, ...], int]

_SIGNED = """
taken AS (
    SELECT entry_id FROM journal_leaf
    WHERE operator_id = %(operator)s AND index >= %(start)s AND index < %(end)s
)
"""
_UNSIGNED = """
taken AS (
    SELECT entry_id FROM journal_leaf WHERE operator_id = %(operator)s AND index >= %(end)s
    UNION ALL
    SELECT entry_id FROM journal_pending WHERE operator_id = %(operator)s
)
"""
_SHAPES = """
WITH {taken}
SELECT e.kind, e.action, e.purpose, e.basis, e.actor_kind, e.actor_role, e.policy_version,
       e.subject_id IS NOT NULL,
       ARRAY(SELECT e.data ->> name FROM unnest(%(names)s::text[]) AS name), count(*)
FROM taken JOIN journal_entry e ON e.operator_id = %(operator)s AND e.id = taken.entry_id
WHERE e.kind = ANY(%(kinds)s)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
"""
_BEFORE = """
WITH {taken}
SELECT coalesce(before.kind, ''), e.purpose, e.subject_id, count(*)
FROM taken JOIN journal_entry e ON e.operator_id = %(operator)s AND e.id = taken.entry_id
LEFT JOIN LATERAL (
    SELECT b.kind FROM journal_entry b
    WHERE b.operator_id = e.operator_id AND b.subject_id = e.subject_id AND b.number < e.number
      AND b.kind = ANY(%(among)s)
      AND (b.purpose = e.purpose OR b.data -> 'purposes' ? e.purpose)
    ORDER BY b.number DESC LIMIT 1
) AS before ON true
WHERE e.kind = %(kind)s AND e.basis = ANY(%(bases)s)
  AND (%(purposes)s::text[] IS NULL OR e.purpose = ANY(%(purposes)s))
GROUP BY GROUPING SETS ((1), (1, 2, 3))
HAVING GROUPING(e.purpose) = 1 OR coalesce(before.kind, '') <> ALL(%(usual)s)
"""
_LATER = """
SELECT e.subject_id, e.action, e.purpose, e.actor_kind, count(*)
FROM unnest(%(subjects)s::uuid[], %(moments)s::timestamptz[]) AS asked (subject_id, moment)
JOIN journal_entry e ON e.operator_id = %(operator)s AND e.subject_id = asked.subject_id
WHERE e.kind = %(kind)s AND e.at > asked.moment
GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True, slots=True)
class Later:
    """How often something was done with one subject's data after the moment asked for."""

    subject: UUID
    action: str
    purpose: str
    actor_kind: str
    times: int


@dataclass(frozen=True, slots=True)
class Shape:
    """What entries of one kind have in common; ``data`` holds the asked-for values of the kind's
    own fields as text, lists as JSON, None where an entry has none."""

    kind: str
    action: str
    purpose: str
    basis: str
    actor_kind: str
    actor_role: str
    policy_version: int | None
    about_person: bool
    data: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class _Kept:
    size: int
    root: bytes
    counted: Counted
    written: int = 0
    """Up to which size a summary of it is in the database."""


_kept: dict[tuple[Any, ...], _Kept] = {}


def shapes(
    operator_id: UUID, kinds: Collection[str], names: Collection[str]
) -> list[tuple[Shape, int]]:
    """Every shape that entries of ``kinds`` have, with how many have it."""
    asked = {"operator": operator_id, "kinds": sorted(kinds), "names": list(names)}

    def count(taken: str, bounds: Mapping[str, int]) -> Counted:
        rows = _fetch(_SHAPES.format(taken=taken), {**asked, **bounds})
        return {(*row[:8], tuple(row[8])): row[9] for row in rows}

    counted = _all(("shapes", operator_id, tuple(kinds), tuple(names)), operator_id, count)
    return [(_shape(values, names), times) for values, times in counted.items()]


def _shape(values: tuple[Any, ...], names: Collection[str]) -> Shape:
    *common, own = values
    return Shape(*common, data=dict(zip(names, own, strict=True)))  # type: ignore[misc]


def preceded(
    operator_id: UUID,
    kind: str,
    bases: Collection[str],
    *,
    among: Collection[str],
    usual: Collection[str],
    purposes: Collection[str] | None = None,
) -> tuple[dict[str, int], list[UUID]]:
    """For entries of ``kind`` on one of ``bases``: the kind of the last entry before each, of the
    same subject and purpose and ``among`` these kinds, or an empty string; and how many. Only
    entries for one of ``purposes``, if given.

    Also the subjects of those before whom stood something else than ``usual``, at most 50.
    """
    lists = {"bases": sorted(bases), "among": sorted(among), "usual": sorted(usual)}
    only = None if purposes is None else sorted(purposes)
    asked = {"operator": operator_id, "kind": kind, **lists, "purposes": only}

    def count(taken: str, bounds: Mapping[str, int]) -> Counted:
        rows = _fetch(_BEFORE.format(taken=taken), {**asked, **bounds})
        return {row[:3]: row[3] for row in rows}

    key = ("before", operator_id, kind, *map(tuple, lists.values()))
    if only is not None:
        key = (*key, tuple(only))
    counted = _all(key, operator_id, count)
    totals = {before: times for (before, purpose, _), times in counted.items() if purpose is None}
    subjects = dict.fromkeys(
        subject for (_, purpose, subject), _times in counted.items() if purpose is not None
    )
    return totals, [each for each in subjects if each is not None][:50]


def later(operator_id: UUID, kind: str, moments: Mapping[UUID, datetime]) -> list[Later]:
    """Entries of ``kind`` about each subject later than the moment given for them."""
    values = {
        "operator": operator_id,
        "kind": kind,
        "subjects": list(moments),
        "moments": list(moments.values()),
    }
    return [Later(*row) for row in _fetch(_LATER, values)]


def _all(
    key: tuple[Any, ...],
    operator_id: UUID,
    count: Callable[[str, Mapping[str, int]], Counted],
) -> Counted:
    """What is remembered, and what was signed and written since."""
    last = store.last_checkpoint(operator_id)
    size = last.size if last else 0
    kept = _remembered(key, operator_id, size)
    if last is not None and size > kept.size:
        fresh = Counter(kept.counted)
        fresh.update(count(_SIGNED, {"start": kept.size, "end": size}))
        kept = _kept[key] = _Kept(size, bytes(last.root), fresh, kept.written)
        if size - kept.written >= summaries.WORTH:
            summaries.keep(operator_id, key, size, kept.root, fresh)
            _kept[key] = replace(kept, written=size)
    everything = Counter(kept.counted)
    everything.update(count(_UNSIGNED, {"end": size}))
    return everything


def _remembered(key: tuple[Any, ...], operator_id: UUID, size: int) -> _Kept:
    kept = _kept.get(key)
    if kept is None and (found := summaries.load(operator_id, key)):
        kept = _Kept(*found, written=found[0])
    if kept is None or kept.size > size:
        return _Kept(0, b"", {})
    same = Checkpoint.objects.filter(operator_id=operator_id, size=kept.size, root=kept.root)
    return kept if same.exists() else _Kept(0, b"", {})


def _fetch(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
