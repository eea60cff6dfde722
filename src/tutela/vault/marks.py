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
from pathlib import Path
from uuid import UUID

from tutela.core.canonical import canonical_bytes
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


def put(operator: UUID, subject: UUID, records: Collection[UUID]) -> None:
    """Mark the records as they are now, at the end of what changed them in this transaction."""
    found = Record.objects.filter(operator_id=operator, subject_id=subject, id__in=list(records))
    for record in found:
        Record.objects.filter(pk=record.pk).update(mark=of(record))


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
