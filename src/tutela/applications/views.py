"""The desk's pages about applications: which there are, what they may do, and their keys."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from tutela.applications import actions, rules
from tutela.applications.actions import ApplicationRow
from tutela.applications.errors import ApplicationExists, WrongScope
from tutela.applications.forms import NewForm, RightsForm
from tutela.applications.wording import ACTIONS, FUNCTIONS, LAW_PURPOSES
from tutela.policy import actions as policies
from tutela.web.pages import STAFF, Drawer, Menu, PageRequest, page, page_url, show

MANAGE = "applications.manage"


@page(
    "desk/<operator>/applications/",
    name="applications",
    audience=STAFF,
    permission="applications.read",
    menu=Menu(_("Applications"), 80, drawer=Drawer.SETTINGS),
)
def applications(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    rows = actions.applications(visit.operator_id)
    context = {"rows": rows, "manages": visit.may(MANAGE)}
    return show(request, "applications/applications.html", context)


@page(
    "desk/<operator>/applications/new/",
    name="application-new",
    audience=STAFF,
    permission=MANAGE,
    under="applications",
    methods=("GET", "POST"),
    recent=True,
)
def application_new(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    data = request.POST if request.method == "POST" else None
    form = NewForm(policies.in_force(visit.operator_id), visit.language, data)
    if data is not None and form.is_valid():
        try:
            row = actions.add(
                visit.operator_id, form.cleaned_data["slug"], form.rights, by=visit.actor
            )
        except (ApplicationExists, WrongScope) as error:
            form.add_error("slug", str(error))
        else:
            return _issue(request, row, timedelta(0))
    status = 422 if data is not None else 200
    return show(request, "applications/rights.html", {"form": form}, status=status)


@page(
    "desk/<operator>/applications/<uuid:application>/",
    name="application",
    audience=STAFF,
    permission="applications.read",
    under="applications",
)
def application(request: PageRequest, application: UUID) -> HttpResponseBase:
    visit = request.visit
    row = actions.application(visit.operator_id, application)
    policy = policies.in_force(visit.operator_id)
    purposes = {
        slug: each.title.get(visit.language, slug) for slug, each in policy.purposes.items()
    }
    context = {
        "row": row,
        "manages": visit.may(MANAGE),
        "functions": [FUNCTIONS.get(each, each) for each in row.functions],
        "purposes": [purposes.get(each, LAW_PURPOSES.get(each, each)) for each in row.purposes],
        "actions": [ACTIONS.get(each, each) for each in row.actions],
    }
    return show(request, "applications/application.html", context)


@page(
    "desk/<operator>/applications/<uuid:application>/rights/",
    name="application-rights",
    audience=STAFF,
    permission=MANAGE,
    under="applications",
    methods=("GET", "POST"),
    recent=True,
)
def application_rights(request: PageRequest, application: UUID) -> HttpResponseBase:
    visit = request.visit
    row = actions.application(visit.operator_id, application)
    data = request.POST if request.method == "POST" else None
    form = RightsForm(policies.in_force(visit.operator_id), visit.language, data, row)
    if data is not None and form.is_valid():
        actions.change(visit.operator_id, application, form.rights, by=visit.actor)
        return _back(request, application)
    status = 422 if data is not None else 200
    return show(request, "applications/rights.html", {"form": form, "row": row}, status=status)


@page(
    "desk/<operator>/applications/<uuid:application>/key/",
    name="application-key",
    audience=STAFF,
    permission=MANAGE,
    under="applications",
    methods=("POST",),
    recent=True,
)
def application_key(request: PageRequest, application: UUID) -> HttpResponseBase:
    """A new key, shown on the answer itself and on no other page."""
    row = actions.application(request.visit.operator_id, application)
    return _issue(request, row, rules.OVERLAP)


def _issue(request: PageRequest, row: ApplicationRow, overlap: timedelta) -> HttpResponseBase:
    visit = request.visit
    key = actions.issue(
        visit.operator_id,
        row.id,
        overlap=overlap,
        submission=visit.submission_id,
        by=visit.actor,
    )
    return show(request, "applications/key.html", {"row": row, "key": key})


@page(
    "desk/<operator>/applications/<uuid:application>/revoke/",
    name="application-revoke",
    audience=STAFF,
    permission=MANAGE,
    under="applications",
    methods=("POST",),
    recent=True,
)
def application_revoke(request: PageRequest, application: UUID) -> HttpResponseBase:
    visit = request.visit
    chosen = request.POST.get("key", "")
    known = actions.application(visit.operator_id, application).keys
    if not chosen or any(each.prefix == chosen and each.works for each in known):
        actions.revoke(visit.operator_id, application, chosen, by=visit.actor)
    return _back(request, application)


def _back(request: PageRequest, application: UUID) -> HttpResponseBase:
    return HttpResponseRedirect(page_url(request, "application", application=application))
