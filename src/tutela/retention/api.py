"""When the data of a person ends, for the operator's own programs."""

from __future__ import annotations

from django.utils import translation

from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.schemas import Answer, Id, Moment
from tutela.identity import actions as identity
from tutela.retention import explaining
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
