"""When the data of a person ends, for the operator's own programs."""

from __future__ import annotations

from typing import Annotated

from django.utils import translation
from pydantic import Field

from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.schemas import Answer, Body, Id, Moment, Slug
from tutela.identity import actions as identity
from tutela.identity.api import living
from tutela.obligations.api import ObligationShown
from tutela.obligations.api import shown as obligation_shown
from tutela.retention import explaining, happening
from tutela.retention.explaining import Because
from tutela.retention.wording import BECAUSE


class RuleAtWork(Answer):
    """A rule of the policy on this record; `ends_at` is null while it waits for `until`."""

    rule: str
    clause: str
    event: str
    event_at: Moment
    purposes: list[str]
    ends_at: Moment | None
    until: str


class KeptBy(Answer):
    """A `hold` on a ground, or a `contract` for a purpose, and the fields it is about."""

    kind: str
    name: str
    clause: str
    until: Moment | None
    fields: list[str]


class RecordEnds(Answer):
    """`ends_at` is the first moment at which the record may no longer be there; `why` says in
    words how that was found among the `rules`, `counted` how the date was counted."""

    record: Id
    point: str
    ends_at: Moment | None
    until: str
    rule: str
    clause: str
    because: Because
    why: str
    counted: str
    rules: list[RuleAtWork]
    kept_by: list[KeptBy]


class Ends(Answer):
    items: list[RecordEnds]


@endpoint("GET", "/subjects/{subject}/ends", function="records.read", answer=Ends)
def subject_ends(request: ApiRequest, subject: Id) -> Ends:
    """When each record of a person ends, by which rule and clause, and why"""
    operator, language = request.call.operator_id, request.call.language
    identity.subject(operator, subject)
    with translation.override(language):
        return Ends(
            items=[_ends(each, language) for each in explaining.explained(operator, subject)]
        )


def _ends(said: explaining.Reasoning, language: str) -> RecordEnds:
    end = said.end
    return RecordEnds(
        record=said.record,
        point=said.point,
        ends_at=end.ends_at,
        until=end.until,
        rule=end.rule,
        clause=end.clause,
        because=said.because,
        why=str(BECAUSE[said.because]),
        counted=end.counted(language),
        rules=[
            RuleAtWork(
                rule=each.rule,
                clause=each.clause,
                event=each.event,
                event_at=each.event_at,
                purposes=list(each.purposes),
                ends_at=each.ends_at,
                until=each.until,
            )
            for each in said.rules
        ],
        kept_by=[
            KeptBy(
                kind=each.kind,
                name=each.name,
                clause=each.clause,
                until=each.until,
                fields=list(each.fields),
            )
            for each in said.keepers
        ],
    )


Purposes = Annotated[list[Slug], Field(max_length=50)]


class Reached(Body):
    """The purposes that are reached; an empty list says that all are, for which data is held."""

    purposes: Purposes


class Begun(Answer):
    """What the policy promises on it, with dates."""

    obligations: list[ObligationShown]


@endpoint(
    "POST",
    "/subjects/{subject}/purposes-reached",
    function="facts.write",
    answer=Begun,
    status=201,
    writes=True,
    problems=(410,),
)
def purposes_reached(request: ApiRequest, subject: Id, body: Reached) -> Begun:
    """Tell that the data of a person has served its purpose

    What nothing else needs is destroyed in the term that the policy promises; what waited for this
    by a rule of storage ends now.
    """
    call = request.call
    living(call.operator_id, subject)
    opened = happening.purpose_reached(call.operator_id, subject, body.purposes, by=call.actor)
    return Begun(obligations=[obligation_shown(each, call.language) for each in opened])


class Agreed(Body):
    """The purposes that the agreement carries, of those that the policy bases on one; an empty
    list says all of them. `until` is its end, null while that is open."""

    purposes: Purposes
    until: Moment | None


class ContractShown(Answer):
    contract: Id


@endpoint(
    "POST",
    "/subjects/{subject}/contracts",
    function="facts.write",
    answer=ContractShown,
    status=201,
    writes=True,
    problems=(410,),
)
def contract_begin(request: ApiRequest, subject: Id, body: Agreed) -> ContractShown:
    """Tell that an agreement with a person began

    What it needs of the data outlives a withdrawal of consent until the agreement ends.
    """
    call = request.call
    living(call.operator_id, subject)
    made = happening.contract_began(
        call.operator_id, subject, body.purposes, until=body.until, by=call.actor
    )
    return ContractShown(contract=made)


@endpoint(
    "POST",
    "/subjects/{subject}/contracts/{contract}/end",
    function="facts.write",
    answer=ContractShown,
    status=201,
    writes=True,
    problems=(410,),
)
def contract_end(request: ApiRequest, subject: Id, contract: Id) -> ContractShown:
    """Tell that an agreement with a person ended

    The terms that run from the end of an agreement begin, and what it alone kept goes.
    """
    call = request.call
    living(call.operator_id, subject)
    happening.contract_over(call.operator_id, subject, contract, by=call.actor)
    return ContractShown(contract=contract)
