"""Finds entries by what they say, without reading the whole journal for one page.

A kind or a subject has an index, and of a clause ``stretches`` knows where it is spoken of.
Anything else is sought backwards from the newest
entry, a window of ``WINDOW`` entries at a time and ``WINDOWS`` windows a page at most; a page that
is not full then says how far back it has looked, and its reader goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tutela.core.registry import Registry
from tutela.db.scope import operator_scope
from tutela.journal import store, stretches, tallies
from tutela.journal.entries import Row
from tutela.journal.models import EntryRow

WINDOW = 20_000
WINDOWS = 10
_INDEXED = frozenset({"subject", "kind"})
_COLUMNS = {
    "kind": "kind",
    "action": "action",
    "purpose": "purpose",
    "clause": "clause",
    "actor": "actor_kind",
    "role": "actor_role",
    "subject": "subject_id",
    "automated": "automated",
}

OFFERED: Registry[Callable[[UUID], Iterable[str]]] = Registry("choice of a journal filter")
"""What a reader may choose from under a name of ``Filter``; the room that knows it says so."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries; an empty value asks for nothing. ``until`` is the first moment too late."""

    kind: str = ""
    action: str = ""
    purpose: str = ""
    clause: str = ""
    actor: str = ""
    role: str = ""
    subject: UUID | None = None
    automated: bool | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def asked(self) -> Mapping[str, Any]:
        """What is asked for, by the name of the value."""
        named = {name: getattr(self, name) for name in (*_COLUMNS, "since", "until")}
        return {name: value for name, value in named.items() if value not in {None, ""}}

    @property
    def is_indexed(self) -> bool:
        """Whether one index alone gives the entries in order."""
        return not self.asked or (len(self.asked) == 1 and bool(self.asked.keys() & _INDEXED))


@dataclass(frozen=True, slots=True)
class Found:
    """``before`` is where to go on, None at the beginning of the journal; ``looked_to`` is set
    where a page ended before it was full: every entry since that moment has been looked at."""

    rows: list[Row]
    before: int | None = None
    looked_to: datetime | None = None


def search(operator_id: UUID, chosen: Filter, *, before: int | None = None, limit: int) -> Found:
    """At most ``limit`` entries, newest first, with numbers below ``before``."""
    bounds = _bounds(operator_id, chosen)
    if bounds is None:
        return Found([])
    lowest, highest = bounds
    cursor = highest + 1 if before is None else min(before, highest + 1)
    matching, everything = _matching(operator_id, chosen), _of(operator_id)
    if chosen.asked.keys() == {"clause"}:
        places = stretches.page(operator_id, chosen.clause, before=cursor, limit=limit + 1)
        return _page(operator_id, everything.filter(number__in=places), limit)
    if chosen.is_indexed:
        return _page(operator_id, matching.filter(number__lt=cursor), limit)
    found: list[EntryRow] = []
    for _ in range(WINDOWS):
        if cursor <= lowest:
            break
        passed = everything.filter(number__lt=cursor, number__gte=lowest).order_by("-number")
        floor = passed.values_list("number", flat=True)[WINDOW - 1 : WINDOW].first()
        within = matching.filter(number__lt=cursor, number__gte=lowest if floor is None else floor)
        found += within.order_by("-number")[: limit + 1 - len(found)]
        if len(found) > limit:
            return Found(store.rows_of(operator_id, found[:limit]), found[limit - 1].number)
        cursor = lowest if floor is None else floor
    rows = store.rows_of(operator_id, found)
    last = everything.filter(number__gte=cursor).order_by("number").first()
    if cursor <= lowest or last is None:
        return Found(rows)
    return Found(rows, cursor, last.at)


def walk(operator_id: UUID, chosen: Filter, *, end: int) -> Iterator[Row]:
    """Every matching entry in the order of writing, up to the number ``end``, a window at a time
    and each in a transaction of its own: for exports of any length."""
    with operator_scope(operator_id):
        bounds = _bounds(operator_id, chosen)
    if bounds is None:
        return
    cursor, last = bounds[0], min(bounds[1], end)
    while cursor <= last:
        with operator_scope(operator_id):
            coming = _of(operator_id).filter(number__gte=cursor, number__lte=last)
            numbers = coming.order_by("number").values_list("number", flat=True)
            ceiling = numbers[_STEP : _STEP + 1].first()
            within = _matching(operator_id, chosen).filter(number__gte=cursor, number__lte=last)
            if ceiling is not None:
                within = within.filter(number__lt=ceiling)
            rows = store.rows_of(operator_id, within.order_by("number"))
        yield from rows
        if ceiling is None:
            return
        cursor = ceiling


_STEP = 1000


def choices(operator_id: UUID, name: str) -> list[str]:
    """What may be chosen under a name of ``Filter``, as far as a room has said so."""
    return list(OFFERED[name](operator_id)) if name in OFFERED else []


def _bounds(operator_id: UUID, chosen: Filter) -> tuple[int, int] | None:
    return tallies.numbers(operator_id, chosen.since, chosen.until)


def _of(operator_id: UUID) -> QuerySet[EntryRow]:
    return EntryRow.objects.filter(operator_id=operator_id)


def _matching(operator_id: UUID, chosen: Filter) -> QuerySet[EntryRow]:
    conditions = {
        column: value
        for name, column in _COLUMNS.items()
        if (value := getattr(chosen, name)) not in {None, ""}
    }
    matching = _of(operator_id).filter(**conditions)
    if chosen.since is not None:
        matching = matching.filter(at__gte=chosen.since)
    return matching if chosen.until is None else matching.filter(at__lt=chosen.until)


def _page(operator_id: UUID, matching: QuerySet[EntryRow], limit: int) -> Found:
    found = list(matching.order_by("-number")[: limit + 1])
    more = found[limit - 1].number if len(found) > limit else None
    return Found(store.rows_of(operator_id, found[:limit]), more)


__all__ = ["OFFERED", "Filter", "Found", "choices", "search", "walk"]
