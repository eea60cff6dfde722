"""Decisions of authorised representatives, and acts that two people agree to.

One person proposes, with a ground and how the interests of people were regarded; another agrees
or declines; either can be ended. A permit refers to the decision it rests on (002 Безопасность).
The caller has opened ``operator_scope``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind
from tutela.gate import entries
from tutela.gate.errors import (
    AlreadyDecided,
    NeedsSecondPerson,
    NoSuchDecision,
    SamePerson,
    WrongDecision,
)
from tutela.gate.models import Acknowledgement, ApprovalRow
from tutela.gate.office import EMPTY, Approval, Office
from tutela.gate.rules import DESTROY, Operation
from tutela.gate.wording import ACTS, CHANGE_ROLES, DECISION_GROUNDS, INTERESTS
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.policy.vocabulary import BUILT_IN_PURPOSES, NINE_OPERATIONS

_SHARED = "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))"
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_AGREED, _DECLINED = "agreed", "declined"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed. ``operations`` for ``purposes`` (none: for any) of everybody, or of
    ``subject``; or ``act`` upon ``target``. From ``since`` (None: now) until ``until``."""

    operations: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    subject: UUID | None = None
    act: str = ""
    target: str = ""
    ground: str = ""
    interest: str = ""
    since: datetime | None = None
    until: datetime | None = None


def propose(operator_id: UUID, proposal: Proposal, *, by: Actor) -> UUID:
    """Put a decision before somebody else. Raises ``WrongDecision``."""
    now = clock.now()
    since = proposal.since or now
    _check(policies.in_force(operator_id), proposal, since, now)
    row = ApprovalRow.objects.create(
        operator_id=operator_id,
        id=new_id(),
        act=proposal.act,
        target=proposal.target,
        operations=sorted(proposal.operations),
        purposes=sorted(proposal.purposes),
        subject_id=proposal.subject,
        ground=proposal.ground,
        interest=proposal.interest,
        since=since,
        until=proposal.until,
        proposed_at=now,
        proposed_by=by.id or str(by.kind),
    )
    said = {"ground": proposal.ground, "interest": proposal.interest}
    _journal(entries.DecisionProposed, row, by, **said)
    return row.id


def _check(policy: Policy, proposal: Proposal, since: datetime, now: datetime) -> None:
    known = {*policy.purposes, *BUILT_IN_PURPOSES}
    for wrong, sentence in (
        (not proposal.act and not proposal.operations, _("Choose at least one operation.")),
        (
            not set(proposal.operations) <= set(NINE_OPERATIONS) or proposal.act not in ACTS,
            _("Choose operations from the list."),
        ),
        (not set(proposal.purposes) <= known, _("Choose purposes from the list.")),
        (proposal.ground not in DECISION_GROUNDS, _("Choose the ground of the decision.")),
        (
            proposal.interest not in INTERESTS,
            _("Say how the interests of the people concerned were regarded."),
        ),
        (
            proposal.until is not None and proposal.until <= max(since, now),
            _("The end must be later than the beginning and than now."),
        ),
    ):
        if wrong:
            raise WrongDecision(sentence)


def agree(operator_id: UUID, approval: UUID, *, by: Actor) -> None:
    """Take the decision. Raises ``SamePerson`` for the one who proposed it."""
    _decide(operator_id, approval, _AGREED, entries.DecisionTaken, by)


def decline(operator_id: UUID, approval: UUID, *, by: Actor) -> None:
    _decide(operator_id, approval, _DECLINED, entries.DecisionDeclined, by)


def _decide(
    operator_id: UUID,
    approval: UUID,
    outcome: str,
    kind: Any,
    by: Actor,
) -> None:
    row = get(operator_id, approval)
    if by.kind is not ActorKind.STAFF or row.proposed_by == by.id:
        raise SamePerson(_("You have proposed this yourself. Somebody else has to decide it."))
    if row.act == CHANGE_ROLES and row.target.split("/")[1:2] == [by.id]:
        raise SamePerson(_("This is about yourself. Ask another member of staff to decide it."))
    changed = ApprovalRow.objects.filter(
        operator_id=operator_id, id=approval, outcome="", ended_at__isnull=True
    ).update(outcome=outcome, decided_at=clock.now(), decided_by=by.id)
    if not changed:
        raise AlreadyDecided(_("This was decided meanwhile. Look at it again."))
    _journal(kind, row, by)


def end(operator_id: UUID, approval: UUID, *, by: Actor) -> None:
    """Revoke a decision, or take a proposal back. It waits for operations that were permitted and
    are not finished; what is asked after it is refused."""
    row = get(operator_id, approval)
    _lock(operator_id, _ALONE)
    if not _end(operator_id, approval, by):
        raise AlreadyDecided(_("This was ended meanwhile. Look at it again."))
    _journal(entries.DecisionEnded, row, by)


def _end(operator_id: UUID, approval: UUID, by: Actor) -> int:
    rows = ApprovalRow.objects.filter(operator_id=operator_id, id=approval, ended_at__isnull=True)
    return rows.update(ended_at=clock.now(), ended_by=by.id or str(by.kind))


def get(operator_id: UUID, approval: UUID) -> ApprovalRow:
    row = ApprovalRow.objects.filter(operator_id=operator_id, id=approval).first()
    if row is None:
        raise NoSuchDecision(_("There is no such decision. All of them are in the list."))
    return row


