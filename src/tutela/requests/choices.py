"""What somebody chooses before they sign in: their own page, and nobody is asked who they are."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tutela.consent import visiting
from tutela.consent.errors import NotOffered
from tutela.identity import visitors
from tutela.identity.limits import QUARTER, Limit
from tutela.web.access import forget_visitor, keep_visitor, visitor_token
from tutela.web.pages import PageRequest, page, page_url, show
from tutela.web.source import source_of

CHOICES_PER_SOURCE = Limit("choices-per-source", 60, QUARTER, shared=6000)
"""Choices that one network address may make; each is a row and an entry."""
ANSWERS = {"yes": True, "no": False}


@page("<operator>/choices/", name="choices", methods=("GET", "POST"), private=True)
def choices(request: PageRequest) -> HttpResponseBase:
    """See and change what this browser chose (004 2.7; GDPR article 7(3)). Looking sets nothing;
    the answer to a choice gives the browser a number made by chance, by which it is known again."""
    visit = request.visit
    visitor = _visitor(request)
    if request.method != "POST":
        found = visiting.offered(visit.operator_id, visitor, visit.language)
        context = {
            "choices": found,
            "chosen": any(each.agreed is not None for each in found),
            "days": visitors.LASTS.days,
        }
        return show(request, "requests/choices.html", context)
    response = HttpResponseRedirect(page_url(request, "choices"))
    if "forget" in request.POST:
        _forget(request, response, visitor)
    else:
        _choose(request, response, visitor)
    return response


def _visitor(request: PageRequest) -> UUID | None:
    operator = request.visit.operator
    token = visitor_token(request, operator) if operator else ""
    return visitors.known(request.visit.operator_id, token) if token else None


def _choose(request: PageRequest, response: HttpResponseBase, visitor: UUID | None) -> None:
    visit, token = request.visit, ""
    answer = ANSWERS.get(request.POST.get("answer", ""))
    if answer is None:
        raise NotOffered(_("Choose one of the two answers."))
    CHOICES_PER_SOURCE.demand(visit.operator_id, source_of(request))
    if visitor is None:
        visitor, token = visitors.make(visit.operator_id)
    visiting.choose(
        visit.operator_id,
        visitor,
        request.POST.get("purpose", ""),
        agreed=answer,
        language=visit.language,
        shown=request.POST.get("words", ""),
    )
    if token and visit.operator is not None:
        keep_visitor(response, visit.operator, token, int(visitors.LASTS.total_seconds()))


def _forget(request: PageRequest, response: HttpResponseBase, visitor: UUID | None) -> None:
    if visitor is not None:
        visiting.drop(request.visit.operator_id, visitor)
    if request.visit.operator is not None:
        forget_visitor(response, request.visit.operator)
