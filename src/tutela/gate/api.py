"""Asking the gate."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from tutela.api.callers import Call
from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.schemas import Answer, Body, Clause, Id, Moment, Slug, Slugs
from tutela.core.vocabulary import Action
from tutela.gate import at_once, explaining, limits
from tutela.gate.actions import Refusal
from tutela.gate.rules import Operation
from tutela.identity import actions as identity

Optional = Annotated[Slug | None, Field(default=None)]


class Asked(Body):
    """``action`` to ``fields`` of a person for ``purpose``. ``recipient`` is whom the data is
    handed to, ``point`` where it is taken, ``basis`` the only legal basis to try."""

    subject: Id
    action: Action
    purpose: Slug
    fields: Slugs
    recipient: Optional
    point: Optional
    basis: Optional


class Decided(Answer):
    """``rule`` gave the answer; ``reason`` and ``sentence`` say why not, ``basis`` why."""

    permitted: bool
    rule: str
    clause: Clause
    basis: str
    reason: str
    sentence: str


def operation(call: Call, subject: UUID, asked: Asked) -> Operation:
    return Operation(
        operator=call.operator_id,
        subject=subject,
        action=asked.action,
        purpose=asked.purpose,
        fields=frozenset(asked.fields),
        actor=call.actor,
        recipient=asked.recipient or "",
        point=asked.point or "",
        basis=asked.basis or "",
    )


@endpoint("POST", "/decisions", function="gate.decide", answer=Decided, alone=True)
def decide(request: ApiRequest, body: Asked) -> Decided:
    """May this be done, now?

    A refusal is an answer too. Either is journalled. A permit does not leave Tutela: whoever
    reads or stores asks anew, in the transaction that does it.
    """
    call = request.call
    identity.ensure_known(call.operator_id, body.subject)
    answer = at_once.decide(operation(call, body.subject, body))
    refused = isinstance(answer, Refusal)
    return Decided(
        permitted=not refused,
        rule=answer.rule,
        clause=answer.clause,
        basis="" if isinstance(answer, Refusal) else answer.basis,
        reason=answer.reason,
        sentence=answer.message(call.language) if isinstance(answer, Refusal) else "",
    )


class Asking(Asked):
    """``at`` is a moment in the past; left out, it is now."""

    at: AwareDatetime | None = None


class Step(Answer):
    """``verdict`` is passes, permits, refuses, or not-asked where an earlier rule has answered."""

    rule: str
    verdict: str


class Explained(Answer):
    """``words`` are those of the clause; ``change`` says what would have to change, if refused."""

    permitted: bool
    at: Moment
    policy_number: int
    rule: str
    clause: Clause
    basis: str
    reason: str
    words: str
    change: str
    steps: list[Step]


@endpoint("POST", "/decisions/explanation", function="gate.decide", answer=Explained)
def explain(request: ApiRequest, body: Asking) -> Explained:
    """Why is this allowed or refused, now or at a past moment?

    By the policy and the person's standing of that moment, rule by rule. It permits nothing, and
    is journalled.
    """
    call = request.call
    identity.subject(call.operator_id, body.subject)
    told = explaining.explain(
        operation(call, body.subject, body), by=call.actor, at=body.at, language=call.language
    )
    return Explained(
        permitted=told.decision.permitted,
        at=told.at,
        policy_number=told.policy_number,
        rule=told.decision.rule,
        clause=told.decision.clause,
        basis=told.decision.basis,
        reason=told.decision.reason,
        words=told.words,
        change=told.change,
        steps=[Step(rule=each.rule, verdict=each.verdict) for each in told.steps],
    )


class Off(Answer):
    """A purpose that is off and why; ``points`` are where the person can agree to it."""

    purpose: Slug
    reason: str
    sentence: str
    clause: Clause
    points: list[Slug]


class Limits(Answer):
    """``limited`` is true for somebody who lives with less because they refused or withdrew."""

    subject: Id
    limited: bool
    on: list[Slug]
    off: list[Off]


@endpoint("GET", "/subjects/{subject}/limits", function="consents.read", answer=Limits)
def subject_limits(request: ApiRequest, subject: Id) -> Limits:
    """Which purposes are on and off for a person, and why

    What a program shows to somebody who refused: everything that does not rest on consent stays.
    """
    call = request.call
    identity.subject(call.operator_id, subject)
    found = limits.limits(call.operator_id, subject)
    return Limits(
        subject=subject,
        limited=found.limited,
        on=list(found.on),
        off=[
            Off(
                purpose=each.purpose,
                reason=each.reason,
                sentence=each.message(call.language),
                clause=each.clause,
                points=list(each.points),
            )
            for each in found.off
        ],
    )
