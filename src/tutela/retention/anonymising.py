"""Turning what a rule has ended into data about nobody, where the policy says so (004 2.17.7).

People are turned together, because nobody is alike with others alone: what falls due at one look
is one run, in one transaction, so that a kill leaves all of it or nothing. Whoever is turned away,
and everybody if the test fails, is destroyed by the sweep that follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tutela.anonymisation import actions as anonymisation
from tutela.anonymisation.actions import Person
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action, LawPurpose
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.policy import actions as policies
from tutela.policy.errors import NoPolicyInForce
from tutela.policy.model import AnonymousSet, Policy
from tutela.retention import sweeping
from tutela.retention.destroying import Case, Order, carry_out, look
from tutela.retention.models import Schedule
from tutela.retention.rules import Plan
from tutela.vault import actions as vault


@dataclass(frozen=True, slots=True)
class Ready:
    """Somebody whose data may be turned: the rows of the schedule, and the person to the room
    that turns."""

    rows: list[Schedule]
    order: Order
    case: Case
    person: Person


def sweep(operator_id: UUID, now: datetime) -> int:
    """Anonymise what its rule has ended and nothing keeps; of how many people.

    Call it outside of any transaction. An error turns nobody: the rows are tried again once, by
    being destroyed.
    """
    with operator_scope(operator_id):
        try:
            sets = dict(policies.in_force(operator_id).anonymised)
        except NoPolicyInForce:
            return 0
    return sum(_turn(operator_id, each, now) for each in sets.values())


def _turn(operator_id: UUID, into: AnonymousSet, now: datetime) -> int:
    try:
        with operator_scope(operator_id):
            policy = policies.in_force(operator_id)
            found = (_ready(operator_id, each, into, now) for each in _due(operator_id, into, now))
            ready = [each for each in found if each is not None]
            return _turned(operator_id, policy, into, ready, now) if ready else 0
    except Exception as error:  # noqa: BLE001 - every failure becomes a counted, journalled attempt
        failure = error
    with operator_scope(operator_id):
        for subject in _due(operator_id, into, now):
            sweeping.fail(operator_id, subject, failure, now)
    return 0


def _due(operator_id: UUID, into: AnonymousSet, now: datetime) -> list[UUID]:
    """The people whose data one of the set's rules has ended, in an order that two workers share.
    Rows that were tried before are left to be destroyed."""
    rows = Schedule.objects.filter(
        operator_id=operator_id,
        done_at__isnull=True,
        next_at__lte=now,
        rule__in=into.rules,
        attempts=0,
    )
    first = rows.order_by("ends_at", "id").values_list("subject_id", flat=True)
    return sorted(set(first[: sweeping.BATCH]))


def _ready(operator_id: UUID, subject: UUID, into: AnonymousSet, now: datetime) -> Ready | None:
    """None for somebody of whom nothing is to be turned, or not now."""
    rows = sweeping.take(operator_id, subject, now)
    order = sweeping.order_of(rows) if rows else None
    if order is None or sweeping.hindrance(operator_id, subject, rows) is not None:
        return None
    case = look(operator_id, subject, order, now)
    records, doomed = turning(into, rows, case.plan)
    permit = _permit(case, doomed) if into.used & doomed else None
    if not isinstance(permit, Permit):
        return None
    values = {
        each.field: each.value
        for each in vault.read_to_depersonalise(permit)
        if each.record in records and each.field in case.plan.destroy.get(each.record, ())
    }
    return Ready(rows, order, case, Person(permit, values))


def turning(
    into: AnonymousSet, rows: Iterable[Schedule], plan: Plan
) -> tuple[set[UUID], frozenset[str]]:
    """The records that the set's rules alone have ended, and the fields of them that go; none of
    them leaves anything behind unless the set uses it."""
    listed = list(rows)
    records = {row.record for row in listed if row.rule in into.rules}
    records -= {row.record for row in listed if row.rule not in into.rules}
    return records, frozenset[str]().union(*(plan.destroy.get(each, ()) for each in records))


def will_become(policy: Policy, rows: Iterable[Schedule], plan: Plan) -> str:
    """The set into which a purge would turn what these rows end, and "" where it is destroyed.
    Whether enough people are alike shows only when they are turned; those apart are destroyed."""
    fresh = [row for row in rows if not row.attempts]
    for each in policy.anonymised.values():
        if each.used & turning(each, fresh, plan)[1]:
            return each.slug
    return ""


def _permit(case: Case, fields: frozenset[str]) -> Permit | gate.Refusal:
    return gate.decide(
        Operation(
            operator=case.operator,
            subject=case.subject,
            action=Action.DEPERSONALIZATION,
            purpose=LawPurpose.RETENTION,
            fields=fields,
            actor=SYSTEM,
        )
    )


def _turned(
    operator_id: UUID, policy: Policy, into: AnonymousSet, ready: list[Ready], now: datetime
) -> int:
    people = [each.person for each in ready]
    outcome = anonymisation.anonymise(operator_id, policy, into, people, now)
    for place in outcome.stays:
        _end(ready[place], outcome.said, now)
    return len(outcome.stays)


def _end(each: Ready, said: Mapping[str, Any], now: datetime) -> None:
    """What was turned is destroyed, and the act says what stays of it."""
    made = carry_out(each.case, replace(each.order, anonymised=said), now)
    for row in each.rows:
        sweeping.settle(each.case, row, made, now)
