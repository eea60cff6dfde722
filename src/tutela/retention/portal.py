"""A person's own page about when their data ends."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from tutela.retention import showing
from tutela.web.pages import Audience, Drawer, Menu, PageRequest, page, show


@page(
    "<operator>/my/ending/",
    name="my-ending",
    audience=Audience.SUBJECT,
    menu=Menu(_("When it ends"), 15, drawer=Drawer.MINE),
)
def my_ending(request: PageRequest) -> HttpResponseBase:
    """Each record with its last day, the rule and the clause behind it, and what may keep it."""
    visit = request.visit
    found = showing.records(visit.operator_id, visit.subject_id, visit.language)
    return show(request, "retention/my_ending.html", {"records": found})
