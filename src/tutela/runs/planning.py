"""What a run would do with one person, without doing it; the same rules as when it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela.core import clock
from tutela.core.vocabulary import SYSTEM, Action
from tutela.gate import actions as gate
from tutela.gate import rules as gate_rules
from tutela.gate.rules import Operation
from tutela.gate.standing import Standing
from tutela.identity import actions as identity
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.retention import destroying
from tutela.retention.acts import Because
from tutela.retention.destroying import Order
from tutela.retention.rules import Ground
from tutela.runs.wording import RunKind
from tutela.vault import actions as vault

LISTED = 100
EVENTS = {RunKind.LIQUIDATION: "operator.liquidated", RunKind.SALE: "business.sold"}


@dataclass(frozen=True, slots=True)
class Fate:
    """One person: fields handed over, values that go and that stay, and the grounds of these."""

    subject_id: UUID
    handed: tuple[str, ...]
    goes: int
    stays: int
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class DryRun:
    people: int
    lines: Sequence[Fate]


def order(
    policy: Policy,
    kind: str,
    clause: str,
    subject: UUID,
    *,
    at: datetime,
    cause: UUID | None = None,
) -> Order:
    """Everything ends but what a duty of law carries; holds stay as everywhere. Consents, contracts
    and interests of an operator that is no more, or has sold, keep nothing."""
    lawful = {
        slug
        for slug, each in policy.purposes.items()
        if any(policy.bases[basis].kind == "law" for basis in each.bases)
    }
    ended = {
        each.id: tuple(set(each.purposes) - lawful)
        for each in vault.records(policies.operator_id(policy.operator.slug), subject)
    }
    because = Because("run", kind, clause, EVENTS[RunKind(kind)], at, None, None)
    return Order((because,), unless=("other-basis",), consents_keep=False, ended=ended, cause=cause)


def operations(policy: Policy, buyer: str, operator_id: UUID, subject: UUID) -> list[Operation]:
    """What the buyer would be handed, by purpose."""
    known = policy.recipients[buyer]
    return [
        Operation(
            operator=operator_id,
            subject=subject,
            action=Action.PROVISION,
            purpose=purpose,
            fields=known.fields & policy.purposes[purpose].fields,
            actor=SYSTEM,
            recipient=buyer,
        )
        for purpose in known.purposes
        if known.fields & policy.purposes[purpose].fields
    ]


def handed(policy: Policy, buyer: str, operator_id: UUID, subject: UUID) -> tuple[str, ...]:
    """The fields that are held and that the gate would let the buyer have."""
    standing, now = gate.standing(operator_id, subject), clock.now()
    allowed: set[str] = set()
    for each in operations(policy, buyer, operator_id, subject):
        found = gate_rules.permitted_fields(policy, standing, each, now)
        allowed |= {slug for slug, decision in found.items() if decision.permitted}
    held = {slug for fields in vault.holdings(operator_id, subject).values() for slug in fields}
    return tuple(sorted(allowed & held))


def dry_run(operator_id: UUID, kind: str, buyer: str = "", *, destroys: bool = True) -> DryRun:
    """The first people of a run as it would be now; changes and journals nothing."""
    policy, now = policies.in_force(operator_id), clock.now()
    people = identity.subjects(operator_id, destroyed=False, limit=LISTED)
    lines = []
    for each in people:
        goes = stays = 0
        grounds: tuple[Ground, ...] = ()
        if destroys or kind == RunKind.LIQUIDATION:
            standing: Standing = gate.standing(operator_id, each.id)
            wanted = order(policy, kind, "", each.id, at=now)
            plan = destroying.examine(operator_id, each.id, standing, wanted, now).plan
            goes = sum(len(fields) for fields in plan.destroy.values())
            stays = sum(len(fields) for fields in plan.kept.values())
            grounds = tuple(sorted(plan.grounds(), key=lambda one: (one.kind, one.name)))
        passes = handed(policy, buyer, operator_id, each.id) if buyer else ()
        lines.append(Fate(each.id, passes, goes, stays, grounds))
    return DryRun(identity.living(operator_id), lines)
