"""Asking the gate."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from tutela.api.callers import Call
from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.schemas import Answer, Body, Clause, Id, Slug, Slugs
from tutela.core.permits import Permit
from tutela.core.vocabulary import Action
from tutela.gate import actions
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


@endpoint("POST", "/decisions", function="gate.decide", answer=Decided)
def decide(request: ApiRequest, body: Asked) -> Decided:
    """May this be done, now?

    A refusal is an answer too. Either is journalled. A permit does not leave Tutela: whoever
    reads or stores asks anew, in the transaction that does it.
    """
    call = request.call
    identity.subject(call.operator_id, body.subject)
    answer = actions.decide(operation(call, body.subject, body))
    if isinstance(answer, Permit):
        return Decided(
            permitted=True,
            rule=answer.rule,
            clause=answer.clause,
            basis=answer.basis,
            reason="",
            sentence="",
        )
    return Decided(
        permitted=False,
        rule=answer.rule,
        clause=answer.clause,
        basis="",
        reason=answer.reason,
        sentence=answer.message(call.language),
    )
