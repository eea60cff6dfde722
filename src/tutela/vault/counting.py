"""How much lies in the vault, by field; numbers, no values. The caller has opened the scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef

from tutela.journal import uses
from tutela.vault.models import Value

_IDLE = f"""
SELECT v.field, count(*), min(greatest(v.received_at, last.at))
FROM vault_value v
LEFT JOIN ({uses.USED}) AS last ON last.subject_id = v.subject_id AND last.field = v.field
WHERE v.operator_id = %(operator)s AND v.superseded_at IS NULL
  AND greatest(v.received_at, last.at) < %(since)s
GROUP BY v.field
"""  # noqa: S608 - made of own text


@dataclass(frozen=True, slots=True)
class Idle:
    """``values`` of a field lie unused, the longest since the moment ``longest``."""

    values: int
    longest: datetime


def held_by_field(operator_id: UUID) -> dict[str, int]:
    """How many current values of each field are held."""
    rows = Value.objects.filter(operator_id=operator_id, superseded_at__isnull=True)
    counted = rows.values_list("field").annotate(times=Count("slot")).order_by("field")
    return dict(counted)


def corrected(operator_id: UUID) -> tuple[int, int]:
    """How many values were corrected, and how many of them have lost the one before."""
    rows = Value.objects.filter(operator_id=operator_id)
    before = rows.filter(
        subject_id=OuterRef("subject_id"),
        record_id=OuterRef("record_id"),
        field=OuterRef("field"),
        version=OuterRef("version") - 1,
    )
    later = rows.filter(version__gt=1)
    return later.count(), later.exclude(Exists(before)).count()


def idle_by_field(operator_id: UUID, since: datetime) -> dict[str, Idle]:
    """Of each field, the current values that nobody has used since they came or since ``since``;
    a value that came later has not lain long, used or not."""
    with connection.cursor() as cursor:
        cursor.execute(_IDLE, {**uses.asked_of(operator_id), "since": since})
        return {field: Idle(values, longest) for field, values, longest in cursor.fetchall()}
