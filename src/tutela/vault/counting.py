"""How much lies in the vault, by field; numbers, no values. The caller has opened the scope."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count

from tutela.vault.models import Value


def held_by_field(operator_id: UUID) -> dict[str, int]:
    """How many current values of each field are held."""
    rows = Value.objects.filter(operator_id=operator_id, superseded_at__isnull=True)
    counted = rows.values_list("field").annotate(times=Count("slot")).order_by("field")
    return dict(counted)