def listing(operator_id: UUID, limit: int = 100) -> list[ApprovalRow]:
    """The newest proposals and decisions, newest first."""
    rows = ApprovalRow.objects.filter(operator_id=operator_id)
    return list(rows.order_by("-proposed_at", "-id")[:limit])


def state_of(row: ApprovalRow, now: datetime) -> str:
    """waiting, in-force, not-yet, declined, or archived (it has ended)."""
    if row.outcome == _DECLINED:
        return _DECLINED
    if row.ended_at is not None or (row.until is not None and row.until <= now):
        return "archived"
    if not row.outcome:
        return "waiting"
    return "not-yet" if row.since > now else "in-force"


def office(policy: Policy, operations: Collection[Operation], at: datetime | None = None) -> Office:
    """What the rules need to know of the office for these operations, now or ``at`` a past moment.

    Nothing is asked of the database where the policy asks nothing of its people. Otherwise a
    decision that is ended waits until this transaction is over.
    """
    if not operations:
        return EMPTY
    operator_id = next(iter(operations)).operator
    approvals: tuple[Approval, ...] = ()
    if policy.decisions or policy.four_eyes:
        if at is None:
            _lock(operator_id, _SHARED)
        approvals = tuple(_in_force(operator_id, {each.subject for each in operations}, at))
    acknowledged: frozenset[str] = frozenset()
    if policy.access.acknowledgement:
        ids = {each.actor.id for each in operations if each.actor.kind is ActorKind.STAFF}
        acknowledged = acknowledged_by(operator_id, policy, ids, at)
    return Office(approvals, acknowledged)


def _in_force(
    operator_id: UUID, subjects: Collection[UUID | None], at: datetime | None
) -> Iterable[Approval]:
    moment = at or clock.now()
    rows = ApprovalRow.objects.filter(operator_id=operator_id, outcome=_AGREED)
    rows = rows.filter(decided_at__lte=moment, since__lte=moment)
    for row in rows.order_by("decided_at", "id"):
        over = row.ended_at is not None and (at is None or row.ended_at <= at)
        if not over and (row.subject_id is None or row.subject_id in subjects):
            yield _value(row)


def _value(row: ApprovalRow) -> Approval:
    return Approval(
        id=row.id,
        decided_by=row.decided_by,
        since=row.since,
        operations=frozenset(row.operations),
        purposes=frozenset(row.purposes),
        subject=row.subject_id,
        act=row.act,
        target=row.target,
        until=row.until,
    )


def acknowledged_by(
    operator_id: UUID, policy: Policy, users: Collection[str], at: datetime | None = None
) -> frozenset[str]:
    """Which of these members of staff have acknowledged what the policy wants acknowledged."""
    numbers = [int(each) for each in users if each.isascii() and each.isdigit()]
    rows = Acknowledgement.objects.filter(operator_id=operator_id, user_id__in=numbers)
    if policy.access.acknowledgement == "each-version":
        rows = rows.filter(policy_number=policy.number)
    if at is not None:
        rows = rows.filter(at__lte=at)
    return frozenset(str(each) for each in rows.values_list("user_id", flat=True))


def require(
    operator_id: UUID,
    policy: Policy,
    act: str,
    target: str,
    *,
    by: Actor = SYSTEM,
    otherwise: Callable[[], None] | None = None,
) -> UUID | None:
    """Use up the agreement of a second person to ``act`` upon ``target``; its id.

    None where the policy does not ask for one. Raises ``NeedsSecondPerson`` where nobody else has
    agreed, and ``otherwise`` is what that error does ``afterwards``. Used once, in the transaction
    that does the act.
    """
    if act not in policy.four_eyes:
        return None
    _lock(operator_id, _ALONE)
    now = clock.now()
    for each in _in_force(operator_id, {None}, None):
        if (each.act, each.target) == (act, target) and each.live(now) and each.decided_by != by.id:
            _end(operator_id, each.id, by)
            return each.id
    raise NeedsSecondPerson(
        _("The policy wants a second person to agree to this: %(act)s. Propose it at the desk.")
        % {"act": ACTS[act]},
        otherwise,
    )


def use_up(policy: Policy, operation: Operation) -> bool:
    """End the agreement that a destruction by hand rests on: it serves once (four eyes).

    False where another destruction has used it meanwhile; true where none is asked for.
    """
    by_hand = operation.action == Action.DESTRUCTION and operation.actor.kind is ActorKind.STAFF
    if not by_hand or DESTROY not in policy.four_eyes:
        return True
    now, actor = clock.now(), operation.actor
    return any(
        _end(operation.operator, each.id, actor)
        for each in _in_force(operation.operator, {operation.subject}, None)
        if (each.act, each.subject) == (DESTROY, operation.subject)
        and each.live(now)
        and each.decided_by != actor.id
    )


def _lock(operator_id: UUID, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [f"gate.office:{operator_id}"])


def _journal(kind: Any, row: ApprovalRow, by: Actor, **more: str) -> None:
    said = kind(
        subject=row.subject_id,
        actor=by,
        clause=policies.in_force(row.operator_id).clause_of("decision.approval"),
        automated=by.kind is not ActorKind.STAFF,
        approval=row.id,
        operations=tuple(row.operations) or (row.act,),
        **more,
    )
    journal.append(row.operator_id, said)
