"""What an authority demands to be destroyed: some fields of a person, wherever they are held."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tutela.retention.acts import ActRow, Because
from tutela.retention.destroying import Order, carry_out, look
from tutela.retention.rules import Ground, Plan

LASTING = frozenset({"law", "hold"})
"""What keeps data although an authority demands its destruction."""


def end_demanded(
    operator_id: UUID,
    subject: UUID,
    fields: Collection[str],
    *,
    clause: str,
    at: datetime,
    cause: UUID,
) -> ActRow | None:
    """Destroy these fields wherever they are held of the person, because an authority demands it;
    but not what a duty of law or a hold keeps. The act, or None where nothing went."""
    demanded = Because("request", "authority", clause, "destruction.demanded", at, None, None)
    order = Order((demanded,), cause=cause)
    case = look(operator_id, subject, order, at)
    goes: dict[UUID, frozenset[str]] = {}
    kept: dict[UUID, dict[str, tuple[Ground, ...]]] = {}
    for each in case.held:
        grounds = case.plan.kept.get(each.record, {})
        lasting = {slug for slug, why in grounds.items() if LASTING & {one.kind for one in why}}
        if doomed := each.fields.intersection(fields) - lasting:
            goes[each.record] = doomed
        served = tuple(Ground("consent", purpose) for purpose in each.purposes)
        if stays := {slug: grounds.get(slug, served) for slug in each.fields - doomed}:
            kept[each.record] = stays
    return carry_out(replace(case, plan=Plan(goes, kept)), order, at) if goes else None
