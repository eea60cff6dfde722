"""Writing down when each record ends, and moving that date when a fact moves it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tutela.core.ids import new_id
from tutela.db import swift
from tutela.gate import actions as gate
from tutela.journal import actions as journal
from tutela.obligations.actions import LISTENERS, Fact
from tutela.obligations.rules import LEAD
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.policy.terms import Computation
from tutela.retention import precedence, rules
from tutela.retention.entries import Scheduled
from tutela.retention.models import Schedule
from tutela.retention.rules import Ending
from tutela.vault import actions as vault

MAILING = "mailing.consented"
"""The fact that a form states beside its own when a purpose of marketing was agreed to."""


@dataclass(frozen=True, slots=True)
class RecordEnd:
    """When a record ends, by which rule and clause. ``ends_at`` is None while no rule gives a
    date for every purpose of the record; ``until`` names the event that is waited for."""

    record: UUID
    ends_at: datetime | None
    rule: str
    clause: str
    event_at: datetime | None
    until: str
    computation: Computation | None

    def counted(self, language: str) -> str:
        """How the date was counted, in words; empty where nothing was counted."""
        return self.computation.explain(language) if self.computation else ""


def schedule(operator_id: UUID, subject: UUID, record: UUID, point: str, at: datetime) -> None:
    """Write by which rules ``record``, taken at ``point`` at the moment ``at``, will end
    (retention.schedule; 004 8.1). Repeating it changes nothing."""
    policy = policies.in_force(operator_id)
    purposes = _purposes(operator_id, subject, record, policy, point)
    events = [policy.points[point].event]
    if any(policy.purposes[each].marketing for each in purposes):
        events.append(MAILING)
    for event in events:
        for ending in rules.endings(policy, point, purposes, event, at):
            _write(operator_id, subject, record, policy, ending)


def _purposes(
    operator_id: UUID, subject: UUID, record: UUID, policy: Policy, point: str
) -> tuple[str, ...]:
    kept = {each.id: each.purposes for each in vault.records(operator_id, subject)}
    declared = policy.points[point].purposes
    return tuple(each for each in kept.get(record, declared) if each in policy.purposes)


def _write(operator_id: UUID, subject: UUID, record: UUID, policy: Policy, ending: Ending) -> None:
    """One row, or one for each purpose where the rule waits for an event of that purpose; only
    for purposes that no rule above it ends, and those below it give way."""
    if any(each.over for each in policy.retention.values()):
        ending = precedence.settle(operator_id, subject, record, policy, ending)
    for scope, purposes in _scopes(ending):
        place = {
            "operator_id": operator_id,
            "subject_id": subject,
            "record": record,
            "rule": ending.rule,
            "scope": scope,
        }
        values = _values(policy, ending, purposes)
        if not swift.add(Schedule(id=new_id(), **place, **values), unless_there=True):
            again = Schedule.objects.filter(**place, event_at__lt=ending.event_at)
            if not again.update(**values, done_at=None):
                continue
        journal.append(
            operator_id,
            Scheduled(
                subject=subject,
                clause=ending.clause,
                policy_version=policy.number,
                record=record,
                rule=ending.rule,
                ends_at=ending.ends_at,
                until=ending.until,
            ),
        )


def _scopes(ending: Ending) -> Iterator[tuple[str, list[str]]]:
    if ending.ends_at is not None:
        if ending.purposes:
            yield "", list(ending.purposes)
        return
    yield from ((purpose, [purpose]) for purpose in ending.purposes)


def _values(policy: Policy, ending: Ending, purposes: list[str]) -> dict[str, Any]:
    return {
        "clause": ending.clause,
        "event": ending.event,
        "event_at": ending.event_at,
        "purposes": purposes,
        "until": ending.until,
        "ends_at": ending.ends_at,
        "next_at": ending.ends_at and max(ending.event_at, ending.ends_at - LEAD),
        "computation": ending.computation.to_json() if ending.computation else None,
        "policy_version": policy.number,
    }


_END_WAITING = """
UPDATE retention_schedule SET ends_at = %s, next_at = %s
WHERE operator_id = %s AND subject_id = %s AND until = %s AND ends_at IS NULL AND done_at IS NULL
AND (cardinality(%s::text[]) = 0 OR scope = ANY(%s::text[]))
"""
"""A fact without purposes is about all of them."""


def on_fact(fact: Fact) -> None:
    """A fact was stated: rules that waited for it end now, and rules that it starts begin."""
    if fact.subject_id is None:
        return
    waiting = (fact.operator_id, fact.subject_id, fact.event, list(fact.purposes))
    swift.run(_END_WAITING, (fact.at, fact.at, *waiting, list(fact.purposes)))
    policy = policies.in_force(fact.operator_id)
    taken = {each.event for each in policy.points.values()} | {MAILING}
    if fact.event in taken or all(each.event != fact.event for each in policy.retention.values()):
        return
    for record in vault.records(fact.operator_id, fact.subject_id):
        purposes = _about(record.purposes, fact.purposes)
        for ending in rules.endings(policy, record.point, purposes, fact.event, fact.at):
            _write(fact.operator_id, fact.subject_id, record.id, policy, ending)


def schedule_writing(operator_id: UUID, subject: UUID, record: UUID, at: datetime) -> None:
    """Write when what staff wrote about a person ends: by the rules for the person's own letters,
    since it is the other half of them. Where the policy has none, it goes with the first of the
    person's data that goes, as no purpose keeps it (004 8.1; 152-FZ article 5(7))."""
    policy = policies.in_force(operator_id)
    letters = [each for each in policy.points.values() if each.kind == "letter"]
    found = [
        ending
        for point in letters[:1]
        for ending in rules.endings(policy, point.slug, point.purposes, point.event, at)
    ]
    for ending in found:
        _write(operator_id, subject, record, policy, ending)
    if not found:
        waits_for_its_own_end(operator_id, subject, record, at)


