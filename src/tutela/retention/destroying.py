"""The one path by which data ends: what is still needed stays and is named, the rest goes.

Vault, standing, sessions, other rooms' rows, schedule, journal and act change in the caller's
transaction, together or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.core.registry import Registry
from tutela.core.vocabulary import SYSTEM, Action, LawPurpose
from tutela.db import swift
from tutela.gate import actions as gate
from tutela.gate import bulk
from tutela.gate.rules import Operation
from tutela.gate.standing import Standing
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.retention import acts, elsewhere, rules
from tutela.retention.acts import ActRow, Because, Kind, Statement
from tutela.retention.elsewhere import Leaving, Told
from tutela.retention.entries import DataDestroyed, DataKept
from tutela.retention.errors import DestructionRefused, StillThere
from tutela.retention.models import Schedule
from tutela.retention.rules import AFTER_EXCEPTION, EXCEPTIONS, Ground, Held, Plan
from tutela.vault import actions as vault
from tutela.vault.values import Destroyed

Eraser = Callable[[UUID, Collection[UUID], Collection[UUID] | None], None]
"""Erases, for an operator, a room's own rows about these people that hang on these records, or, if
records is None, all of them, in the transaction of the destruction."""

ERASERS: Registry[Eraser] = Registry("eraser of rows about a person")

IMPOSSIBLE = "impossible-destruction"
"""The ground of the block under which data waits for a destruction that is impossible now."""

ENDED = "ended-data"
"""The ground of the block of data whose time is over and that cannot be destroyed now."""


_LEVELS = ("asked-again", "history-gone", "keys-gone")

_CLOSE = """
UPDATE retention_schedule s SET done_at = %s, act_id = given.act_id, next_at = NULL
FROM unnest(%s::uuid[], %s::uuid[]) AS given (subject_id, act_id)
WHERE s.operator_id = %s AND s.subject_id = given.subject_id AND s.record = ANY(%s)
  AND s.done_at IS NULL
"""

REACHED = "purpose-reached"
"""In place of a rule of the policy: the data has served its purpose."""


@dataclass(frozen=True, slots=True)
class Order:
    """Why and with which exceptions something is to be destroyed."""

    because: tuple[Because, ...]
    unless: Collection[str] = EXCEPTIONS
    consents_keep: bool = True
    ended: Mapping[UUID, Collection[str]] = field(default_factory=dict)
    all_ended: bool = False
    obligation: UUID | None = None
    cause: UUID | None = None
    first_act: UUID | None = None
    anonymised: Mapping[str, Any] | None = None
    """What of it stays without the person (``anonymisation``), for the act to say."""
    told: tuple[Told, ...] = ()
    """The processors that were told to destroy the same, for the act to say."""

    @property
    def clause(self) -> str:
        return self.because[0].clause


@dataclass(frozen=True, slots=True)
class Case:
    """One person under lock: what is held, and what of it goes or stays by an order."""

    operator: UUID
    subject: UUID
    policy: Policy
    standing: Standing
    held: tuple[Held, ...]
    plan: Plan


def look(operator_id: UUID, subject: UUID, order: Order, now: datetime) -> Case:
    """Lock the person's standing and see what the order means now."""
    standing = gate.change_standing(operator_id, subject, lambda each: each)
    return examine(operator_id, subject, standing, order, now)


def examine(
    operator_id: UUID, subject: UUID, standing: Standing, order: Order, now: datetime
) -> Case:
    """What the order means for a person of this standing; changes nothing."""
    return examine_many(operator_id, {subject: (standing, order)}, now)[0]


