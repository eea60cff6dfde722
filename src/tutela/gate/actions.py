"""What the gate offers to other rooms. The caller has opened ``operator_scope``.

A permit is true until its transaction ends: deciding locks the person's standing, so that a
withdrawal waits for what was already permitted, and what comes after it is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from uuid import UUID

from tutela.core import clock
from tutela.core.mint import mint
from tutela.core.permits import Permit
from tutela.core.vocabulary import Action, Actor, LawPurpose
from tutela.db import swift
from tutela.db.scope import transaction_id
from tutela.gate import (
    access,
    approvals,
    compiled,
    entries,
    history,
    joining,
    rules,
    stopping,
    wording,
)
from tutela.gate.rules import Decision, Operation, Standing
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Policy

CHANGES = frozenset({Action.BLOCKING, Action.DELETION, Action.DESTRUCTION})
"""Permits for these are followed by a change of the standing, so they lock it for themselves."""
_LOCK = "SELECT state FROM gate_standing WHERE (operator_id, subject_id) = (%s, %s) FOR "
_STATE = "SELECT state FROM gate_standing WHERE (operator_id, subject_id) = (%s, %s)"
_HELD = (
    "SELECT subject_id, state FROM gate_standing "
    "WHERE operator_id = %s AND subject_id = ANY(%s) ORDER BY subject_id FOR UPDATE"
)
_NEW = """
INSERT INTO gate_standing (operator_id, subject_id, state, changed_at)
SELECT %s, subject_id, %s::jsonb, %s FROM unnest(%s::uuid[]) AS given (subject_id)
ON CONFLICT DO NOTHING
"""
_LOCK_SHARED, _LOCK_ALONE = _LOCK + "SHARE", _LOCK + "UPDATE"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal is a value: it is in the journal, and its reader learns what to do."""

    reason: str
    clause: str
    rule: str
    operation: Operation

    def message(self, language: str) -> str:
        return wording.sentence(self.reason, language)


def decide(operation: Operation) -> Permit | Refusal:
    """May this be done now, by the policy in force? Journals the answer.

    The permit opens the vault for exactly this operation and only in this transaction.
    """
    policy, now = policies.in_force(operation.operator), clock.now()
    operation, standing = joining.told(operation), _locked(operation)
    office = approvals.office(policy, [operation])
    decision = compiled.decide(policy, standing, operation, now, office)
    if decision.permitted:
        left_out = rules.left_out(policy, standing, operation, now)
        return _permit(policy, operation, decision, left_out)
    return _refuse(policy, operation, decision)


def permitted_fields(operation: Operation) -> Permit | Refusal:
    """A permit for those fields of ``operation`` that pass alone, or the refusal of the first.

    Every refused field is journalled too, those with one reason and clause in one entry.
    """
    policy, now = policies.in_force(operation.operator), clock.now()
    operation, standing = joining.told(operation), _locked(operation)
    office = approvals.office(policy, [operation])
    decisions = rules.permitted_fields(policy, standing, operation, now, office)
    refused = {field: each for field, each in decisions.items() if not each.permitted}
    passed = replace(operation, fields=operation.fields.difference(refused))
    refusals = _refuse_together(policy, operation, refused)
    if refusals and not passed.fields:
        return refusals[0]
    decision = compiled.decide(policy, standing, passed, now, office)
    if decision.permitted:
        left_out = rules.left_out(policy, standing, passed, now)
        return _permit(policy, passed, decision, left_out)
    return _refuse(policy, passed, decision)


def may_write_to(operator_id: UUID, store: str, *, actor: Actor) -> Refusal | None:
    """May personal data be copied to the store ``store`` of the policy, such as a backup?

    None if it may; a refusal, journalled, if the store is not declared or stands outside of the
    allowed territories (004 2.10/b9, 2.13).
    """
    policy = policies.in_force(operator_id)
    operation = Operation(
        operator=operator_id,
        subject=None,
        action=Action.STORAGE,
        purpose="",
        fields=frozenset(),
        actor=actor,
        store=store,
    )
    decision = rules.place_of(policy, operation, clock.now())
    if decision is None:
        return None
    said = entries.StoreRefused(
        actor=actor,
        action=Action.STORAGE,
        clause=decision.clause,
        policy_version=policy.number,
        store=_known(store, policy.stores),
        reason=decision.reason,
    )
    journal.append(operator_id, said)
    return Refusal(decision.reason, decision.clause, decision.rule, operation)


def remember(refusal: Refusal) -> None:
    """Journal a refusal whose own entry went with a transaction that was rolled back."""
    _journal_refusal(policies.in_force(refusal.operation.operator), refusal)


def standing(operator_id: UUID, subject: UUID) -> Standing:
    """The standing of a person; an empty one for somebody the gate has not heard of."""
    found = swift.row(_STATE, (operator_id, subject))
    return Standing.from_json(found[0]) if found else Standing()


def change_standing(
    operator_id: UUID,
    subject: UUID,
    change: Callable[[Standing], Standing],
    *,
    again: bool = False,
) -> Standing:
    """Replace the standing by what ``change`` makes of it; one change at a time per person.

    What it stops is noted for a restore (``stopping``), unless it is done ``again`` after one. A
    change that finds the person destroyed must leave them so: ``ValueError`` otherwise.
    """
    return change_standings(operator_id, [subject], change, again=again)[subject]