def waits_for_its_own_end(operator_id: UUID, subject: UUID, record: UUID, at: datetime) -> None:
    """Enter a record that no rule of the policy ends but the room that keeps it, so that nothing
    lies in the vault without an end."""
    Schedule.objects.create(
        operator_id=operator_id,
        subject_id=subject,
        id=new_id(),
        record=record,
        rule=rules.AFTER_EXCEPTION,
        scope="",
        event="purpose.reached",
        event_at=at,
        purposes=[],
        policy_version=policies.in_force(operator_id).number,
    )


def has_ended(operator_id: UUID, subject: UUID, at: datetime) -> None:
    """The room that kept it has ended it."""
    rows = Schedule.objects.filter(operator_id=operator_id, subject_id=subject, done_at=None)
    rows.update(done_at=at, ends_at=at, next_at=None)


def scheduled_records(operator_id: UUID) -> QuerySet[Schedule, UUID]:
    """The records that a rule ends or has ended, as a query that others may look into."""
    return Schedule.objects.filter(operator_id=operator_id).values_list("record", flat=True)


def _about(purposes: Collection[str], named: Collection[str]) -> tuple[str, ...]:
    return tuple(each for each in purposes if not named or each in named)


LISTENERS.register("retention", on_fact)


CONSENT_ENDS = frozenset({"consent.expired", "subscription.ended"})
"""Events that a consent states when its own end comes: of a rule that waits for one of them the
date is known while the consent has one, also where the person chose it (004 8.2(b), 8.5(a))."""


def ends(
    operator_id: UUID, subject: UUID, records: Iterable[vault.RecordRow] | None = None
) -> list[RecordEnd]:
    """When each record of a person ends, as it is known now; of ``records`` if they are at hand."""
    found = at_work(operator_id, subject)
    held = vault.records(operator_id, subject) if records is None else records
    return [end_of(each.id, each.purposes, found.get(each.id, ())) for each in held]


def at_work(operator_id: UUID, subject: UUID) -> Mapping[UUID, Sequence[Ending]]:
    """The rules at work on each record of a person, the earliest event first."""
    found: dict[UUID, list[Ending]] = {}
    where = "operator_id = %s AND subject_id = %s AND done_at IS NULL ORDER BY event_at, id"
    undone = swift.found(Schedule, where, (operator_id, subject))
    consents = gate.standing(operator_id, subject).consents
    for row in undone:
        ending = _as_ending(row)
        given = consents.get(row.scope) if row.until in CONSENT_ENDS else None
        if given is not None and ending.ends_at is None:
            ending = replace(ending, ends_at=given.expires_at)
        found.setdefault(row.record, []).append(ending)
    return found


def end_of(record: UUID, purposes: Collection[str], rows: Sequence[Ending]) -> RecordEnd:
    """The end of a record by the rules at work on it."""
    found = rules.record_end(rows, purposes)
    if found is not None:
        return RecordEnd(
            record,
            found.ends_at,
            found.rule,
            found.clause,
            found.event_at,
            found.until,
            found.computation,
        )
    first = next((each for each in rows if each.until), None)
    if first is None:
        return RecordEnd(record, None, "", "", None, "", None)
    return RecordEnd(record, None, first.rule, first.clause, first.event_at, first.until, None)


def _as_ending(row: Schedule) -> Ending:
    computation = Computation.from_json(row.computation) if row.computation else None
    return Ending(
        rule=row.rule,
        clause=row.clause,
        event=row.event,
        event_at=row.event_at,
        purposes=tuple(row.purposes),
        ends_at=row.ends_at,
        computation=computation,
        until=row.until,
    )