def examine_many(
    operator_id: UUID, asked: Mapping[UUID, tuple[Standing, Order]], now: datetime
) -> list[Case]:
    """What each person's order means for them, in the order asked; changes nothing."""
    policy, cases = policies.in_force(operator_id), []
    in_vault = vault.held_by(operator_id, asked)
    before = _ended_before(operator_id, asked, now)
    for subject, (standing, order) in asked.items():
        held = tuple(
            Held(each.id, each.point, each.purposes, fields) for each, fields in in_vault[subject]
        )
        ended: Mapping[UUID, Collection[str]] = (
            {each.record: each.purposes for each in held}
            if order.all_ended
            else _joined(order.ended, before.get(subject, ()))
        )
        plan = rules.plan(
            policy,
            standing,
            held,
            now,
            unless=order.unless,
            consents_keep=order.consents_keep,
            ended=ended,
        )
        cases.append(Case(operator_id, subject, policy, standing, held, plan))
    return cases


def end_fields(
    operator_id: UUID,
    subject: UUID,
    record: UUID,
    fields: Collection[str],
    *,
    clause: str,
    at: datetime,
) -> ActRow | None:
    """Destroy these fields of one record, because their purpose is reached, and nothing else of
    the person (152-FZ article 5(7), GDPR article 5(1)(e)); the act says so."""
    reached = Because("rule", REACHED, clause, "purpose.reached", at, None, None)
    order = Order((reached,), cause=record)
    case = look(operator_id, subject, order, at)
    doomed = {
        each.record: each.fields.intersection(fields) for each in case.held if each.record == record
    }
    kept = {
        each.record: {
            slug: tuple(Ground("consent", purpose) for purpose in each.purposes)
            for slug in each.fields - doomed.get(each.record, frozenset())
        }
        for each in case.held
    }
    stays = {each: grounds for each, grounds in kept.items() if grounds}
    goes = {each: slugs for each, slugs in doomed.items() if slugs}
    return carry_out(replace(case, plan=Plan(goes, stays)), order, at)


def _ended_before(
    operator_id: UUID, people: Collection[UUID], now: datetime
) -> dict[UUID, list[tuple[UUID, Collection[str]]]]:
    """A rule that ended some purposes of a record while others kept it has ended them for good:
    when the others end too, those cannot keep it any longer (000 8: a year by law, five years by
    consent). By person, each record with such purposes."""
    before = Schedule.objects.filter(
        operator_id=operator_id, subject_id__in=people, done_at__isnull=False, ends_at__lte=now
    ).exclude(rule=AFTER_EXCEPTION)
    found: dict[UUID, list[tuple[UUID, Collection[str]]]] = {}
    for subject, record, purposes in before.values_list("subject_id", "record", "purposes"):
        found.setdefault(subject, []).append((record, purposes))
    return found


def _joined(
    ended: Mapping[UUID, Collection[str]], before: Iterable[tuple[UUID, Collection[str]]]
) -> Mapping[UUID, Collection[str]]:
    found = {record: set(purposes) for record, purposes in ended.items()}
    for record, purposes in before:
        found.setdefault(record, set()).update(purposes)
    return found


def carry_out(case: Case, order: Order, now: datetime) -> ActRow | None:
    """Destroy what nothing needs. None when nothing had to be destroyed; if that is because all
    of it is still needed, the journal says by which grounds."""
    plan = case.plan
    if not plan.destroy:
        if plan.kept:
            _journal_kept(case, order)
            _follow(case, order, now)
        return None
    if plan.whole:
        return carry_out_whole([(case, order)], now)[0]
    act_id = new_id()
    order = replace(order, told=elsewhere.tell([_leaving(case, order, act_id, now)])[0])
    counts = _destroy(_permit(case), plan)
    emptied = [each.record for each in case.held if each.record not in plan.kept]
    for erase in ERASERS.values():
        erase(case.operator, [case.subject], emptied)
    close_schedule(case.operator, {case.subject: act_id}, emptied, now)
    _follow(case, order, now)
    gate.change_standing(case.operator, case.subject, unblocked)
    verified = _verified(case)
    return _make_acts([Work(case, order, act_id, counts, verified)], now)[0]


