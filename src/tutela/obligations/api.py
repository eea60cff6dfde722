"""What is due, and how it ended."""

from __future__ import annotations

from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.schemas import Answer, Clause, Id, Limit, Moment, page_of
from tutela.obligations import actions
from tutela.obligations.rules import State


class ObligationShown(Answer):
    """``due_at`` is the first moment that is too late; ``counted`` says how it was counted."""

    obligation: Id
    subject: Id | None
    promise: str
    event: str
    outcome: str
    clause: Clause
    cause: Id
    purposes: list[str]
    opened_at: Moment
    due_at: Moment
    counted: str
    state: State
    ended_at: Moment | None


def shown(row: actions.ObligationRow, language: str) -> ObligationShown:
    return ObligationShown(
        obligation=row.id,
        subject=row.subject_id,
        promise=row.promise,
        event=row.event,
        outcome=row.outcome,
        clause=row.clause,
        cause=row.cause,
        purposes=list(row.purposes),
        opened_at=row.opened_at,
        due_at=row.due_at,
        counted=row.counted(language),
        state=State(row.state),
        ended_at=row.ended_at,
    )


class Obligations(Answer):
    """``next`` is the cursor of the page after this one, if there is one."""

    items: list[ObligationShown]
    next: Id | None


@endpoint("GET", "/obligations", function="obligations.read", answer=Obligations)
def obligations(
    request: ApiRequest,
    *,
    state: State | None = None,
    subject: Id | None = None,
    cause: Id | None = None,
    limit: Limit = 50,
    after: Id | None = None,
) -> Obligations:
    """What the operator has to do, in the order it is due

    `cause` is the fact that opened them: a withdrawal, or a form that was taken in. That is how
    the status of a request is followed.
    """
    call = request.call
    rows = actions.listing(
        call.operator_id, state, subject, cause=cause, after=after, limit=limit + 1
    )
    page, cursor = page_of(rows, limit, lambda each: each.id)
    return Obligations(items=[shown(each, call.language) for each in page], next=cursor)


@endpoint("GET", "/obligations/{obligation}", function="obligations.read", answer=ObligationShown)
def obligation(request: ApiRequest, obligation: Id) -> ObligationShown:
    """One obligation"""
    call = request.call
    return shown(actions.get(call.operator_id, obligation), call.language)
