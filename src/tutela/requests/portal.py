"""The subject's own pages: what is held, what was agreed, who received it, what was asked."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from tutela.consent import actions as consent
from tutela.consent import choosing
from tutela.consent.rules import purpose_of
from tutela.consent.wording import title_of
from tutela.core.vocabulary import Right
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.notices import actions as notices
from tutela.policy import actions as policies
from tutela.requests import actions, asking, attaching, packaging, reading
from tutela.requests.held import holdings
from tutela.requests.limited import switched_off
from tutela.requests.proving import proven
from tutela.web.access import forget_subject, subject_token
from tutela.web.components import Pager
from tutela.web.pages import Audience, Drawer, Menu, PageRequest, page, page_url, show

__all__ = ["asking", "packaging"]
PER_PAGE = 50
_DIGITS = 19
"""A number of fewer digits is one the database can compare."""
TO_ASK = frozenset({"claim", "letter"})
"""Kinds of collection points by which a person asks for something."""


@page(
    "<operator>/my/",
    name="my-data",
    audience=Audience.SUBJECT,
    menu=Menu(_("What is held"), 10, drawer=Drawer.MINE),
)
@proven(Right.ACCESS)
def my_data(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    if notices.asked(visit.operator_id, visit.subject_id) is not None:
        return HttpResponseRedirect(page_url(request, "new-version"))
    held = holdings(visit.operator_id, visit.subject_id, visit.language)
    asked = reading.requests_of(visit.operator_id, visit.subject_id, visit.language)
    latest = next((each for each in asked if each.promises), None)
    return show(request, "requests/my_data.html", {"held": held, "latest": latest})


@page(
    "<operator>/my/files/<uuid:record>/<slug:field>/",
    name="my-file",
    audience=Audience.SUBJECT,
    methods=("POST",),
    under="my-data",
)
def my_file(request: PageRequest, record: UUID, field: str) -> HttpResponseBase:
    """A file of one's own, to be kept on one's device."""
    visit = request.visit
    return attaching.served(
        visit.operator_id,
        visit.subject_id,
        record,
        field,
        actor=visit.actor,
        purpose="subject-rights",
    )


@page(
    "<operator>/my/consents/",
    name="my-consents",
    audience=Audience.SUBJECT,
    menu=Menu(_("My consents"), 20, drawer=Drawer.AGREED),
)
def my_consents(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    agreed = reading.consents(visit.operator_id, visit.subject_id, visit.language)
    context = {
        "consents": agreed,
        "live": any(each.state == "given" for each in agreed),
        "off": switched_off(visit.operator_id, visit.subject_id, visit.language),
        "offers": choosing.offers(visit.operator_id, visit.subject_id, visit.language),
    }
    return show(request, "requests/my_consents.html", context)


@page(
    "<operator>/my/withdraw/",
    name="withdraw",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    under="my-consents",
)
@proven(Right.WITHDRAWAL)
def withdraw(request: PageRequest) -> HttpResponseBase:
    """Ask once what is about to happen, then do it. No purpose named means every consent; one
    that is named and no longer live never widens to all of them."""
    visit = request.visit
    live = consent.live(visit.operator_id, visit.subject_id)
    named = request.POST.get("purpose") or request.GET.get("purpose") or ""
    chosen = [named] if named else None
    if request.method == "POST":
        receipt = actions.withdraw(
            visit.operator_id, visit.subject_id, chosen, language=visit.language
        )
        return HttpResponseRedirect(page_url(request, "receipt", token=receipt.token))
    policy = policies.in_force(visit.operator_id)
    context = {
        "purpose": named,
        "titles": [
            title_of(policy, slug, visit.language)
            for slug in live
            if not named or named in {slug, purpose_of(slug)}
        ],
        "promises": [
            {"term": each.term.words(visit.language), "clause": next(iter(each.clauses), "")}
            for each in policy.promises_on("consent.withdrawn")
            if each.outcome == "destroy"
        ],
    }
    return show(request, "requests/withdraw.html", context)


@page(
    "<operator>/my/recipients/",
    name="my-recipients",
    audience=Audience.SUBJECT,
    menu=Menu(_("Who received it"), 17, drawer=Drawer.MINE),
)
def my_recipients(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    context = {
        "given": reading.disclosures(visit.operator_id, visit.subject_id, visit.language),
        "possible": reading.possible_recipients(visit.operator_id, visit.subject_id),
    }
    return show(request, "requests/my_recipients.html", context)


@page(
    "<operator>/my/requests/",
    name="my-requests",
    audience=Audience.SUBJECT,
    menu=Menu(_("My requests"), 30, drawer=Drawer.ASKED),
)
def my_requests(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    asked = reading.requests_of(visit.operator_id, visit.subject_id, visit.language)
    points = policies.in_force(visit.operator_id).points.values()
    context = {
        "requests": asked,
        "points": [each for each in points if each.kind in TO_ASK],
    }
    return show(request, "requests/my_requests.html", context)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _DIGITS else None


@page(
    "<operator>/my/history/",
    name="my-history",
    audience=Audience.SUBJECT,
    menu=Menu(_("What happened"), 18, drawer=Drawer.MINE),
)
def my_history(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    before = request.GET.get("before", "")
    found = journal.search(
        visit.operator_id,
        journal.Filter(subject=visit.subject_id),
        before=_number(before),
        limit=PER_PAGE,
    )
    here = page_url(request, "my-history")
    context = {
        "entries": [
            (row, journal.wording(row, visit.language), journal.by_whom(row, visit.language))
            for row in found.rows
        ],
        "pager": Pager(
            newer_url=here if before else "",
            older_url=f"{here}?before={found.before}" if found.before is not None else "",
        ),
    }
    return show(request, "requests/my_history.html", context)


@page("<operator>/my/sign-out/", name="sign-out", audience=Audience.SUBJECT, methods=("POST",))
def sign_out(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    response = HttpResponseRedirect(page_url(request, "sign-in"))
    if visit.operator is not None:
        identity.end_session(visit.operator_id, subject_token(request, visit.operator))
        forget_subject(response, visit.operator)
    return response
