"""Asking in the name of a person, and following what was asked."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tutela.api.callers import Call
from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.problems import mistaken
from tutela.api.schemas import MOST, Answer, Body, Id, Language, Moment, Slug
from tutela.core.ids import new_id
from tutela.identity import actions as identity
from tutela.identity.api import living
from tutela.policy import actions as policies
from tutela.requests import actions, cases, letters
from tutela.requests.asking import ELSEWHERE
from tutela.requests.kinds import KINDS, in_order
from tutela.requests.models import Case


class Asking(Body):
    """``kind`` is a kind of request, ``ground`` one of its grounds where it has any. ``justified``
    says that a repeat gives a reason, because the first answer was not whole."""

    kind: Slug
    ground: Slug | None = None
    language: Language
    justified: bool = False


class RequestShown(Answer):
    """``due_from`` says whether the date is promised by the policy, set by the law or the
    operator's own target; ``clause`` is that of the policy or the article of the law. ``outcome``
    and ``ended_at`` are empty until it has ended. ``receipt`` opens the person's page about it."""

    request: Id
    number: int
    kind: str
    ground: str
    state: str
    received_at: Moment
    due_at: Moment
    due_from: str
    clause: str
    outcome: str
    ended_at: Moment | None
    receipt: str


class Requests(Answer):
    items: list[RequestShown]


def _request(call: Call, row: Case) -> RequestShown:
    policy = policies.in_force(call.operator_id)
    path = f"/{row.language}/{policy.operator.slug}/receipt/{letters.receipt_token(row.id)}/"
    return RequestShown(
        request=row.id,
        number=row.number,
        kind=row.kind,
        ground=row.ground,
        state=row.state,
        received_at=row.received_at,
        due_at=row.due_at,
        due_from=row.due_from,
        clause=row.due_reference,
        outcome=row.outcome,
        ended_at=row.ended_at,
        receipt=path,
    )


@endpoint(
    "POST",
    "/subjects/{subject}/requests",
    function="requests.write",
    answer=RequestShown,
    status=201,
    writes=True,
    problems=(410,),
)
def request_open(request: ApiRequest, subject: Id, body: Asking) -> RequestShown:
    """Ask for something in the name of a person who said so

    Access, a correction, erasure and the like: registered with its date, acknowledged to the
    person, blocked at once where the policy promises that. It needs no scope: a person may always
    ask. Consents are withdrawn by `/withdrawals`, claims are sent by `/forms/{point}`.
    """
    call = request.call
    living(call.operator_id, subject)
    kind = KINDS.get(body.kind)
    if kind is None or body.kind in ELSEWHERE:
        known = ", ".join(each.slug for each in in_order() if each.slug not in ELSEWHERE)
        raise mistaken("/kind", _("Choose a kind of request: %(kinds)s.") % {"kinds": known})
    if body.ground is not None and body.ground not in kind.by_ground:
        grounds = ", ".join(kind.grounds) or "null"
        raise mistaken("/ground", _("Choose one of the grounds: %(kinds)s.") % {"kinds": grounds})
    made = actions.open_case(
        call.operator_id,
        body.kind,
        "api",
        subject,
        ground=body.ground or "",
        language=body.language,
        justified=body.justified,
        cause=new_id(),
        actor=call.actor,
    )
    return _request(call, cases.get(call.operator_id, made))


@endpoint("GET", "/subjects/{subject}/requests", function="requests.read", answer=Requests)
def requests_list(request: ApiRequest, subject: Id) -> Requests:
    """What a person asked for, where each stands and by when it is due"""
    call = request.call
    identity.ensure_known(call.operator_id, subject)
    rows = cases.listing(call.operator_id, subject=subject)
    return Requests(items=[_request(call, row) for row in rows[:MOST]])


@endpoint(
    "GET",
    "/subjects/{subject}/requests/{request_id}",
    function="requests.read",
    answer=RequestShown,
)
def request_look(request: ApiRequest, subject: Id, request_id: Id) -> RequestShown:
    """Where one request stands"""
    call = request.call
    identity.ensure_known(call.operator_id, subject)
    row = cases.get(call.operator_id, request_id)
    if cases.subject_of(row) != subject:
        raise cases.NoSuchCase(_("There is no such request of this person."))
    return _request(call, row)
