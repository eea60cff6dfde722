"""The desk's page about visits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.policy import actions as policies
from tutela.requests.reading import words
from tutela.stats import actions, rules
from tutela.stats.actions import Series
from tutela.stats.wording import DEVICES, PAGES
from tutela.web import dates
from tutela.web.components import Bar
from tutela.web.pages import STAFF, Drawer, Menu, PageRequest, page, show


@page(
    "desk/<operator>/visits/",
    name="visits",
    audience=STAFF,
    permission="visits.read",
    menu=Menu(gettext_lazy("Visits"), 48, drawer=Drawer.PROOF),
)
def visits(request: PageRequest) -> HttpResponseBase:
    """How a site is used, by figures that lead to nobody."""
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    said = rules.terms_of(policy)
    if said is None:
        return show(request, "stats/visits.html", {"report": None})
    report = actions.report(visit.operator_id)
    by_week = {day: dates.short_day(date.fromisoformat(day)) for day in report.weeks.figures}
    context = {
        "report": report,
        "purpose": words(policy.purposes[said.purpose].title, visit.language),
        "weeks": _bars(report.weeks, by_week),
        "pages": _bars(report.pages, PAGES),
        "devices": _bars(report.devices, DEVICES),
    }
    return show(request, "stats/visits.html", context)


def _bars(series: Series, titles: Mapping[str, Any]) -> list[Bar]:
    few = _("not told: too small, or it would tell a small one")
    return [
        Bar(titles.get(name, name), figure or 0, few if figure is None else "")
        for name, figure in series.figures.items()
    ]
