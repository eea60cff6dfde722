"""The desk's pages about unusual access."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from tutela.detection import actions
from tutela.detection.actions import EventRow
from tutela.detection.wording import MEASURES, RULES, SEVERITIES
from tutela.journal import actions as journal
from tutela.journal.naming import ACTORS
from tutela.web.pages import STAFF, Drawer, Menu, PageRequest, page, page_url, show


def _shown(row: EventRow) -> dict[str, object]:
    return {
        "row": row,
        "what": RULES.get(row.rule, row.rule),  # type: ignore[call-overload]
        "severity": SEVERITIES.get(row.severity, row.severity),  # type: ignore[call-overload]
        "who": ACTORS.get(row.who_kind, row.who_kind),
        "number": row.who[-6:],
        "measure": MEASURES.get(row.measure, row.measure),
        "state": "discharged" if not row.open else _STATES.get(row.severity, "open"),
    }


_STATES = {"alarm": "late", "warning": "soon"}
"""The tone of an open event."""


@page(
    "desk/<operator>/unusual/",
    name="unusual",
    audience=STAFF,
    permission="unusual.read",
    menu=Menu(_("Unusual access"), 45, drawer=Drawer.PROOF),
)
def unusual(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    events = actions.events(visit.operator_id)
    context = {
        "events": [_shown(each) for each in events],
        "waiting": sum(each.open for each in events),
        "seen": actions.progress(visit.operator_id),
    }
    return show(request, "detection/unusual.html", context)


@page(
    "desk/<operator>/unusual/<uuid:event>/",
    name="unusual-event",
    audience=STAFF,
    permission="unusual.read",
    under="unusual",
)
def unusual_event(request: PageRequest, event: UUID) -> HttpResponseBase:
    visit = request.visit
    row = actions.event(visit.operator_id, event)
    behind = [journal.entry(visit.operator_id, each) for each in row.entries]
    context = {
        "event": _shown(row),
        "entries": [(each, journal.wording(each, visit.language)) for each in behind],
        "measures": MEASURES.items(),
        "may_settle": visit.may("unusual.manage"),
    }
    return show(request, "detection/event.html", context)


@page(
    "desk/<operator>/unusual/<uuid:event>/settle/",
    name="unusual-settle",
    audience=STAFF,
    permission="unusual.manage",
    under="unusual",
    methods=("POST",),
)
def unusual_settle(request: PageRequest, event: UUID) -> HttpResponseBase:
    visit = request.visit
    actions.settle(visit.operator_id, event, request.POST.get("measure", ""), visit.actor)
    return HttpResponseRedirect(page_url(request, "unusual"))