@dataclass(frozen=True, slots=True)
class Work:
    """A destruction that was done, before its act is made."""

    case: Case
    order: Order
    act: UUID
    counts: Destroyed
    verified: tuple[str, ...]


def carry_out_whole(doomed: Sequence[tuple[Case, Order]], now: datetime) -> list[ActRow]:
    """Destroy people of whom nothing stays, with an act for each, in their order.

    Every person is decided about, journalled, destroyed and stated apart; but by as many
    statements, and as many waits for the disk, as one alone would take.
    """
    operator = doomed[0][0].operator
    people = {case.subject: new_id() for case, _order in doomed}
    leaving = [_leaving(case, order, people[case.subject], now) for case, order in doomed]
    told = [
        replace(order, told=each)
        for (_case, order), each in zip(doomed, elsewhere.tell(leaving), strict=True)
    ]
    permits = _permits([case for case, _order in doomed])
    counts = vault.destroy_people(permits)
    for erase in ERASERS.values():
        erase(operator, list(people), None)
    records = [each.record for case, _order in doomed for each in case.held]
    close_schedule(operator, people, records, now)
    gate.change_standings(operator, people, _gone)
    identity.mark_all_destroyed(operator, people)
    verified = _verified_whole(operator, [case for case, _order in doomed])
    done = [
        Work(case, order, people[case.subject], count, verified)
        for (case, _order), order, count in zip(doomed, told, counts, strict=True)
    ]
    return _make_acts(done, now)


def _leaving(case: Case, order: Order, act_id: UUID, now: datetime) -> Leaving:
    return Leaving(
        operator=case.operator,
        subject=case.subject,
        policy=case.policy,
        held=case.held,
        goes=case.plan.destroy,
        kept=case.plan.kept,
        clause=order.clause,
        act=act_id,
        at=now,
    )


def _permit(case: Case) -> Permit:
    return _permits([case])[0]


def _permits(cases: Sequence[Case]) -> list[Permit]:
    answers = bulk.decide_many(
        [
            Operation(
                operator=case.operator,
                subject=case.subject,
                action=Action.DESTRUCTION,
                purpose=LawPurpose.RETENTION,
                fields=case.plan.fields,
                actor=SYSTEM,
            )
            for case in cases
        ]
    )
    for each in answers:
        if isinstance(each, gate.Refusal):
            raise DestructionRefused(each)
    return [each for each in answers if isinstance(each, Permit)]


def _destroy(permit: Permit, plan: Plan) -> Destroyed:
    parts = [
        vault.destroy(permit, record=record, fields=fields)
        for record, fields in sorted(plan.destroy.items())
    ]
    return Destroyed(
        records=tuple(sorted({record for each in parts for record in each.records})),
        fields=tuple(sorted({slug for each in parts for slug in each.fields})),
        values=sum(each.values for each in parts),
        keys=sum(each.keys for each in parts),
        index_rows=sum(each.index_rows for each in parts),
    )


def close_schedule(
    operator: UUID, acts_of: Mapping[UUID, UUID], records: Collection[UUID], now: datetime
) -> None:
    """Of these people, each with the act that was made, what waits for the end of the records
    has nothing to wait for any more."""
    swift.run(_CLOSE, (now, list(acts_of), list(acts_of.values()), operator, sorted(set(records))))


def _follow(case: Case, order: Order, now: datetime) -> None:
    """What an exception keeps is looked at again when the exception ends, by this same order:
    a row of the schedule says so, and releasing a hold or ending a contract wakes it."""
    for each in case.held:
        if not case.plan.excepted(each.record):
            continue
        over = [] if order.consents_keep and not order.all_ended else list(each.purposes)
        over += [slug for slug in order.ended.get(each.record, ()) if slug not in over]
        first = order.because[0]
        values = {
            "clause": first.clause,
            "event": first.event,
            "event_at": first.event_at,
            "purposes": over,
            "until": "",
            "ends_at": now,
            "next_at": case.plan.review_at(each.record),
            "computation": None,
            "policy_version": case.policy.number,
            "done_at": None,
        }
        key = {
            "operator_id": case.operator,
            "subject_id": case.subject,
            "record": each.record,
            "rule": AFTER_EXCEPTION,
            "scope": "",
        }
        if not Schedule.objects.filter(**key).update(**values):
            Schedule.objects.create(id=new_id(), **key, **values)


