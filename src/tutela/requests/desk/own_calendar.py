"""The due dates in the officer’s own calendar: making the secret address and ending it."""

from __future__ import annotations

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from tutela.core.errors import NotFound
from tutela.requests import feeding
from tutela.web.pages import STAFF, PageRequest, page, page_url, show


@page(
    "desk/<operator>/requests/calendar/own/",
    name="requests-own-calendar",
    audience=STAFF,
    permission="request.read",
    under="requests",
    methods=("GET", "POST"),
)
def own_calendar(request: PageRequest) -> HttpResponseBase:
    """Shown once when it is made: only its hash is kept."""
    visit = request.visit
    secret = ""
    if request.method == "POST":
        asked = request.POST.get("do", "")
        if asked not in {"make", "end"}:
            raise NotFound(_("Choose one of the buttons on the page."))
        if asked == "end":
            feeding.end_address(visit.operator_id, by=visit.actor)
            return HttpResponseRedirect(page_url(request, "requests-own-calendar"))
        secret = feeding.make_address(visit.operator_id, visit.language, by=visit.actor)
    address = ""
    if secret and visit.operator is not None:
        place = reverse("desk-calendar", kwargs={"operator": visit.operator.slug, "secret": secret})
        address = request.build_absolute_uri(place)
    context = {"address": address, "known": feeding.address_of(visit.operator_id, visit.actor.id)}
    return show(request, "requests/own_calendar.html", context)
