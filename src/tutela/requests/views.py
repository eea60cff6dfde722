"""Public pages: the hosted forms, signing in by a mail link, receipts and acts."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tutela.core.errors import NotFound
from tutela.identity import actions as identity
from tutela.identity import limits
from tutela.inventory import actions as inventory
from tutela.journal import actions as journal
from tutela.notices import actions as notices
from tutela.policy import closing, postings
from tutela.requests import actions, acts, letters, origins, reading, sign_ins, turning_away
from tutela.requests.entering import enter
from tutela.requests.forms import AddressForm, PointForm
from tutela.requests.notices import notice
from tutela.retention import actions as retention
from tutela.web.access import next_path
from tutela.web.pages import PageRequest, page, page_url, show
from tutela.web.source import source_of


@page("<operator>/forms/<slug:point>/", name="form", methods=("GET", "POST"))
def form(request: PageRequest, point: str) -> HttpResponseBase:
    visit = request.visit
    closing.demand_open(visit.operator_id)
    policy = postings.in_force_at(visit.operator_id, point)
    declared = actions.collection_point(policy, point)
    if declared.is_among_people:
        raise NotFound(
            _("Here people write to each other. Sign in, and follow the address you were given.")
        )
    came_from = origins.site(request)
    data = request.POST if request.method == "POST" else None
    if data is not None and "decline" in data:
        actions.decline(visit.operator_id, point, language=visit.language)
        url = page_url(request, "form-declined", point=point)
        return HttpResponseRedirect(origins.passed_on(url, came_from))
    today = actions.today_of(policy)
    filled = PointForm(policy, declared, visit.language, today, data, files=request.FILES)
    shown = notices.keep_notice(visit.operator_id, policy, declared, visit.language)
    read = request.POST.get("notice", "")
    other = bool(read) and read != shown
    if data is not None and not other and filled.is_valid():
        assert visit.submission is not None  # noqa: S101 - the kit makes one for every POST
        receipt = actions.submit(
            visit.operator_id,
            point,
            language=visit.language,
            values=filled.typed,
            accepted=filled.accepted,
            idempotency=filled.named(visit.submission.hex),
            files=filled.files_taken,
            notice=read,
        )
        if not receipt.repeated:
            inventory.dropped(visit.operator_id, point, filled.excess)
        url = page_url(request, "receipt", token=receipt.token)
        return HttpResponseRedirect(origins.passed_on(url, came_from))
    if data is not None:
        turning_away.count(visit.operator_id, point, filled.problems)
    context = {
        "form": filled,
        "point": declared,
        "policy": policy,
        "notice": notice(policy, declared, visit.language),
        "shown": shown,
        "other": other,
        "warnings": notices.warnings_at(policy, declared, visit.language),
        "site": came_from,
    }
    status = 409 if other else 422 if data is not None else 200
    return show(request, "requests/form.html", context, status=status)


@page("<operator>/forms/<slug:point>/declined/", name="form-declined")
def form_declined(request: PageRequest, point: str) -> HttpResponseBase:
    policy = postings.in_force_at(request.visit.operator_id, point)
    declared = actions.collection_point(policy, point)
    context = {"point": declared, "policy": policy, "site": origins.site(request)}
    return show(request, "requests/declined.html", context)


@page("<operator>/sign-in/", name="sign-in", methods=("GET", "POST"), under="my-data")
def sign_in(request: PageRequest) -> HttpResponseBase:
    data = request.POST if request.method == "POST" else None
    address = AddressForm(data, auto_id="%s")
    if data is not None and address.is_valid():
        sign_ins.ask(
            request.visit.operator_id,
            address.cleaned_data["email"],
            language=request.visit.language,
            source=source_of(request),
        )
        return HttpResponseRedirect(page_url(request, "sign-in-sent"))
    status = 422 if data is not None else 200
    return show(request, "requests/sign_in.html", {"form": address}, status=status)


@page("<operator>/sign-in/sent/", name="sign-in-sent", under="my-data")
def sign_in_sent(request: PageRequest) -> HttpResponseBase:
    return show(request, "requests/sign_in_sent.html")


@page(
    "<operator>/sign-in/open/<str:token>/",
    name="sign-in-open",
    methods=("GET", "POST"),
    private=True,
)
def sign_in_open(request: PageRequest, token: str) -> HttpResponseBase:
    """Opening the link shows a button; only pressing it uses the link up, so that a mail
    program that looks at links beforehand does not spend it."""
    if request.method != "POST":
        return show(request, "requests/sign_in_open.html")
    visit = request.visit
    session = identity.redeem(visit.operator_id, token)
    if session is None or visit.operator is None:
        limits.OPENINGS_PER_SOURCE.demand(visit.operator_id, source_of(request))
        identity.note_failed_sign_in(visit.operator_id)
        return show(request, "requests/sign_in_spent.html", status=410)
    response = HttpResponseRedirect(next_path(request) or page_url(request, "my-data"))
    enter(request, response, session)
    return response


@page("<operator>/receipt/<str:token>/", name="receipt", private=True)
def receipt(request: PageRequest, token: str) -> HttpResponseBase:
    about = letters.read_receipt(token)
    found = reading.request_about(request.visit.operator_id, about, request.visit.language)
    if found is None:
        raise NotFound(_("This receipt belongs to another operator. Check the address."))
    context = {"request_": found, "site": origins.site(request)}
    return show(request, "requests/receipt.html", context)


@page("<operator>/acts/<uuid:act>/", name="act")
def act(request: PageRequest, act: UUID) -> HttpResponseBase:
    operator_id = request.visit.operator_id
    row = retention.act(operator_id, act)
    context = {
        "act": acts.shown(row),
        "paper": retention.act_document(operator_id, act, request.visit.language),
        "verifies": acts.genuine(operator_id, row),
        "key": journal.public_key(operator_id),
    }
    return show(request, "requests/act.html", context)


@page("<operator>/acts/<uuid:act>/pdf/", name="act-pdf")
def act_pdf(request: PageRequest, act: UUID) -> HttpResponseBase:
    body = retention.act_pdf(request.visit.operator_id, act, request.visit.language)
    return _download(body, "application/pdf", f"act-{act}.pdf")


@page("<operator>/acts/<uuid:act>/json/", name="act-json")
def act_json(request: PageRequest, act: UUID) -> HttpResponseBase:
    row = retention.act(request.visit.operator_id, act)
    body = json.dumps(row.envelope, ensure_ascii=False, indent=2).encode()
    return _download(body, "application/json", f"act-{act}.json")


def _download(body: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
