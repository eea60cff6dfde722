"""Where in the journal a clause is spoken of, so that a page costs the same however long it is.

An index of the clauses would be paid for by each entry. Instead the sequencer notes for each batch
which stretches of ``LENGTH`` numbers have an entry on which clause. A page then looks into as many
stretches as it has lines, at most, each by the index of the order. What is not noted yet, some
seconds of work, is looked through whole; so is, until it has been taken in by and by, what is
older than the notes.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection

from tutela.journal.models import Tallied

LENGTH = 1024
STEP = 10_000
"""Leaves that are taken in at once."""

_MARK = """
INSERT INTO journal_tallied (operator_id, size) VALUES (%(operator)s, 0)
ON CONFLICT (operator_id) DO UPDATE SET stretched = journal_tallied.stretched
RETURNING stretched
"""
_ADD = """
WITH noted AS (
    INSERT INTO journal_stretch (operator_id, clause, stretch)
    SELECT DISTINCT %(operator)s::uuid, e.clause, e.number / %(length)s
    FROM journal_leaf l JOIN journal_entry e ON e.operator_id = l.operator_id AND e.id = l.entry_id
    WHERE l.operator_id = %(operator)s AND l.index >= %(start)s AND l.index < %(end)s
      AND e.clause <> ''
    ON CONFLICT DO NOTHING
)
UPDATE journal_tallied SET stretched = %(end)s WHERE operator_id = %(operator)s
"""
_FIRST_NOT_NOTED = """
SELECT coalesce(min(e.number), (
    SELECT max(number) + 1 FROM journal_entry WHERE operator_id = %(operator)s
), 0) FROM (
    SELECT entry_id FROM journal_leaf WHERE operator_id = %(operator)s AND index >= %(mark)s
    UNION ALL
    SELECT entry_id FROM journal_pending WHERE operator_id = %(operator)s
) rest JOIN journal_entry e ON e.operator_id = %(operator)s AND e.id = rest.entry_id
"""
_PLACES = """
SELECT place FROM (
    SELECT generate_series(%(open)s, %(top)s) AS place
    UNION ALL
    (SELECT stretch FROM journal_stretch
     WHERE operator_id = %(operator)s AND clause = %(clause)s
       AND stretch <= %(top)s AND stretch < %(open)s
     ORDER BY stretch DESC LIMIT %(width)s)
) AS places ORDER BY place DESC LIMIT %(width)s
"""
_WITHIN = """
SELECT found.number FROM unnest(%(places)s::bigint[]) AS place CROSS JOIN LATERAL (
    SELECT number, clause FROM journal_entry
    WHERE operator_id = %(operator)s AND number < %(before)s
      AND number >= place * %(length)s AND number < (place + 1) * %(length)s
    OFFSET 0
) AS found WHERE found.clause = %(clause)s ORDER BY found.number DESC LIMIT %(limit)s
"""
"""``OFFSET 0`` keeps the planner from reading the summaries of all clauses for each stretch."""


def size(operator_id: UUID) -> int:
    """How many leaves have been noted."""
    found = Tallied.objects.filter(operator_id=operator_id).values_list("stretched", flat=True)
    return found.first() or 0


def add(operator_id: UUID, signed: int) -> bool:
    """Note up to ``STEP`` leaves of the first ``signed``; whether some are left.

    The caller holds the sequencer's lock, and its transaction is the one that notes.
    """
    values: dict[str, Any] = {"operator": operator_id, "length": LENGTH}
    with connection.cursor() as cursor:
        cursor.execute(_MARK, values)
        (start,) = cursor.fetchone()
        end = min(start + STEP, signed)
        if start < end:
            cursor.execute(_ADD, {**values, "start": start, "end": end})
    return bool(end < signed)


def page(operator_id: UUID, clause: str, *, before: int, limit: int) -> list[int]:
    """The numbers of the last ``limit`` entries on a clause below ``before``, newest first. Few
    stretches are looked into first, because a clause that is often spoken of needs no more."""
    values: dict[str, Any] = {
        "operator": operator_id,
        "clause": clause,
        "length": LENGTH,
        "before": before,
    }
    numbers: list[int] = []
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_NOT_NOTED, {**values, "mark": size(operator_id)})
        (first,) = cursor.fetchone()
        top, width = (before - 1) // LENGTH, 2
        while len(numbers) < limit:
            among = {**values, "top": top, "open": first // LENGTH, "width": width}
            cursor.execute(_PLACES, among)
            places = [place for (place,) in cursor.fetchall()]
            if not places:
                break
            within = {**values, "places": places, "limit": limit - len(numbers)}
            cursor.execute(_WITHIN, within)
            numbers += [number for (number,) in cursor.fetchall()]
            top, width = places[-1] - 1, 2 * width
    return numbers
