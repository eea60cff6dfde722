"""Why a record ends when it ends: the rules at work on it, which counts, what may keep it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tutela.core import clock
from tutela.gate import actions as gate
from tutela.gate.standing import Standing
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.retention import scheduling
from tutela.retention.rules import Ending
from tutela.retention.scheduling import RecordEnd
from tutela.vault import actions as vault


class Because(StrEnum):
    """How the end of a record was found among the rules at work on it."""

    ONLY = "only"
    SEVERAL = "several"
    PRECEDENCE = "precedence"
    CONSENT = "consent"
    WAITS = "waits"
    UNLIMITED = "unlimited"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Keeper:
    """What keeps fields of the record past its end as it is known now: a hold or an agreement."""

    kind: str
    name: str
    clause: str
    until: datetime | None
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reasoning:
    """One record with its end, the rules behind it and what may keep it longer."""

    record: UUID
    point: str
    received_at: datetime
    end: RecordEnd
    rules: Sequence[Ending]
    because: Because
    keepers: Sequence[Keeper]


def explained(operator_id: UUID, subject: UUID) -> list[Reasoning]:
    """Every record of a person, oldest first."""
    policy, now = policies.in_force(operator_id), clock.now()
    standing = gate.standing(operator_id, subject)
    found = scheduling.at_work(operator_id, subject)
    held = vault.holdings(operator_id, subject)
    lines = []
    for row in vault.records(operator_id, subject):
        at_work = found.get(row.id, ())
        end = scheduling.end_of(row.id, row.purposes, at_work)
        lines.append(
            Reasoning(
                record=row.id,
                point=row.point,
                received_at=row.received_at,
                end=end,
                rules=at_work,
                because=_because(policy, end, at_work),
                keepers=_keepers(standing, row.purposes, held.get(row.id, frozenset()), now),
            )
        )
    return lines


def _because(policy: Policy, end: RecordEnd, at_work: Sequence[Ending]) -> Because:
    slugs = {each.rule for each in at_work}
    declared = policy.retention.get(end.rule)
    if not at_work:
        return Because.NONE
    if end.ends_at is None:
        return Because.WAITS if end.until else Because.UNLIMITED
    if end.until in scheduling.CONSENT_ENDS:
        return Because.CONSENT
    if declared is not None and declared.over:
        return Because.PRECEDENCE
    return Because.ONLY if len(slugs) == 1 else Because.SEVERAL


def _keepers(
    standing: Standing, purposes: Sequence[str], fields: frozenset[str], now: datetime
) -> list[Keeper]:
    found = [
        Keeper("hold", each.ground, each.clause, each.until, tuple(sorted(each.fields & fields)))
        for each in standing.holds
        if each.live(now) and not each.fields.isdisjoint(fields)
    ]
    for each in standing.contracts:
        served = [slug for slug in each.purposes if slug in purposes]
        if each.live(now) and served:
            found.append(Keeper("contract", served[0], "", each.until, ()))
    return found
