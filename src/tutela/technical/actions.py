"""Keeping what devices send. The caller has opened ``operator_scope``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import Action, Actor
from tutela.identity import actions as identity
from tutela.inventory import actions as inventory
from tutela.inventory.screening import TECHNICAL
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.policy.model import CollectionPoint, Policy
from tutela.requests.actions import today_of
from tutela.requests.errors import Incomplete
from tutela.requests.intake import seal
from tutela.requests.rules import Problem, Wrong, read_field
from tutela.retention import actions as retention
from tutela.technical import rules
from tutela.technical.entries import ItemsDropped, ItemsKept
from tutela.technical.errors import NothingTaken


@dataclass(frozen=True, slots=True)
class Kept:
    """``records`` by collection point; ``dropped`` is how many items were not declared."""

    subject: UUID
    records: Mapping[str, UUID]
    dropped: int


def keep(
    operator_id: UUID,
    subject: UUID | None,
    items: Mapping[str, str],
    *,
    language: str,
    actor: Actor,
) -> Kept:
    """Seal what a device sent, by field, each item under the point and so the term that the policy
    declares for it (000 2/p2; 002 “Сбор” B4; 004 3.6). Without a ``subject`` a visitor is made
    known by a new identifier. Raises ``NothingTaken``, ``Incomplete`` and ``Refused``, and then
    nothing is kept.
    """
    policy = policies.in_force(operator_id)
    if not rules.declared(policy):
        raise NothingTaken(_("The policy declares nothing that devices send, so nothing is taken."))
    taken, strange = rules.sorted_out(policy, items)
    clean = _read(policy, {slug: items[slug] for fields in taken.values() for slug in fields})
    if strange and not rules.drops(policy):
        told = _("The policy in force declares no such item of a visit; do not collect it.")
        raise Incomplete(tuple(Problem(each, told) for each in strange))
    with transaction.atomic():
        whose = subject
        if whose is None:
            category = rules.points(policy)[0].subject_category
            whose = identity.new_subject(operator_id, language, category)
        records = {
            point: _keep(
                operator_id,
                whose,
                policy,
                policy.points[point],
                {slug: clean[slug] for slug in fields},
                actor=actor,
            )
            for point, fields in taken.items()
        }
        if strange:
            _drop(operator_id, policy, len(strange), actor)
    return Kept(whose, records, len(strange))


def _read(policy: Policy, items: Mapping[str, str]) -> dict[str, str]:
    clean: dict[str, str] = {}
    problems: list[Problem] = []
    for slug, text in items.items():
        try:
            clean[slug] = read_field(policy, slug, text, today_of(policy))
        except Wrong as wrong:
            problems.append(Problem(slug, str(wrong)))
            continue
        if not clean[slug]:
            problems.append(Problem(slug, _("Send what the device sent, or leave the item out.")))
    if problems:
        raise Incomplete(tuple(problems))
    return clean


def _keep(
    operator_id: UUID,
    subject: UUID,
    policy: Policy,
    point: CollectionPoint,
    items: Mapping[str, str],
    *,
    actor: Actor,
) -> UUID:
    record, now = new_id(), clock.now()
    place = (operator_id, subject, record)
    seal(policy, point, place, items, purposes=point.purposes, actor=actor)
    retention.schedule(operator_id, subject, record, point.slug, now)
    obligations.open_for(operator_id, subject, point.event, at=now, cause=record)
    kept = ItemsKept(
        subject=subject,
        actor=actor,
        action=Action.COLLECTION,
        purpose=point.purposes[0],
        clause=next(iter(point.clauses), ""),
        policy_version=policy.number,
        record=record,
        point=point.slug,
        fields=tuple(sorted(items)),
    )
    journal.append(operator_id, kept)
    return record


def _drop(operator_id: UUID, policy: Policy, items: int, actor: Actor) -> None:
    inventory.undeclared(operator_id, rules.points(policy)[0].slug, items)
    dropped = ItemsDropped(
        actor=actor,
        clause=policy.clause_of(TECHNICAL),
        policy_version=policy.number,
        items=items,
    )
    journal.append(operator_id, dropped)
