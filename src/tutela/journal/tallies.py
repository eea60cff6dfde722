"""Counts of entries that cost the same however long the journal is.

The sequencer adds each batch to ``journal_tally``, by day and kind, in the transaction that gives
the batch its places; ``journal_tallied`` says how many leaves are in the sums. What is not in them
yet, some seconds of work, is counted from the rows themselves. A journal that is older than the
tally is taken in by and by, ``STEP`` leaves at a time, and is counted rightly meanwhile.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from tutela.journal.models import Tallied

STEP = 10_000

_MARK = """
INSERT INTO journal_tallied (operator_id, size) VALUES (%(operator)s, 0)
ON CONFLICT (operator_id) DO UPDATE SET size = journal_tallied.size
RETURNING size
"""
_ADD = """
WITH placed AS (
    SELECT (e.at AT TIME ZONE 'UTC')::date AS day, e.kind, e.automated, e.number
    FROM journal_leaf l JOIN journal_entry e ON e.operator_id = l.operator_id AND e.id = l.entry_id
    WHERE l.operator_id = %(operator)s AND l.index >= %(start)s AND l.index < %(end)s
), added AS (
    INSERT INTO journal_tally AS t
        (operator_id, day, kind, automated, times, first_number, last_number)
    SELECT %(operator)s, day, kind, automated, count(*), min(number), max(number)
    FROM placed GROUP BY day, kind, automated
    ON CONFLICT (operator_id, day, kind, automated) DO UPDATE SET
        times = t.times + excluded.times,
        first_number = least(t.first_number, excluded.first_number),
        last_number = greatest(t.last_number, excluded.last_number)
)
UPDATE journal_tallied SET size = %(end)s WHERE operator_id = %(operator)s
"""
IN_SUMS = "coalesce((SELECT size FROM journal_tallied WHERE operator_id = %(operator)s), 0)"
_REST = """
rest AS (
    SELECT entry_id FROM journal_leaf WHERE operator_id = %(operator)s AND index >= %(mark)s
    UNION ALL
    SELECT entry_id FROM journal_pending WHERE operator_id = %(operator)s
)
"""
_COUNT = f"""
WITH {_REST}
SELECT {IN_SUMS}, NULL, NULL, NULL
UNION ALL
SELECT NULL, kind, automated, sum(times)::bigint FROM journal_tally
WHERE operator_id = %(operator)s GROUP BY kind, automated
UNION ALL
SELECT NULL, e.kind, e.automated, count(*) FROM rest
JOIN journal_entry e ON e.operator_id = %(operator)s AND e.id = rest.entry_id
GROUP BY e.kind, e.automated
"""  # noqa: S608 - made of this module's own text
_NUMBERS = f"""
WITH {_REST}
SELECT {IN_SUMS}, (SELECT min(first_number) FROM journal_tally
        WHERE operator_id = %(operator)s AND day >= (%(since)s AT TIME ZONE 'UTC')::date),
       (SELECT max(last_number) FROM journal_tally
        WHERE operator_id = %(operator)s AND day <= (%(until)s AT TIME ZONE 'UTC')::date),
       min(e.number), max(e.number)
FROM rest JOIN journal_entry e ON e.operator_id = %(operator)s AND e.id = rest.entry_id
"""  # noqa: S608 - made of this module's own text
LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
FAR_OFF = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Tally:
    """``by_kind`` counts every entry; ``by_hand`` those that a person made."""

    by_kind: Counter[str]
    by_hand: int

    @property
    def entries(self) -> int:
        return self.by_kind.total()


def add(operator_id: UUID, signed: int) -> bool:
    """Take up to ``STEP`` leaves of the first ``signed`` into the sums; whether some are left.

    The caller holds the sequencer's lock, and its transaction is the one that counts.
    """
    values = {"operator": operator_id}
    with connection.cursor() as cursor:
        cursor.execute(_MARK, values)
        (start,) = cursor.fetchone()
        end = min(start + STEP, signed)
        if start < end:
            cursor.execute(_ADD, {**values, "start": start, "end": end})
    return bool(end < signed)


def size(operator_id: UUID) -> int:
    """How many leaves are in the sums."""
    found = Tallied.objects.filter(operator_id=operator_id).values_list("size", flat=True)
    return found.first() or 0


def tally(operator_id: UUID) -> Tally:
    """How many entries there are, by kind."""
    by_kind: Counter[str] = Counter()
    by_hand = 0
    for mark, kind, automated, times in _ask(operator_id, _COUNT):
        if mark is None:
            by_kind[kind] += times
            by_hand += 0 if automated else times
    return Tally(by_kind, by_hand)


def numbers(
    operator_id: UUID, since: datetime | None, until: datetime | None
) -> tuple[int, int] | None:
    """Between which numbers every entry of a period lies, both included; wider by up to a day at
    each end. None if there is no entry."""
    period = {"since": since or LONG_AGO, "until": until or FAR_OFF}
    (_, first, last, first_of_rest, last_of_rest), *_rest = _ask(operator_id, _NUMBERS, **period)
    lower = [each for each in (first, first_of_rest) if each is not None]
    upper = [each for each in (last, last_of_rest) if each is not None]
    return (min(lower), max(upper)) if lower and upper else None


def _ask(operator_id: UUID, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """Ask with the mark as a plain number, because the planner takes a subquery in its place for a
    third of the table; the first column of one row tells whether it was still the mark."""
    while True:
        mark = size(operator_id)
        with connection.cursor() as cursor:
            cursor.execute(statement, {"operator": operator_id, "mark": mark, **values})
            found: list[tuple[Any, ...]] = cursor.fetchall()
        if any(row[0] == mark for row in found):
            return found
