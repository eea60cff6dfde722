"""Registering what a machine decided about a person alone, and reading it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.problems import mistaken
from tutela.api.schemas import Answer, Body, Id, Moment, Slug, Slugs
from tutela.identity import actions as identity
from tutela.identity.api import living
from tutela.policy import actions as policies
from tutela.policy.api import known_purpose
from tutela.requests import machine_decisions
from tutela.requests.models import MachineDecision


class MachineDecided(Body):
    """``rule`` names the rule or model, with its version, that made the decision from ``fields``;
    ``outcome`` is what it decided; ``legal`` says that the decision has legal effect for the
    person or touches them as much."""

    purpose: Slug
    fields: Slugs
    rule: Slug
    outcome: Slug
    legal: bool


class MachineDecisionShown(Answer):
    """``takes_effect`` is false of a decision that waits for a person, or that one has cancelled;
    ``found`` is what the person found who looked at it."""

    decision: Id
    purpose: str
    fields: list[str]
    rule: str
    outcome: str
    legal: bool
    takes_effect: bool
    made_at: Moment
    found: str
    reviewed_at: Moment | None
    sentence: str


class MachineDecisions(Answer):
    items: list[MachineDecisionShown]


def _shown(row: MachineDecision) -> MachineDecisionShown:
    waits = not row.takes_effect and row.reviewed_at is None
    return MachineDecisionShown(
        decision=row.id,
        purpose=row.purpose,
        fields=row.fields,
        rule=row.rule,
        outcome=row.outcome,
        legal=row.legal,
        takes_effect=row.takes_effect,
        made_at=row.made_at,
        found=row.result,
        reviewed_at=row.reviewed_at,
        sentence=_(
            "Neither a law nor a written consent lets a machine decide this alone. A member of "
            "staff has to look at it; until then it must not take effect."
        )
        if waits
        else "",
    )


@endpoint(
    "POST",
    "/subjects/{subject}/automated-decisions",
    function="automated.write",
    answer=MachineDecisionShown,
    status=201,
    writes=True,
    problems=(410,),
)
def machine_decision(
    request: ApiRequest, subject: Id, body: MachineDecided
) -> MachineDecisionShown:
    """Register a decision that a machine made alone

    Ask before it takes effect: one with legal effect that neither a law nor a written consent
    allows waits for a person, and `takes_effect` is false. The gate is asked whether the fields
    may be used for the purpose.
    """
    call = request.call
    living(call.operator_id, subject)
    known_purpose(policies.in_force(call.operator_id), body.purpose, "/purpose")
    for pointer, word in (("/rule", body.rule), ("/outcome", body.outcome)):
        if not machine_decisions.well_named(word):
            raise mistaken(pointer, _("Name it without a number of seven digits or more."))
    made = machine_decisions.Made(body.purpose, body.fields, body.rule, body.outcome, body.legal)
    return _shown(machine_decisions.register(call.operator_id, subject, made, by=call.actor))


@endpoint(
    "GET",
    "/subjects/{subject}/automated-decisions",
    function="automated.read",
    answer=MachineDecisions,
)
def machine_decisions_list(request: ApiRequest, subject: Id) -> MachineDecisions:
    """What machines decided about a person alone, and what people found who looked at it"""
    operator = request.call.operator_id
    identity.subject(operator, subject)
    found = machine_decisions.about(operator, subject)
    return MachineDecisions(items=[_shown(each) for each in found])
