"""The person's page about where they are."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase

from tutela.core.vocabulary import Action, Actor, LawPurpose, Right
from tutela.gate.rules import Operation
from tutela.geo import actions, rules
from tutela.geo.errors import NoPermission
from tutela.policy import actions as policies
from tutela.requests.errors import Incomplete
from tutela.requests.intake import permit
from tutela.requests.proving import proven
from tutela.requests.reading import words
from tutela.vault import actions as vault
from tutela.web.pages import Audience, PageRequest, page, page_url, show


@page(
    "<operator>/my/location/",
    name="my-location",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    under="my-account",
)
@proven(Right.ACCESS)
def my_location(request: PageRequest) -> HttpResponseBase:
    """What is kept of where the person is, an address typed instead, and its removal."""
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    said = rules.terms_of(policy)
    if said is None:
        return show(request, "geo/mine.html", {"terms": None})
    problem = ""
    if request.method == "POST":
        try:
            with transaction.atomic():  # whoever agreed and gave no place has agreed to nothing yet
                _answer(request)
        except (Incomplete, NoPermission) as error:
            error.afterwards()
            problem = error.problems[0].message if isinstance(error, Incomplete) else str(error)
        else:
            return HttpResponseRedirect(page_url(request, "my-location"))
    purpose = policy.purposes[said.purpose]
    context: dict[str, Any] = {
        "terms": said,
        "place": actions.place(visit.operator_id, visit.subject_id),
        "purpose": words(purpose.title, visit.language),
        "sentence": words(purpose.consent_text, visit.language),
        "held": _held(request, visit.actor),
        "problem": problem,
        "typed": request.POST.get("address", ""),
        "ticked": "agree" in request.POST,
    }
    return show(request, "geo/mine.html", context, status=422 if problem else 200)


def _answer(request: PageRequest) -> None:
    visit, data = request.visit, request.POST
    if data.get("do") == "remove":
        actions.remove(visit.operator_id, visit.subject_id, actor=visit.actor)
        return
    if data.get("agree"):
        actions.permit_it(
            visit.operator_id, visit.subject_id, language=visit.language, actor=visit.actor
        )
    actions.keep_address(
        visit.operator_id, visit.subject_id, data.get("address", ""), actor=visit.actor
    )


def _held(request: PageRequest, actor: Actor) -> list[str]:
    visit = request.visit
    said = actions.terms(visit.operator_id)
    leave = permit(
        Operation(
            operator=visit.operator_id,
            subject=visit.subject_id,
            action=Action.EXTRACTION,
            purpose=LawPurpose.SUBJECT_RIGHTS,
            fields=frozenset({said.place, said.address}),
            actor=actor,
        )
    )
    return [each.value for each in vault.read(leave) if each.point == said.point]
