"""Reading values with a permit: the current ones, earlier ones, files; sealed rows go no further.

A purpose of the policy sees the records that were taken for it, a purpose of the law all; what is
blocked is passed over, and so is what was destroyed and came back with an old copy of the database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from tutela.core.permits import Permit
from tutela.core.vocabulary import TRANSFER, Action, LawPurpose
from tutela.db import swift
from tutela.vault import rows
from tutela.vault.attachments import chunks, storing
from tutela.vault.entering import enter
from tutela.vault.errors import NoSuchValue
from tutela.vault.holding import record_row, records, records_of
from tutela.vault.models import Record
from tutela.vault.models import Value as Row
from tutela.vault.values import FileFacts, OpenFile, RecordRow, Seen, Value

READING = frozenset({Action.EXTRACTION, Action.USE}) | TRANSFER
DEPERSONALISING = frozenset({Action.DEPERSONALIZATION})


def read(permit: Permit) -> list[Value]:
    """The current values of the permit's fields, by record and field.

    A purpose of the policy sees only the records that were taken for it: data collected for one
    purpose does not serve another (152-FZ article 5(3), GDPR article 5(1)(b); 004 2.17.2-3).
    What was destroyed and came back with an old copy of the database is passed over, and so is
    what is blocked (``Permit.left_out``).
    """
    return _open(permit, superseded=False)


_PAGE = """
SELECT id, point, purposes, source, received_at FROM vault_record
WHERE operator_id = %(operator)s AND subject_id = %(subject)s AND id > %(last)s
ORDER BY id LIMIT %(most)s
"""
_PAGE_BEFORE = """
WITH corrected AS MATERIALIZED (
    SELECT DISTINCT record_id FROM vault_value
    WHERE operator_id = %(operator)s AND subject_id = %(subject)s AND record_id > %(last)s
    AND superseded_at IS NOT NULL ORDER BY record_id LIMIT %(most)s
)
SELECT r.id, r.point, r.purposes, r.source, r.received_at FROM corrected c
JOIN vault_record r ON r.operator_id = %(operator)s AND r.subject_id = %(subject)s
    AND r.id = c.record_id
ORDER BY r.id
"""
"""Materialized: a plan that looks for each record among all values would be quadratic."""
_IN = "operator_id = %s AND subject_id = %s AND record_id BETWEEN %s AND %s AND field = ANY(%s) "
_NOW = _IN + "AND superseded_at IS NULL ORDER BY record_id, field"
_BEFORE = _IN + "AND superseded_at IS NOT NULL ORDER BY record_id, field, version"


def look_in_parts(
    permit: Permit, records_at_once: int = 500, *, superseded: bool = False
) -> Iterator[Seen]:
    """What ``look`` gives, some records at a time in the order of their identifiers, for a person
    of whom much is held: no more than one part is open at once; with ``superseded`` the earlier
    values instead. It is read within the transaction of the permit."""
    subject = enter(permit, READING)
    mine = (permit.operator, subject)
    fields, last = list(permit.fields), UUID(int=0)
    page_of, values_of = (_PAGE_BEFORE, _BEFORE) if superseded else (_PAGE, _NOW)
    asked = {"operator": permit.operator, "subject": subject, "most": records_at_once}
    while page := records_of(page_of, asked | {"last": last}):
        first, last = page[0].id, page[-1].id
        seen = {each.id: each for each in page if _serves(permit, each)}
        wanted = swift.found(Row, values_of, (*mine, first, last, fields))
        found = [row for row in wanted if row.record_id in seen and not is_left_out(permit, row)]
        opened = rows.open_all(permit.operator, subject, found)
        values = tuple(value_of(row, text, seen[row.record_id].point) for row, text in opened)
        yield Seen(tuple(seen.values()), values)


def look(permit: Permit) -> Seen:
    """What ``read`` gives, together with the records that the permit's purpose sees."""
    values = read(permit)
    seen = records(permit.operator, enter(permit, READING))
    own = [each for each in seen if permit.purpose in (*LawPurpose, *each.purposes)]
    return Seen(tuple(own), tuple(values), permit.clause)


