"""What is held, without any value of it: records, fields, counts. No permit is asked, because
nothing is opened."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Count, QuerySet

from tutela.db import swift
from tutela.identity import actions as identity
from tutela.vault import rows
from tutela.vault.models import Chunk, Identifier, Key, Pseudonym, Record
from tutela.vault.models import Value as Row
from tutela.vault.values import RecordRow

_RECORDS = """
SELECT id, point, purposes, source, received_at FROM vault_record
WHERE operator_id = %s AND subject_id = %s ORDER BY received_at, id
"""
_HOLDINGS = """
SELECT record_id, array_agg(field) FROM vault_value
WHERE operator_id = %s AND subject_id = %s AND superseded_at IS NULL GROUP BY record_id
"""


def records(operator_id: UUID, subject: UUID) -> list[RecordRow]:
    """The person's records, oldest first, without their values."""
    return records_of(_RECORDS, (operator_id, subject))


def records_of(statement: str, arguments: swift.Arguments) -> list[RecordRow]:
    """The records that a statement gives by identifier, point, purposes, source and moment."""
    return [
        RecordRow(record, point, tuple(purposes), source, received_at)
        for record, point, purposes, source, received_at in swift.rows(statement, arguments)
    ]


def record_row(row: Record) -> RecordRow:
    return RecordRow(row.id, row.point, tuple(row.purposes), row.source, row.received_at)


def holder_of(operator_id: UUID, record: UUID) -> UUID | None:
    """Whose record it is; None if there is none any more."""
    found = Record.objects.filter(operator_id=operator_id, id=record)
    return found.values_list("subject_id", flat=True).first()


def holdings(operator_id: UUID, subject: UUID) -> dict[UUID, frozenset[str]]:
    """The fields held in each record, without their values."""
    found = swift.rows(_HOLDINGS, (operator_id, subject))
    return {record: frozenset(fields) for record, fields in found}


def count_of(operator_id: UUID, subject: UUID) -> int:
    """How many values in force are held about the person."""
    return rows.current(operator_id, subject).count()


def values_by_field(operator_id: UUID) -> dict[str, int]:
    """How many values in force there are of each field."""
    held = Row.objects.filter(operator_id=operator_id, superseded_at__isnull=True)
    return dict(held.values_list("field").annotate(times=Count("slot")).order_by("field"))


def left_of_destroyed(operator_id: UUID) -> int:
    """Rows of any kind about people of whom nothing may be left; anything but 0 is a breach."""
    gone = identity.destroyed(operator_id)
    return sum(
        table.objects.filter(operator_id=operator_id, subject_id__in=gone).count()
        for table in (Key, Record, Row, Identifier, Chunk, Pseudonym)
    )


def left_in(operator_id: UUID, subject: UUID, places: Mapping[UUID, Collection[str]]) -> int:
    """Places that were destroyed and still have a row of any kind, earlier versions included."""
    return sum(
        field in places[record]
        for table in (Row, Identifier, Chunk)
        for record, field in table.objects.filter(
            operator_id=operator_id, subject_id=subject, record_id__in=list(places)
        ).values_list("record_id", "field")
    )


def all_records(operator_id: UUID) -> QuerySet[Record, UUID]:
    """The ids of every record there is, as a query that others may look into."""
    return Record.objects.filter(operator_id=operator_id).values_list("id", flat=True)


def records_with_files(operator_id: UUID) -> QuerySet[Chunk, UUID]:
    """The ids of every record that holds a file, as a query that others may look into."""
    return Chunk.objects.filter(operator_id=operator_id).values_list("record_id", flat=True)


def records_beyond(operator_id: UUID, points: Collection[str], fields: Collection[str]) -> int:
    """How many records taken at ``points`` hold any field that is not one of ``fields``."""
    taken = Record.objects.filter(operator_id=operator_id, point__in=points)
    beyond = Row.objects.filter(
        operator_id=operator_id, record_id__in=taken.values_list("id", flat=True)
    ).exclude(field__in=fields)
    return beyond.values("record_id").distinct().count()
