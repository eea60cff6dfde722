"""Many people at once: what is held of them, and destroying them whole, by as many statements as
for one.

Each person is covered by a permit of their own, which the gate decided and journalled. The data
keys go first, because who changes keys takes those first and leaves what is taken alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from tutela.core.permits import Permit
from tutela.db import swift
from tutela.db.scope import transaction_id
from tutela.vault import destroyed
from tutela.vault.entering import ENDING, cover, enter
from tutela.vault.values import Destroyed, RecordRow

_HELD = "WHERE operator_id = %s AND subject_id = ANY(%s)"
_VALUES = f"""
WITH gone AS (
    DELETE FROM vault_value {_HELD} RETURNING operator_id, subject_id, record_id, field, slot
), work AS (
    INSERT INTO vault_shred (operator_id, slot, transaction) SELECT operator_id, slot, %s FROM gone
)
SELECT subject_id, record_id, field, slot FROM gone
"""  # noqa: S608 - made of this module's own text
_HELD_BY = """
SELECT r.subject_id, r.id, r.point, r.purposes, r.source, r.received_at,
       (SELECT array_agg(v.field) FROM vault_value v
        WHERE (v.operator_id, v.subject_id, v.record_id) = (r.operator_id, r.subject_id, r.id)
          AND v.superseded_at IS NULL)
FROM vault_record r WHERE r.operator_id = %s AND r.subject_id = ANY(%s)
ORDER BY r.received_at, r.id
"""
_TABLES = ("vault_key", "vault_value", "vault_record", "vault_identifier", "vault_chunk")


@dataclass(frozen=True, slots=True)
class Gone:
    """A row of a sealed value that was deleted."""

    record_id: UUID
    field: str
    slot: int


def held_by(
    operator: UUID, subjects: Collection[UUID]
) -> dict[UUID, list[tuple[RecordRow, frozenset[str]]]]:
    """Each person's records, oldest first, with the fields that are held in them."""
    held: dict[UUID, list[tuple[RecordRow, frozenset[str]]]] = {each: [] for each in subjects}
    for subject, *row, fields in swift.rows(_HELD_BY, (operator, list(subjects))):
        record, point, purposes, source, received_at = row
        found = RecordRow(record, point, tuple(purposes), source, received_at)
        held[subject].append((found, frozenset(fields or ())))
    return held


def destroy(permits: Sequence[Permit], *, again: bool) -> list[Destroyed]:
    """Delete every row of these people and note it; the shares are the caller's to overwrite."""
    subjects = [enter(each, ENDING) for each in permits]
    operator = permits[0].operator
    if any(each.operator != operator for each in permits) or len(set(subjects)) < len(subjects):
        raise ValueError("Destroy people of one operator together, each of them once.")
    gone: dict[UUID, list[Gone]] = {each: [] for each in subjects}
    with transaction.atomic():  # a permit that does not cover what went takes nothing away
        keys = _delete("vault_key", operator, subjects)
        for subject, *row in swift.rows(_VALUES, (operator, subjects, transaction_id())):
            gone[subject].append(Gone(*row))
        for permit, subject in zip(permits, subjects, strict=True):
            cover(permit, {each.field for each in gone[subject]})
    if not again:
        destroyed.note_whole(operator, gone)
    chunks = _delete("vault_chunk", operator, subjects)
    index_rows = _delete("vault_identifier", operator, subjects)
    _delete("vault_record", operator, subjects)
    _delete("vault_pseudonym", operator, subjects)
    return [
        Destroyed(
            records=tuple(sorted({each.record_id for each in gone[subject]})),
            fields=tuple(sorted({each.field for each in gone[subject]})),
            values=len(gone[subject]),
            keys=keys[subject],
            index_rows=index_rows[subject],
            chunks=chunks[subject],
        )
        for subject in subjects
    ]


def left_of(operator: UUID, subjects: Collection[UUID]) -> set[UUID]:
    """Those of the people of whom any row is left: a key, a value in force or an earlier one, a
    record, an entry of the index, a part of a file."""
    found: Iterable[str] = (f"SELECT subject_id FROM {each} {_HELD}" for each in _TABLES)  # noqa: S608
    asked = (operator, list(subjects)) * len(_TABLES)
    return {subject for (subject,) in swift.rows(" UNION ".join(found), asked)}


def _delete(table: str, operator: UUID, subjects: list[UUID]) -> Counter[UUID]:
    """How many rows went, by person."""
    statement = f"DELETE FROM {table} {_HELD} RETURNING subject_id"  # noqa: S608 - our own names
    return Counter(subject for (subject,) in swift.rows(statement, (operator, subjects)))
