"""Decisions about many people at once: one lock, one look at the standings, one journal write.

Each answer is what ``actions.decide`` would give alone; ``tests/gate/test_bulk.py`` holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tutela.core import clock
from tutela.core.permits import Permit
from tutela.core.vocabulary import ActorKind, LawPurpose
from tutela.db import swift
from tutela.db.scope import transaction_id
from tutela.gate import access, approvals, joining, rules
from tutela.gate.actions import CHANGES, Refusal, permit_of, permitted_entry, refused_entry
from tutela.gate.compiled import compiled
from tutela.gate.rules import Operation
from tutela.gate.standing import Standing
from tutela.journal import actions as journal
from tutela.journal.entries import Entry
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.vault import at_once as sealed
from tutela.vault.values import Seen

REVEAL = "reveal-in-bulk"
_LOCK = """
SELECT subject_id, state FROM gate_standing
WHERE operator_id = %s AND subject_id = ANY(%s) ORDER BY subject_id FOR """


def decide_many(operations: Sequence[Operation], *, act_target: str = "") -> list[Permit | Refusal]:
    """The answer to each operation, in their order; all are of one operator.

    Where the policy wants a second person for revealing in bulk, staff who look over more than
    one person need the agreement to ``act_target``: ``NeedsSecondPerson`` otherwise.
    """
    if not operations:
        return []
    operator = operations[0].operator
    if any(each.operator != operator for each in operations):
        raise ValueError("Decide for one operator at a time; each has its own policy and scope.")
    policy, now = policies.in_force(operator), clock.now()
    _second_person(policy, operations, act_target)
    standings = _locked(operator, operations)
    office, table = approvals.office(policy, operations), compiled(policy)
    views = {subject: table.view(standing, now) for subject, standing in standings.items()}
    nobody = table.view(Standing(), now)
    answers: list[Permit | Refusal] = []
    said: list[Entry] = []
    for each in map(joining.told, operations):
        view = nobody if each.subject is None else views.get(each.subject, nobody)
        decision = table.decide(view, each, now, office)
        if decision.permitted:
            left_out = rules.left_out(policy, view.standing, each, now)
            transaction = transaction_id()
            joining.remember(each, transaction)
            answers.append(permit_of(each, decision, left_out, transaction))
            said.append(permitted_entry(policy, each, decision))
            continue
        refusal = Refusal(decision.reason, decision.clause, decision.rule, each)
        answers.append(refusal)
        said.append(refused_entry(policy, refusal))
    journal.append_many(operator, said)
    access.used(operator, (each.actor for each in answers if isinstance(each, Permit)))
    return answers


def look_many(operations: Sequence[Operation], *, act_target: str = "") -> list[Seen | Refusal]:
    """What ``at_once.look`` gives for each operation, in their order: the answers by
    ``decide_many``, and everything that was permitted read in one statement."""
    answers = decide_many(operations, act_target=act_target)
    seen = iter(sealed.look_many([each for each in answers if isinstance(each, Permit)]))
    return [next(seen) if isinstance(each, Permit) else each for each in answers]


def _locked(operator: UUID, operations: Sequence[Operation]) -> dict[UUID, Standing]:
    """The standings of everybody concerned, locked in one order: two that decide about the same
    people wait for each other and never block each other."""
    subjects = sorted({each.subject for each in operations if each.subject is not None})
    alone = any(each.action in CHANGES for each in operations)
    found = swift.rows(_LOCK + ("UPDATE" if alone else "SHARE"), (operator, subjects))
    return {subject: Standing.from_json(state) for subject, state in found}


def _second_person(policy: Policy, operations: Sequence[Operation], target: str) -> None:
    looked_at = {
        each.subject
        for each in operations
        if each.actor.kind is ActorKind.STAFF and each.purpose == LawPurpose.OVERSIGHT
    }
    if len(looked_at) > 1:
        operator, by = operations[0].operator, operations[0].actor
        approvals.require(operator, policy, REVEAL, target, by=by)
