"""What the journal still knows of a destroyed person goes when it is evidence no longer.

Nobody waits for it, so it has no moment of its own: it happens when the worker looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
ANEW = timedelta(days=7)
_EVER = datetime(1, 1, 2, tzinfo=UTC)
_WAITING = journal.about_any(identity.GONE_BEFORE)
SLUG, EVENT = "journal", "person.destroyed"
_NOTHING = Destroyed(records=(), fields=(), values=0, keys=0, index_rows=0)


@dataclass(frozen=True, slots=True)
class _Looked:
    """Nobody was due: of all people before ``everybody``, and of those destroyed before
    ``destroyed``. Who was pruned once is due again only if the journal spoke of them since."""

    everybody: datetime
    destroyed: datetime


_looked: dict[UUID, _Looked] = {}


def due(operator_id: UUID, now: datetime) -> list[UUID]:
    """Destroyed people about whom the journal has entries that are evidence no longer; first those
    whose term has ended since the last look."""
    try:
        before = evidence.over_before(policies.in_force(operator_id), now)
    except NoPolicyInForce:
        return []
    gone = identity.destroyed_before(operator_id, before)
    last = _looked.get(operator_id)
    lately = gone.filter(destroyed_at__gte=last.destroyed) if last else gone.none()
    found = journal.about_any_before(operator_id, lately, before, BATCH) if last else []
    return found or journal.about_any_before(operator_id, gone, before, BATCH)


def look_anew() -> None:
    """Forget what earlier looks of this process found; for one that changes its database."""
    _looked.clear()


def is_waiting(operator_id: UUID, now: datetime) -> bool:
    """Whether anybody is ``due``. Everybody who was ever destroyed is looked at once in
    ``ANEW``; in between only those of whom the term has ended since the last look, so that a
    look costs what is new and not what has gathered."""
    try:
        before = evidence.over_before(policies.in_force(operator_id), now)
    except NoPolicyInForce:
        return False
    last = _looked.get(operator_id)
    if last is None or not last.everybody <= last.destroyed <= before < last.everybody + ANEW:
        last = None
    since = last.destroyed if last else _EVER
    asked = {"operator": operator_id, "before": before, "since": since}
    if swift.rows(_WAITING, asked):
        return True
    _looked[operator_id] = _Looked(last.everybody if last else before, before)
    return False


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
