"""What the journal still knows of a destroyed person goes when it is evidence no longer.

Nobody waits for it, so it has no moment of its own: it happens when the worker looks.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.core.vocabulary import Action
from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate import evidence
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.errors import NoPolicyInForce
from tutela.policy.model import Policy
from tutela.policy.office import evidence_term
from tutela.policy.terms import compute
from tutela.retention import acts
from tutela.retention.acts import ActRow, Because, Kind, Statement
from tutela.retention.entries import EvidenceEnded
from tutela.vault.values import Destroyed

BATCH = 100
"""So many people in one look at most."""
_WAITING = journal.about_any(identity.GONE_BEFORE)
SLUG, EVENT = "journal", "person.destroyed"
_NOTHING = Destroyed(records=(), fields=(), values=0, keys=0, index_rows=0)


def due(operator_id: UUID, now: datetime) -> list[UUID]:
    """Destroyed people about whom the journal has entries that are evidence no longer."""
    try:
        before = evidence.over_before(policies.in_force(operator_id), now)
    except NoPolicyInForce:
        return []
    gone = identity.destroyed_before(operator_id, before)
    return journal.about_any_before(operator_id, gone, before, BATCH)


def is_waiting(operator_id: UUID, now: datetime) -> bool:
    """Whether anybody is ``due``."""
    try:
        before = evidence.over_before(policies.in_force(operator_id), now)
    except NoPolicyInForce:
        return False
    return bool(swift.rows(_WAITING, {"operator": operator_id, "before": before}))


def sweep(operator_id: UUID, now: datetime) -> int:
    """Remove what is evidence no longer, each person in a transaction of their own; how many."""
    with operator_scope(operator_id):
        people = due(operator_id, now)
    return sum(_end(operator_id, each, now) is not None for each in people)


def _end(operator_id: UUID, subject: UUID, now: datetime) -> ActRow | None:
    """The act of the removal; None if the gate refused or another worker was first."""
    with operator_scope(operator_id):
        gate.change_standing(operator_id, subject, lambda each: each)
        policy = policies.in_force(operator_id)
        before = evidence.over_before(policy, now)
        if not journal.about_any_before(operator_id, [subject], before, 1):
            return None
        permit = evidence.decide(operator_id, subject, now)
        if isinstance(permit, gate.Refusal):
            return None
        return _make_act(policy, permit, journal.prune(permit, subject, before), now)


def _make_act(policy: Policy, permit: Permit, removed: int, now: datetime) -> ActRow:
    operator_id, subject = permit.operator, permit.subject
    assert subject is not None  # noqa: S101 - the permit is about one person
    act = new_id()
    entry = journal.append(
        operator_id,
        EvidenceEnded(
            action=Action.DESTRUCTION,
            purpose=permit.purpose,
            clause=permit.clause,
            policy_version=policy.number,
            act=act,
            entries=removed,
        ),
    )
    said = Statement(
        id=act,
        kind=Kind.JOURNAL,
        subject=subject,
        because=(_because(policy, operator_id, subject, permit.clause),),
        what={},
        held=(),
        kept={},
        counts=_NOTHING,
        done_at=now,
        entry=entry,
        entries=removed,
    )
    return acts.make(operator_id, policy, said)


def _because(policy: Policy, operator_id: UUID, subject: UUID, clause: str) -> Because:
    gone_at = identity.destroyed_at(operator_id, subject)
    assert gone_at is not None  # noqa: S101 - the gate permits it of a destroyed person only
    due = compute(evidence_term(policy), gone_at, policy.calendar)
    return Because(
        kind="rule",
        slug=SLUG,
        clause=clause,
        event=EVENT,
        event_at=gone_at,
        due_at=None,
        computation=due.computation.to_json(),
    )