def change_standings(
    operator_id: UUID,
    subjects: Collection[UUID],
    change: Callable[[Standing], Standing] = lambda each: each,
    *,
    again: bool = False,
) -> dict[UUID, Standing]:
    """``change_standing`` for many people; without a ``change`` it only locks them. They are
    locked in one order, so that two who do it wait for each other and never block each other."""
    before = _held(operator_id, sorted(set(subjects)))
    after = {subject: change(standing) for subject, standing in before.items()}
    changed = {each: after[each] for each in after if after[each] != before[each]}
    if any(before[each].destroyed and not changed[each].destroyed for each in changed):
        raise ValueError("A destroyed person does not come back; give new data a new subject.")
    if changed:
        history.replace_standings(operator_id, changed, clock.now())
    if not again:
        for subject, standing in changed.items():
            stopping.note(operator_id, subject, before[subject], standing)
    return after


def _held(operator_id: UUID, subjects: list[UUID]) -> dict[UUID, Standing]:
    """Their standings, held for a change; made for those the gate had not heard of."""
    found: dict[UUID, dict[str, Any]] = dict(swift.rows(_HELD, (operator_id, subjects)))
    if new := [each for each in subjects if each not in found]:
        state = json.dumps(Standing().to_json())
        swift.run(_NEW, (operator_id, state, clock.now(), new))
        found |= dict(swift.rows(_HELD, (operator_id, new)))
    return {subject: Standing.from_json(found[subject]) for subject in subjects}


def _locked(operation: Operation) -> Standing:
    """The standing, held until the transaction ends: shared, or alone if it will change."""
    if operation.subject is None:
        return Standing()
    lock = _LOCK_ALONE if operation.action in CHANGES else _LOCK_SHARED
    found = swift.row(lock, (operation.operator, operation.subject))
    return Standing.from_json(found[0]) if found else Standing()


def _permit(
    policy: Policy,
    operation: Operation,
    decision: Decision,
    left_out: frozenset[tuple[str, str]],
) -> Permit | Refusal:
    if not approvals.use_up(policy, operation):
        return _refuse(policy, operation, rules.nobody_has_agreed(policy, operation, clock.now()))
    transaction = transaction_id()
    permit = permit_of(operation, decision, left_out, transaction)
    joining.remember(operation, transaction)
    journal.append(operation.operator, permitted_entry(policy, operation, decision))
    access.used(operation.operator, [operation.actor])
    return permit


def permit_of(
    operation: Operation,
    decision: Decision,
    left_out: frozenset[tuple[str, str]],
    transaction: int,
) -> Permit:
    """The sealed permit; only for a decision that permits, and only in ``transaction``, which
    journals it. What ``rules.left_out`` says is blocked is out of its reach."""
    if not decision.permitted:
        raise ValueError("A refusal makes no permit.")
    return mint(
        Permit(
            operator=operation.operator,
            subject=operation.subject,
            action=operation.action,
            purpose=operation.purpose,
            basis=decision.basis,
            fields=operation.fields,
            actor=operation.actor,
            clause=decision.clause,
            rule=decision.rule,
            transaction=transaction,
            recipient=operation.recipient,
            left_out=left_out,
        )
    )


def permitted_entry(policy: Policy, operation: Operation, decision: Decision) -> entries.Permitted:
    return entries.Permitted(
        subject=operation.subject,
        actor=operation.actor,
        action=operation.action,
        purpose=operation.purpose,
        basis=decision.basis,
        clause=decision.clause,
        policy_version=policy.number,
        rule=decision.rule,
        count=len(operation.fields),
        fields=tuple(sorted(operation.fields)),
        recipient=operation.recipient,
        point=operation.point,
        because=operation.reason,
        approval=decision.approval,
        approved=True if decision.approval else None,
    )


def _refuse(policy: Policy, operation: Operation, decision: Decision) -> Refusal:
    refusal = Refusal(decision.reason, decision.clause, decision.rule, operation)
    _journal_refusal(policy, refusal)
    return refusal


def _refuse_together(
    policy: Policy, operation: Operation, refused: dict[str, Decision]
) -> list[Refusal]:
    def answer(field: str) -> tuple[str, str, str]:
        return refused[field].reason, refused[field].clause, refused[field].rule

    return [
        _refuse(policy, replace(operation, fields=frozenset(fields)), refused[fields[0]])
        for _, group in groupby(sorted(refused, key=answer), key=answer)
        for fields in [list(group)]
    ]


def _journal_refusal(policy: Policy, refusal: Refusal) -> None:
    journal.append(refusal.operation.operator, refused_entry(policy, refusal))


def refused_entry(policy: Policy, refusal: Refusal) -> entries.Refused:
    """Whatever was asked for, only slugs that the policy knows go into the journal."""
    operation = refusal.operation
    return entries.Refused(
        subject=operation.subject,
        actor=operation.actor,
        action=_known(operation.action, Action),
        purpose=_known(operation.purpose, {*LawPurpose, *policy.purposes}),
        clause=refusal.clause,
        policy_version=policy.number,
        rule=refusal.rule,
        count=len(operation.fields),
        fields=tuple(sorted(operation.fields & policy.fields.keys())),
        recipient=_known(operation.recipient, policy.recipients),
        point=_known(operation.point, policy.points),
        reason=refusal.reason,
    )


def _known(slug: str, slugs: Iterable[str]) -> str:
    return slug if slug in set(slugs) else ""
