"""The endpoints of the Data Rights Protocol, under ``/drp/OPERATOR/v1/``."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from tutela.core import clock
from tutela.core.errors import TutelaError
from tutela.identity import limits
from tutela.intake.drp import messages, requests
from tutela.intake.drp.messages import Agent, Unacceptable
from tutela.intake.drp.requests import Desk
from tutela.policy import actions as policies
from tutela.web.feeds import feed
from tutela.web.pages import PageRequest
from tutela.web.source import source_of

_BEARER = "Bearer "


def _answered(request: PageRequest, act: Callable[[Desk], dict[str, Any]]) -> HttpResponseBase:
    """JSON for whatever happens, as the protocol wants it (3.06)."""
    operator = request.visit.operator_id
    try:
        desk = requests.desk(operator, policies.in_force(operator))
        with transaction.atomic():
            response = JsonResponse(act(desk))
    except (Unacceptable, TutelaError) as error:
        if isinstance(error, Unacceptable):
            limits.OPENINGS_PER_SOURCE.demand(operator, source_of(request))
        said: dict[str, Any] = {"code": str(error.status), "message": str(error)}
        if isinstance(error, Unacceptable) and error.fatal:
            said["fatal"] = True
        response = JsonResponse(said, status=error.status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _agent(request: PageRequest, desk: Desk) -> Agent:
    shown = request.headers.get("Authorization", "")
    return requests.agent_of(desk, shown.removeprefix(_BEARER).strip())


@feed("drp/<operator>/v1/data-rights-request", name="drp-exercise", methods=("POST",))
def exercise(request: PageRequest) -> HttpResponseBase:
    return _answered(
        request, lambda desk: requests.exercise(desk, _agent(request, desk), request.body)
    )


@feed(
    "drp/<operator>/v1/data-rights-request/<uuid:number>",
    name="drp-request",
    methods=("GET", "DELETE"),
)
def one(request: PageRequest, number: UUID) -> HttpResponseBase:
    """The status of a request, or its end."""

    def act(desk: Desk) -> dict[str, Any]:
        agent = _agent(request, desk)
        if request.method == "DELETE":
            return requests.revoke(desk, agent, number, request.body)
        return requests.status(desk, agent, number)

    return _answered(request, act)


@feed("drp/<operator>/v1/agent/<str:agent>", name="drp-agent", methods=("GET", "POST"))
def agent(request: PageRequest, agent: str) -> HttpResponseBase:
    """The token of an agent, for a signed message (2.05); or whether it still holds (2.06)."""

    def act(desk: Desk) -> dict[str, Any]:
        if request.method == "POST":
            known = requests.directory().get(agent)
            if known is None:
                raise Unacceptable("The directory names no such agent.")
            document = messages.opened(request.body, known)
            messages.check(document, known, desk.business, clock.now())
            return {"agent-id": known.id, "token": requests.token(desk, known)}
        if _agent(request, desk).id != agent:
            raise Unacceptable("The token is another agent's.")
        return {}

    response = _answered(request, act)
    if request.method == "POST" and response.status_code == HTTPStatus.FORBIDDEN:
        response = HttpResponse(status=HTTPStatus.FORBIDDEN)  # 2.05.1 wants no body here
        response.headers["Cache-Control"] = "no-store"
    return response
