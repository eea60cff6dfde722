"""Days on which a clock stands still, and where a term ends that they interrupt.

A policy may let a term wait for what only the person can give (proof of identity, a signed form,
a clarification). Counting: the day on which a pause begins is not counted any more, the day on
which it ends is counted again, whole; a pause that ends on its own day changes nothing. Hours are
added as they elapsed. Everything here is a pure function of its arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tutela.policy.calendars import WorkingCalendar, next_day
from tutela.policy.term_grammar import TermError, Unit


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands still from ``begins`` until ``ends`` (UTC, exclusive); ``why`` is one of
    the words of the policy format, such as ``identity``."""

    why: str
    begins: datetime
    ends: datetime

    def covers(self, moment: datetime) -> bool:
        return self.begins <= moment < self.ends


def in_order(pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """``pauses`` by their beginning. ``TermError`` where one ends before it begins, or two
    overlap."""
    ordered = tuple(sorted(pauses, key=lambda each: each.begins))
    ends = [each.ends for each in ordered]
    following = [each.begins for each in ordered[1:]]
    if any(each.ends < each.begins for each in ordered) or any(
        begins < end for end, begins in zip(ends, following, strict=False)
    ):
        raise TermError(
            "A clock cannot be stopped while it stands still.",
            "Let it go on first; a pause ends after it has begun.",
        )
    return ordered


def still_days(pauses: Sequence[Pause], calendar: WorkingCalendar) -> frozenset[date]:
    """The local days that are not counted."""
    return frozenset(
        date.fromordinal(each)
        for pause in pauses
        for each in range(
            calendar.local_day(pause.begins).toordinal(),
            calendar.local_day(pause.ends).toordinal(),
        )
    )


def moved(
    since: date, last: date, unit: Unit, still: frozenset[date], calendar: WorkingCalendar
) -> date:
    """The last day of a term that begins with ``since`` and would end on ``last``, if the days
    ``still`` are not counted."""
    working = unit is Unit.WORKING_DAY
    missing = _lost(since, last, still, calendar if working else None)
    while missing:
        behind = next_day(last)
        last = calendar.add_working_days(last, missing) if working else next_day(last, missing)
        missing = _lost(behind, last, still, calendar if working else None)
    return last


def _lost(since: date, last: date, still: frozenset[date], calendar: WorkingCalendar | None) -> int:
    """How many of the counted days from ``since`` to ``last`` are still; with a calendar only
    working days are counted."""
    return sum(
        since <= each <= last and (calendar is None or calendar.is_working(each)) for each in still
    )


def elapsed(start: datetime, end: datetime, pauses: Sequence[Pause]) -> datetime:
    """When hours that would run from ``start`` to ``end`` are over, if they stand still in
    ``pauses``, which are in order."""
    for each in pauses:
        if each.ends > start and each.begins < end:
            end += each.ends - max(each.begins, start)
    return end
