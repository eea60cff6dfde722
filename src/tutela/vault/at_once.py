"""Reading in the one statement in which the gate decides, and of many people in one.

``JOINED`` is joined to a statement that gives ``confirmed``, the transaction in which the decision
was confirmed and journalled, or null. What comes back is sealed; ``opened`` opens it, once, with
the permit that was made for that transaction. ``vault.read`` and ``vault.records`` say the same
in two more statements; a test holds them together.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from tutela.core.permits import Permit, check
from tutela.core.vocabulary import LawPurpose
from tutela.db import swift
from tutela.db.scope import transaction_id
from tutela.vault import custody, rows
from tutela.vault.errors import FieldNotPermitted, KeyLost
from tutela.vault.models import Value as Row
from tutela.vault.reading import READING, is_left_out, look, value_of
from tutela.vault.values import RecordRow, Seen

RECORD_COLUMNS = "r.id, r.point, r.purposes, r.source, r.received_at"
_OF_VALUE = (
    *("field", "version", "slot", "sealed", "source", "status"),
    *("received_at", "confirmed_at", "confirmed_how"),
)
COLUMNS = f"{RECORD_COLUMNS}, k.wrapper, k.wrapped, v.{', v.'.join(_OF_VALUE)}"
RECORDS_JOINED = """
LEFT JOIN LATERAL (
    SELECT * FROM vault_record r
    WHERE confirmed IS NOT NULL
      AND r.operator_id = (%(asked)s::jsonb ->> 'operator')::uuid
      AND r.subject_id = (%(asked)s::jsonb ->> 'subject')::uuid
      AND (%(purpose)s::text IS NULL OR r.purposes ? %(purpose)s::text)
) AS r ON true
"""
JOINED = f"""
{RECORDS_JOINED}
LEFT JOIN vault_key k ON (k.operator_id, k.subject_id) = (r.operator_id, r.subject_id)
LEFT JOIN vault_value v ON
    (v.operator_id, v.subject_id, v.record_id) = (r.operator_id, r.subject_id, r.id)
    AND v.superseded_at IS NULL AND v.field = ANY(%(fields)s)
"""
_MANY = f"""
SELECT asked.place, {COLUMNS}
FROM jsonb_to_recordset(%(asked)s::jsonb) AS asked
    (place integer, subject uuid, purpose text, fields jsonb)
JOIN vault_record r ON r.operator_id = %(operator)s AND r.subject_id = asked.subject
    AND (asked.purpose IS NULL OR r.purposes ? asked.purpose)
LEFT JOIN vault_key k ON (k.operator_id, k.subject_id) = (r.operator_id, r.subject_id)
LEFT JOIN vault_value v ON
    (v.operator_id, v.subject_id, v.record_id) = (r.operator_id, r.subject_id, r.id)
    AND v.superseded_at IS NULL AND asked.fields ? v.field
"""  # noqa: S608 - made of this module's own text


def look_many(permits: Sequence[Permit]) -> list[Seen]:
    """What ``vault.look`` gives for each permit, in their order; all are of one operator and of
    the transaction that is open."""
    if not permits:
        return []
    operator, transaction = permits[0].operator, transaction_id()
    asked = [
        {
            "place": place,
            "subject": str(each.subject),
            "purpose": arguments(each.purpose, each.fields)["purpose"],
            "fields": sorted(each.fields),
        }
        for place, each in enumerate(permits)
    ]
    found: list[list[tuple[Any, ...]]] = [[] for _ in permits]
    for place, *columns in swift.rows(_MANY, {"asked": json.dumps(asked), "operator": operator}):
        found[place].append(tuple(columns))
    return [_opened_now(each, transaction, rows) for each, rows in zip(permits, found, strict=True)]


def _opened_now(permit: Permit, transaction: int, found: Sequence[tuple[Any, ...]]) -> Seen:
    try:
        return opened(permit, transaction, found)
    except KeyLost:  # a rotation may have ended the key meanwhile, and put another in its place
        return look(permit)


def arguments(purpose: str, fields: frozenset[str]) -> dict[str, Any]:
    """What the joins ask with: a purpose of the policy sees its own records, the law all."""
    own = None if purpose in frozenset(LawPurpose) else purpose
    return {"purpose": own, "fields": sorted(fields)} if fields else {"purpose": own}


def records(found: Iterable[tuple[Any, ...]]) -> tuple[RecordRow, ...]:
    """The records in what ``RECORDS_JOINED`` or ``JOINED`` gave, oldest first."""
    rows = {
        each[0]: RecordRow(each[0], each[1], tuple(each[2]), each[3], each[4])
        for each in found
        if each[0] is not None
    }
    return tuple(sorted(rows.values(), key=lambda each: (each.received_at, each.id)))


def opened(permit: Permit, transaction: int, found: Sequence[tuple[Any, ...]]) -> Seen:
    """The records and open values in what ``JOINED`` gave in ``transaction``.

    Raises ``KeyLost`` if the key that wraps was ended by a rotation since.
    """
    subject = permit.subject
    check(
        permit,
        operator=permit.operator,
        subject=subject,
        actions=READING,
        transaction=transaction,
    )
    if subject is None:
        raise FieldNotPermitted("The permit names no person; ask the gate about one.")
    points = {each[0]: each[1] for each in found}
    sealed = [
        row
        for each in found
        if (row := _row(permit.operator, subject, each)) is not None
        and row.field in permit.fields
        and not is_left_out(permit, row)
    ]
    values = []
    if sealed:
        # Key and values are of one statement, so that no rotation can have come between them.
        data_key = custody.unwrap(permit.operator, subject, *found[0][5:7])
        values = [
            value_of(row, text, points[row.record_id])
            for row, text in rows.open_with(data_key, sealed)
        ]
    values.sort(key=lambda each: (each.record, each.field))
    return Seen(records(found), tuple(values), permit.clause)


def _row(operator: UUID, subject: UUID, found: tuple[Any, ...]) -> Row | None:
    columns = dict(zip(_OF_VALUE, found[7:], strict=True))
    if columns["field"] is None:
        return None
    return Row(operator_id=operator, subject_id=subject, record_id=found[0], **columns)