def _gone(_: Standing) -> Standing:
    return Standing(destroyed=True)


def unblocked(standing: Standing) -> Standing:
    """The standing without the blocks that only waited for a destruction."""
    kept = tuple(each for each in standing.blocks if each.ground not in {IMPOSSIBLE, ENDED})
    return replace(standing, blocks=kept)


def _journal_kept(case: Case, order: Order) -> None:
    grounds = {f"{each.kind}.{each.name}" for each in case.plan.grounds()}
    journal.append(
        case.operator,
        DataKept(
            subject=case.subject,
            clause=order.clause,
            policy_version=case.policy.number,
            grounds=tuple(sorted(grounds)),
            obligation=order.obligation,
        ),
    )


def _make_acts(done: Sequence[Work], now: datetime) -> list[ActRow]:
    operator, policy = done[0].case.operator, done[0].case.policy
    entries = journal.append_many(operator, [_entry(each) for each in done])
    return acts.make_many(
        operator,
        policy,
        [_statement(each, entry, now) for each, entry in zip(done, entries, strict=True)],
    )


def _entry(work: Work) -> DataDestroyed:
    case, counts = work.case, work.counts
    return DataDestroyed(
        subject=case.subject,
        action=Action.DESTRUCTION,
        purpose=LawPurpose.RETENTION,
        clause=work.order.clause,
        policy_version=case.policy.number,
        act=work.act,
        whole=case.plan.whole,
        values=counts.values,
        records=len(counts.records),
        keys=counts.keys,
        index_rows=counts.index_rows,
    )


def _statement(work: Work, entry: UUID, now: datetime) -> Statement:
    case, order = work.case, work.order
    return Statement(
        id=work.act,
        kind=_kind(case, order),
        subject=case.subject,
        because=order.because,
        what=case.plan.destroy,
        held=case.held,
        kept=case.plan.kept,
        counts=work.counts,
        done_at=now,
        entry=entry,
        obligation=order.obligation,
        cause=order.cause,
        first_act=order.first_act,
        anonymised=order.anonymised,
        verified=work.verified,
        processors=order.told,
    )


def _kind(case: Case, order: Order) -> Kind:
    if order.anonymised is not None:
        return Kind.ANONYMISATION
    return Kind.DESTRUCTION if case.plan.whole else Kind.PARTIAL


def _verified(case: Case) -> tuple[str, ...]:
    """The levels at which this destruction is proven, found by looking and not taken from what
    the destruction said of itself. Raises ``StillThere`` rather than sign what is not so."""
    held = vault.holdings(case.operator, case.subject)
    if any(held.get(record, frozenset()) & fields for record, fields in case.plan.destroy.items()):
        raise StillThere("A destroyed value was found in the vault; nothing was committed.")
    if vault.left_in(case.operator, case.subject, case.plan.destroy):
        raise StillThere(
            "An earlier version of a destroyed value was found; nothing was committed."
        )
    return _LEVELS


def _verified_whole(operator: UUID, cases: Sequence[Case]) -> tuple[str, ...]:
    """The same for people of whom nothing may be left at all."""
    people = [case.subject for case in cases]
    if any(fields for found in vault.held_by(operator, people).values() for _, fields in found):
        raise StillThere("A destroyed value was found in the vault; nothing was committed.")
    if vault.left_of(operator, people):
        raise StillThere("Something of a destroyed person was found; nothing was committed.")
    return _LEVELS
