"""What the vault should hold: a keyed mark on each record, over everything the record is and holds.

Sealing alone shows that a value was changed or moved, not that one was deleted, added, or that a
purpose was written into its record. So each record carries

    mark      HMAC-SHA256 (RFC 2104) with the operator's key ``integrity``
    over      canonical JSON of the record's row and, for each version of each field in it, of its
              row without the sealed bytes

Sealed bytes are left out, because they authenticate themselves in their place, and because a
change of data keys seals them anew and changes nothing else. Who writes to the database without
Tutela has not the key, and can make no mark. What a mark cannot show: a record put back whole as
it once was, with the mark of that time; and a record that is gone with its mark, which the
journal shows (``damages``).
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from uuid import UUID

from tutela.core.canonical import canonical_bytes
from tutela.db import swift
from tutela.vault import keyfiles
from tutela.vault.models import Record, Value

_USE = "integrity"
OF_VALUE = (
    "field",
    "version",
    "slot",
    "source",
    "status",
    "received_at",
    "superseded_at",
    "confirmed_at",
    "confirmed_by",
    "confirmed_how",
)
UNCHANGED = {"superseded_at": None, "confirmed_at": None, "confirmed_by": "", "confirmed_how": ""}
"""What of ``OF_VALUE`` a value has that was just taken."""

_SELECT = f"""
SELECT r.id, r.point, r.purposes, r.source, r.received_at, {", ".join(f"v.{n}" for n in OF_VALUE)}
FROM vault_record r LEFT JOIN vault_value v ON (v.operator_id, v.subject_id, v.record_id)
    = (r.operator_id, r.subject_id, r.id)
WHERE r.operator_id = %s AND r.subject_id = %s AND r.id = ANY(%s) ORDER BY r.id, field, version
"""  # noqa: S608 - made of this module's own text
_OF_RECORD = 5
_MARK = """
UPDATE vault_record SET mark = %s WHERE operator_id = %s AND subject_id = %s AND id = %s
"""


def put(operator: UUID, subject: UUID, records: Collection[UUID]) -> None:
    """Mark the records as they are now, at the end of what changed them in this transaction."""
    if not records:
        return
    found = swift.rows(_SELECT, (operator, subject, list(records)))
    for own, same in groupby(found, key=lambda row: row[:_OF_RECORD]):
        record_id, point, purposes, source, received_at = own
        record = Record(
            operator_id=operator,
            subject_id=subject,
            id=record_id,
            point=point,
            purposes=purposes,
            source=source,
            received_at=received_at,
        )
        values = [dict(zip(OF_VALUE, row[_OF_RECORD:], strict=True)) for row in same]
        held = [each for each in values if each["field"] is not None]
        swift.run(_MARK, (over(record, held), operator, subject, record_id))


def holds(record: Record) -> bool:
    """Whether the record is as it was marked. One from before marks has none, and holds."""
    return record.mark is None or hmac.compare_digest(bytes(record.mark), of(record))


def of(record: Record) -> bytes:
    """The mark of the record as its rows are now."""
    values = Value.objects.filter(
        operator_id=record.operator_id, subject_id=record.subject_id, record_id=record.id
    )
    return over(record, list(values.order_by("field", "version").values(*OF_VALUE)))


def over(record: Record, values: list[dict[str, object]]) -> bytes:
    said = {
        "operator": record.operator_id,
        "subject": record.subject_id,
        "record": record.id,
        "point": record.point,
        "purposes": list(record.purposes),
        "source": record.source,
        "received_at": record.received_at,
        "values": values,
    }
    return hmac.digest(_key(record.operator_id), canonical_bytes(said), "sha256")


def _key(operator: UUID) -> bytes:
    return keyfiles.key(operator, _USE, _name(keyfiles.folder(operator)))


@lru_cache(maxsize=keyfiles.REMEMBERED)
def _name(folder: Path) -> str:
    """The key is made at its first use and never changed."""
    return keyfiles.fresh(UUID(folder.name), _USE, ())