def latest(permit: Permit, fields: Collection[str], most: int = 20) -> list[Value]:
    """Of what ``read`` gives, the newest ``most`` values of these fields together."""
    subject = enter(permit, READING, fields)
    newest = rows.current(permit.operator, subject).filter(field__in=fields)
    places = list(newest.order_by("-received_at").values_list("record_id", "field")[:most])
    held = Record.objects.filter(
        operator_id=permit.operator, subject_id=subject, id__in={record for record, _ in places}
    )
    seen = [row for row in map(record_row, held) if _serves(permit, row)]
    opened = _opened_of(permit, subject, seen, superseded=False, fields=fields)
    return [value_of(row, text, record.point) for row, text, record in opened]


def history(permit: Permit) -> list[Value]:
    """Earlier versions of the permit's fields, oldest first; they end with the value itself."""
    return _open(permit, superseded=True)


def open_file(permit: Permit, record: UUID, field: str) -> OpenFile:
    """The file that ``field`` of ``record`` holds now, whole and checked.

    The permit is one to read the field. Raises ``NoSuchValue`` for anything it does not reach:
    another purpose, a blocked place, a field without a file.
    """
    subject = enter(permit, READING, (field,))
    held = Record.objects.filter(operator_id=permit.operator, subject_id=subject, id=record)
    seen = [row for row in map(record_row, held) if _serves(permit, row)]
    for row, text, _record in _opened_of(permit, subject, seen, superseded=False, fields=(field,)):
        if known := chunks.manifest(text):
            content = storing.fetch(row, rows.place(row), known)
            return OpenFile(FileFacts(known.media, known.size, known.sha256), content)
    raise NoSuchValue("There is no such file; look at the holdings first.")


def read_to_depersonalise(permit: Permit) -> list[Value]:
    """The current values of what is to be turned into something that is about nobody."""
    subject = enter(permit, DEPERSONALISING)
    return [
        value_of(row, text, record.point)
        for row, text, record in _opened(permit, subject, superseded=False)
    ]


def _opened(
    permit: Permit, subject: UUID, *, superseded: bool
) -> Iterator[tuple[Row, str, RecordRow]]:
    """The rows that the permit reaches, each with what was sealed in it and its record: for a
    purpose of the policy those that were taken for it, for one of the law all."""
    seen = [each for each in records(permit.operator, subject) if _serves(permit, each)]
    yield from _opened_of(permit, subject, seen, superseded=superseded)


_BY_LAW = frozenset(LawPurpose)


def _serves(permit: Permit, record: RecordRow) -> bool:
    return permit.purpose in _BY_LAW or permit.purpose in record.purposes


def _opened_of(
    permit: Permit,
    subject: UUID,
    seen: Sequence[RecordRow],
    *,
    superseded: bool,
    fields: Collection[str] | None = None,
) -> Iterator[tuple[Row, str, RecordRow]]:
    kept = {row.id: row for row in seen}
    wanted = Row.objects.filter(
        operator_id=permit.operator,
        subject_id=subject,
        record_id__in=kept,
        field__in=permit.fields if fields is None else fields,
        superseded_at__isnull=not superseded,
    ).order_by("record_id", "field", "version")
    found = [row for row in wanted if not is_left_out(permit, row)]
    for row, text in rows.open_all(permit.operator, subject, found):
        yield row, text, kept[row.record_id]


def _open(permit: Permit, *, superseded: bool) -> list[Value]:
    subject = enter(permit, READING)
    return [
        value_of(row, text, record.point)
        for row, text, record in _opened(permit, subject, superseded=superseded)
    ]


def value_of(row: Row, text: str, point: str) -> Value:
    """Of a file only the facts are handed out, never the key in its manifest."""
    known = chunks.manifest(text)
    return Value(
        record=row.record_id,
        field=row.field,
        value="" if known else text,
        point=point,
        received_at=row.received_at,
        source=row.source,
        status=row.status,
        version=row.version,
        superseded_at=row.superseded_at,
        reference=row.reference,
        confirmed_at=row.confirmed_at,
        confirmed_how=row.confirmed_how,
        file=FileFacts(known.media, known.size, known.sha256) if known else None,
    )


def is_left_out(permit: Permit, row: Row) -> bool:
    record = str(row.record_id)
    return not permit.left_out.isdisjoint({(record, ""), (record, row.field)})
