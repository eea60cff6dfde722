"""The one path by which data ends: what is still needed stays and is named, the rest goes.

Vault, standing, sessions, other rooms' rows, schedule, journal and act change in the caller's
transaction, together or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.core.registry import Registry
from tutela.core.vocabulary import SYSTEM, Action, LawPurpose
from tutela.gate import actions as gate
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

Eraser = Callable[[UUID, UUID, Collection[UUID] | None], None]
"""Erases a room's own rows about (operator, subject) that hang on these records, or, if records
is None, all of them, in the transaction of the destruction."""

ERASERS: Registry[Eraser] = Registry("eraser of rows about a person")

IMPOSSIBLE = "impossible-destruction"
"""The ground of the block under which data waits for a destruction that is impossible now."""

ENDED = "ended-data"
"""The ground of the block of data whose time is over and that cannot be destroyed now."""


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
    policy = policies.in_force(operator_id)
    held = _held(operator_id, subject)
    ended: Mapping[UUID, Collection[str]] = (
        {each.record: each.purposes for each in held}
        if order.all_ended
        else _with_what_ended_before(operator_id, subject, order.ended, now)
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
    return Case(operator_id, subject, policy, standing, held, plan)


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


def _with_what_ended_before(
    operator_id: UUID, subject: UUID, ended: Mapping[UUID, Collection[str]], now: datetime
) -> Mapping[UUID, Collection[str]]:
    """A rule that ended some purposes of a record while others kept it has ended them for good:
    when the others end too, those cannot keep it any longer (000 8: a year by law, five years by
    consent)."""
    before = Schedule.objects.filter(
        operator_id=operator_id, subject_id=subject, done_at__isnull=False, ends_at__lte=now
    ).exclude(rule=AFTER_EXCEPTION)
    found = {record: set(purposes) for record, purposes in ended.items()}
    for record, purposes in before.values_list("record", "purposes"):
        found.setdefault(record, set()).update(purposes)
    return found


def _held(operator_id: UUID, subject: UUID) -> tuple[Held, ...]:
    fields = vault.holdings(operator_id, subject)
    return tuple(
        Held(each.id, each.point, each.purposes, fields.get(each.id, frozenset()))
        for each in vault.records(operator_id, subject)
    )


def carry_out(case: Case, order: Order, now: datetime) -> ActRow | None:
    """Destroy what nothing needs. None when nothing had to be destroyed; if that is because all
    of it is still needed, the journal says by which grounds."""
    plan = case.plan
    if not plan.destroy:
        if plan.kept:
            _journal_kept(case, order)
            _follow(case, order, now)
        return None
    act_id = new_id()
    told = elsewhere.tell(_leaving(case, order, act_id, now))
    counts = _destroy(_permit(case), plan)
    emptied = [each.record for each in case.held if each.record not in plan.kept]
    for erase in ERASERS.values():
        erase(case.operator, case.subject, None if plan.whole else emptied)
    _close_schedule(case, emptied, act_id, now)
    _follow(case, order, now)
    _change_standing(case)
    if plan.whole:
        identity.mark_destroyed(case.operator, case.subject)
    return _make_act(case, replace(order, told=told), counts, act_id, now)


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
    operation = Operation(
        operator=case.operator,
        subject=case.subject,
        action=Action.DESTRUCTION,
        purpose=LawPurpose.RETENTION,
        fields=case.plan.fields,
        actor=SYSTEM,
    )
    permit = gate.decide(operation)
    if isinstance(permit, gate.Refusal):
        raise DestructionRefused(permit)
    return permit


def _destroy(permit: Permit, plan: Plan) -> Destroyed:
    if plan.whole:
        return vault.destroy(permit)
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


def _close_schedule(case: Case, records: list[UUID], act_id: UUID, now: datetime) -> None:
    Schedule.objects.filter(
        operator_id=case.operator,
        subject_id=case.subject,
        record__in=records,
        done_at__isnull=True,
    ).update(done_at=now, act_id=act_id, next_at=None)


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


def _change_standing(case: Case) -> None:
    after = _gone if case.plan.whole else unblocked
    gate.change_standing(case.operator, case.subject, after)


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


def _make_act(case: Case, order: Order, counts: Destroyed, act_id: UUID, now: datetime) -> ActRow:
    entry = journal.append(
        case.operator,
        DataDestroyed(
            subject=case.subject,
            action=Action.DESTRUCTION,
            purpose=LawPurpose.RETENTION,
            clause=order.clause,
            policy_version=case.policy.number,
            act=act_id,
            whole=case.plan.whole,
            values=counts.values,
            records=len(counts.records),
            keys=counts.keys,
            index_rows=counts.index_rows,
        ),
    )
    statement = Statement(
        id=act_id,
        kind=_kind(case, order),
        subject=case.subject,
        because=order.because,
        what=case.plan.destroy,
        held=case.held,
        kept=case.plan.kept,
        counts=counts,
        done_at=now,
        entry=entry,
        obligation=order.obligation,
        cause=order.cause,
        first_act=order.first_act,
        anonymised=order.anonymised,
        verified=_verified(case),
        processors=order.told,
    )
    return acts.make(case.operator, case.policy, statement)


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
    return ("asked-again", "history-gone", "keys-gone")
