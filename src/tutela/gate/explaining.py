"""Why is this allowed or refused, now or at a past moment: every rule in order, with its verdict.

Explaining is journalled where it touches a person's standing. It never makes a permit, and it
locks nothing: what it says of now may have changed when it is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.core.vocabulary import Action, Actor, ActorKind, LawPurpose
from tutela.gate import approvals, history
from tutela.gate.actions import standing as standing_now
from tutela.gate.entries import Explained
from tutela.gate.rules import RULES, Decision, Operation, decide
from tutela.gate.standing import Standing
from tutela.gate.wording import sentence
from tutela.journal import actions as journal
from tutela.policy import actions as policies

PASSES, PERMITS, REFUSES, NOT_ASKED = "passes", "permits", "refuses", "not-asked"


class NotKept(NotFound):
    """The standing of that moment is not kept any more; the journal may still say what was
    permitted then."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rule. ``verdict`` is passes (it has nothing against it), permits, refuses, or not-asked
    (an earlier rule has answered)."""

    rule: str
    why: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """``words`` are those of the clause; ``change`` says what would have to change, if refused."""

    operation: Operation
    at: datetime
    policy_number: int
    decision: Decision
    steps: tuple[Step, ...]
    words: str
    change: str
    standing: Standing


def explain(
    operation: Operation, *, by: Actor, at: datetime | None = None, language: str = "en"
) -> Explanation:
    """The answer to ``operation`` and how it came about, by the policy then in force.

    Raises ``NotKept`` where the person's standing of that moment is not kept any more, and
    ``NoPolicyInForce`` where there was no policy.
    """
    now = clock.now()
    moment = min(at or now, now)
    operator = operation.operator
    policy = policies.in_force(operator, moment)
    standing = _standing(operation, moment if moment < now else None)
    past = moment if moment < now else None
    office = approvals.office(policy, [operation], past)
    decision = decide(policy, standing, operation, moment, office)
    if operation.subject is not None:
        _journal(operation, decision, by, moment, policy.number)
    return Explanation(
        operation=operation,
        at=moment,
        policy_number=policy.number,
        decision=decision,
        steps=_steps(decision),
        words=policy.passage(decision.clause, language) if decision.clause else "",
        change="" if decision.permitted else sentence(decision.reason, language),
        standing=standing,
    )


def _standing(operation: Operation, at: datetime | None) -> Standing:
    if operation.subject is None:
        return Standing()
    if at is None:
        return standing_now(operation.operator, operation.subject)
    found = history.standing_at(operation.operator, operation.subject, at)
    if found is None:
        raise NotKept(
            _(
                "What was true of this person at that moment is not kept any more. Choose a later "
                "moment, or look into the journal."
            )
        )
    return found


def _steps(decision: Decision) -> tuple[Step, ...]:
    steps, answered = [], False
    for rule in RULES:
        name = rule.__name__.replace("_", "-")
        if answered:
            verdict = NOT_ASKED
        elif name == decision.rule:
            verdict, answered = PERMITS if decision.permitted else REFUSES, True
        else:
            verdict = PASSES
        steps.append(Step(name, (rule.__doc__ or "").strip(), verdict))
    return tuple(steps)


def _journal(
    operation: Operation, decision: Decision, by: Actor, moment: datetime, number: int
) -> None:
    purposes = {*LawPurpose, *policies.version(operation.operator, number).purposes}
    said = Explained(
        subject=operation.subject,
        actor=by,
        action=operation.action if operation.action in tuple(Action) else "",
        purpose=operation.purpose if operation.purpose in purposes else "",
        clause=decision.clause,
        policy_version=number,
        automated=by.kind is not ActorKind.STAFF,
        rule=decision.rule,
        answer=decision.reason or "permitted",
        moment=moment,
    )
    journal.append(operation.operator, said)
