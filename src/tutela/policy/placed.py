"""Pages about where versions stand and what is to come, and about where one can complain."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from tutela.core import clock
from tutela.policy import actions, postings, scheduling
from tutela.policy.entries import REASONS
from tutela.policy.versions import VersionRow
from tutela.web.pages import STAFF, Drawer, Menu, PageRequest, page, page_url, show

MANAGE = "versions.manage"


@page("<operator>/complain/", name="complain", under="policy")
def complain(request: PageRequest) -> HttpResponse:
    """Where one can complain: to the operator, to the authority, to a court (GDPR 13(2)(d))."""
    policy = actions.in_force(request.visit.operator_id)
    return show(request, "policy/complain.html", {"policy": policy})


@page(
    "desk/<operator>/versions/",
    name="desk-versions",
    audience=STAFF,
    permission="versions.read",
    menu=Menu(_("Versions"), 38, drawer=Drawer.POLICY),
)
def desk_versions(request: PageRequest) -> HttpResponse:
    """What is to come, and which version is in force in each product and on each site."""
    visit = request.visit
    context = {
        "current": actions.in_force(visit.operator_id),
        "waiting": scheduling.waiting(visit.operator_id),
        "coming": coming(actions.versions(visit.operator_id)),
        "places": postings.places(visit.operator_id),
        "reasons": REASONS.items(),
        "manages": visit.may(MANAGE),
    }
    return show(request, "policy/desk_versions.html", context)


def coming(rows: list[VersionRow]) -> list[VersionRow]:
    """Versions that were published and take force later, the next one first."""
    now = clock.now()
    return [row for row in reversed(rows) if row.effective_from > now and not row.cancelled_at]


@page(
    "desk/<operator>/versions/<int:number>/cancel/",
    name="desk-version-cancel",
    audience=STAFF,
    permission=MANAGE,
    under="desk-versions",
    methods=("POST",),
    recent=True,
)
def desk_version_cancel(request: PageRequest, number: int) -> HttpResponse:
    visit = request.visit
    scheduling.cancel(visit.operator_id, number, request.POST.get("reason", ""), by=visit.actor)
    return HttpResponseRedirect(page_url(request, "desk-versions"))


@page(
    "desk/<operator>/versions/<int:number>/post/",
    name="desk-version-post",
    audience=STAFF,
    permission=MANAGE,
    under="desk-versions",
    methods=("POST",),
    recent=True,
)
def desk_version_post(request: PageRequest, number: int) -> HttpResponse:
    """Somebody has put the version into the product, and says so; from now on it is in force there
    (003 12.3)."""
    visit = request.visit
    postings.post(visit.operator_id, request.POST.get("place", ""), number, by=visit.actor)
    return HttpResponseRedirect(page_url(request, "desk-versions"))
