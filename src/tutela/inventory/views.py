"""The desk's pages: the inventory beside what is really here, and what was found in free text."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from tutela.inventory import actions, reports
from tutela.inventory.wording import COUNTED, KINDS, OUTCOMES
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.policy.wording import EVENTS
from tutela.web.pages import STAFF, Drawer, Menu, PageRequest, page, page_url, show


@page(
    "desk/<operator>/inventory/",
    name="inventory",
    audience=STAFF,
    permission="inventory.read",
    menu=Menu(_("Inventory"), 55, drawer=Drawer.REGISTERS),
)
def inventory(request: PageRequest) -> HttpResponseBase:
    """What the policy declares, what lies here of it, and what no purpose has used for long."""
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    found = reports.report(visit.operator_id)
    counted = actions.counted(visit.operator_id)
    context = {
        "lines": [_line(policy, each, visit.language) for each in found.lines],
        "unused": [_title(each.field.title, visit.language) for each in found.lines if each.unused],
        "idle": sum(each.idle for each in found.lines),
        "undeclared": sum(found.undeclared.values()),
        "since": found.since,
        "counted": [
            (COUNTED[what], _point(policy, point, visit.language), times)
            for what, points in counted.items()
            for point, times in points.items()
        ],
        "waiting": len(actions.findings(visit.operator_id, waiting=True)),
    }
    return show(request, "inventory/inventory.html", context)


def _line(policy: Policy, line: reports.Line, language: str) -> dict[str, object]:
    return {
        "title": _title(line.field.title, language),
        "category": _title(policy.categories[line.category].title, language),
        "technical": line.technical,
        "purposes": [_title(policy.purposes[slug].title, language) for slug in line.purposes],
        "points": [_point(policy, slug, language) for slug in line.points],
        "terms": [
            (each.term.words(language), EVENTS.get(each.event, each.event), each.clauses[:1])
            for each in line.terms[:3]
        ],
        "held": line.held,
        "used_at": line.used_at,
        "unused": line.unused,
        "idle": 0 if line.unused else line.idle,
        "idle_since": line.idle_since,
    }


def _title(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or next(iter(words.values()), "")


def _point(policy: Policy, slug: str, language: str) -> str:
    return _title(policy.points[slug].title, language) if slug in policy.points else slug


@page(
    "desk/<operator>/inventory/found/",
    name="special-found",
    audience=STAFF,
    permission="inventory.read",
    under="inventory",
)
def special_found(request: PageRequest) -> HttpResponseBase:
    """Free texts that may tell of what has no place here; each waits for a person's word."""
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    rows = actions.findings(visit.operator_id)
    context = {
        "rows": [
            {
                "row": each,
                "field": _title(policy.fields[each.field].title, visit.language)
                if each.field in policy.fields
                else each.field,
                "kinds": ", ".join(str(KINDS[kind]) for kind in each.kinds),
                "number": each.subject.hex[-6:],
                "outcome": OUTCOMES.get(each.outcome, ""),
            }
            for each in rows
        ],
        "waiting": sum(each.decided_at is None for each in rows),
        "may_decide": visit.may("inventory.manage"),
        "outcomes": OUTCOMES.items(),
    }
    return show(request, "inventory/found.html", context)


@page(
    "desk/<operator>/inventory/found/<uuid:finding>/",
    name="special-decide",
    audience=STAFF,
    permission="inventory.manage",
    under="inventory",
    methods=("POST",),
    recent=True,
)
def special_decide(request: PageRequest, finding: UUID) -> HttpResponseBase:
    visit = request.visit
    actions.decide(visit.operator_id, finding, request.POST.get("outcome", ""), visit.actor)
    return HttpResponseRedirect(page_url(request, "special-found"))
