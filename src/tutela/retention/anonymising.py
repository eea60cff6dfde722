"""Turning what a rule has ended into data about nobody, where the policy says so (004 2.17.7).

People are turned together, because nobody is alike with others alone: so many as one transaction
may hold are one run, and a kill leaves all of a run or nothing of it. Who is alike with too few of
one run is tried in the next one, among others. Whoever is left in the end, and everybody of a run
whose test fails, is destroyed by the sweep that follows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
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
from tutela.gate import bulk
from tutela.gate.rules import Operation
from tutela.policy import actions as policies
from tutela.policy.errors import NoPolicyInForce
from tutela.policy.model import AnonymousSet, Policy
from tutela.retention import sweeping
from tutela.retention.destroying import Case, Order, carry_out, carry_out_whole, examine_many
from tutela.retention.models import Schedule
from tutela.retention.obstacles import with_obstacles
from tutela.retention.rules import Plan
from tutela.vault import actions as vault


def _to_nobody(_turned: int, _seconds: float) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Somebody whose data may be turned: the rows of the schedule, and the person to the room
    that turns."""

    rows: list[Schedule]
    order: Order
    case: Case
    person: Person


def sweep(operator_id: UUID, now: datetime, tell: Callable[[int, float], None] = _to_nobody) -> int:
    """Anonymise what its rule has ended and nothing keeps; of how many people. ``tell`` hears of
    each transaction: how many were turned, and how many seconds it took.

    Call it outside of any transaction; it may be killed and called again at any time. An error
    turns nobody of its run: the rows are tried again once, by being destroyed.
    """
    with operator_scope(operator_id):
        try:
            sets = dict(policies.in_force(operator_id).anonymised)
        except NoPolicyInForce:
            return 0
    return sum(_turn_all(operator_id, each, now, tell) for each in sets.values())


def _turn_all(
    operator_id: UUID, into: AnonymousSet, now: datetime, tell: Callable[[int, float], None]
) -> int:
    with operator_scope(operator_id):
        waiting = _due(operator_id, into, now)
    turned, again = 0, list[UUID]()
    while waiting:
        room = sweeping.TOGETHER - len(again)
        some, waiting = sorted([*again, *waiting[:room]]), waiting[room:]
        began = time.perf_counter()
        made = _turn(operator_id, into, some, now)
        tell(made.turned, time.perf_counter() - began)
        turned += made.turned
        again = list(made.apart[-sweeping.TOGETHER // 2 :])
    return turned


@dataclass(frozen=True, slots=True)
class _Made:
    """What became of one run: how many were ``turned``, and who was ``apart``, alike with too few
    others to be turned with them."""

    turned: int = 0
    apart: tuple[UUID, ...] = ()


def _turn(operator_id: UUID, into: AnonymousSet, people: list[UUID], now: datetime) -> _Made:
    try:
        with operator_scope(operator_id):
            policy = policies.in_force(operator_id)
            ready = _ready(operator_id, people, into, now)
            return _turned(operator_id, policy, into, ready, now) if ready else _Made()
    except Exception as error:  # noqa: BLE001 - every failure becomes a counted, journalled attempt
        failure = error
    with operator_scope(operator_id):
        for subject in people:
            sweeping.fail(operator_id, subject, failure, now)
    return _Made()


def _due(operator_id: UUID, into: AnonymousSet, now: datetime) -> list[UUID]:
    """The people whose data one of the set's rules has ended, the earliest end first. Rows that
    were tried before are left to be destroyed."""
    rows = Schedule.objects.filter(
        operator_id=operator_id,
        done_at__isnull=True,
        next_at__lte=now,
        rule__in=into.rules,
        attempts=0,
    )
    return list(dict.fromkeys(rows.order_by("ends_at", "id").values_list("subject_id", flat=True)))


def _ready(operator_id: UUID, people: list[UUID], into: AnonymousSet, now: datetime) -> list[Ready]:
    """Those of whom something is to be turned now, all of them locked."""
    taken = sweeping.take_many(operator_id, people, now)
    standings = gate.change_standings(operator_id, taken)
    hindered = with_obstacles(operator_id, taken)
    orders = {
        subject: sweeping.order_of(rows)
        for subject, rows in taken.items()
        if subject not in hindered and not sweeping.given_up(rows)
    }
    asked = {each: (standings[each], order) for each, order in orders.items()}
    wanted = [
        (case, records, doomed)
        for case in examine_many(operator_id, asked, now)
        for records, doomed in [turning(into, taken[case.subject], case.plan)]
        if into.used & doomed
    ]
    answers = bulk.decide_many([_operation(case, doomed) for case, _records, doomed in wanted])
    return [
        Ready(
            taken[case.subject],
            orders[case.subject],
            case,
            Person(permit, _values(permit, case, records)),
        )
        for (case, records, _fields), permit in zip(wanted, answers, strict=True)
        if isinstance(permit, Permit)
    ]


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


def _values(permit: Permit, case: Case, records: set[UUID]) -> dict[str, str]:
    return {
        each.field: each.value
        for each in vault.read_to_depersonalise(permit)
        if each.record in records and each.field in case.plan.destroy.get(each.record, ())
    }


def _operation(case: Case, fields: frozenset[str]) -> Operation:
    return Operation(
        operator=case.operator,
        subject=case.subject,
        action=Action.DEPERSONALIZATION,
        purpose=LawPurpose.RETENTION,
        fields=fields,
        actor=SYSTEM,
    )


def _turned(
    operator_id: UUID, policy: Policy, into: AnonymousSet, ready: list[Ready], now: datetime
) -> _Made:
    people = [each.person for each in ready]
    outcome = anonymisation.anonymise(operator_id, policy, into, people, now)
    stays = [ready[place] for place in outcome.stays]
    _end(operator_id, stays, outcome.said, now)
    kept = set(outcome.stays)
    apart = [each.case.subject for place, each in enumerate(ready) if place not in kept]
    return _Made(len(stays), () if outcome.failed else tuple(apart))


def _end(operator_id: UUID, stays: list[Ready], said: Mapping[str, Any], now: datetime) -> None:
    """What was turned is destroyed, and the acts say what stays of it."""
    whole = [each for each in stays if each.case.plan.whole]
    if whole:
        made = carry_out_whole(
            [(each.case, replace(each.order, anonymised=said)) for each in whole], now
        )
        rows = {each.case.subject: each.rows for each in whole}
        sweeping.settle_whole(operator_id, rows, made, now)
    for each in (one for one in stays if not one.case.plan.whole):
        act = carry_out(each.case, replace(each.order, anonymised=said), now)
        for row in each.rows:
            sweeping.settle(each.case, row, act, now)
