"""The desk's register of acts, and the purge that staff ask for."""

from __future__ import annotations

import json
from datetime import MAXYEAR, UTC, datetime
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.identity.staff import actions as staff
from tutela.policy import actions as policies
from tutela.retention import forecasting, purges, registers, showing
from tutela.retention.acts import Kind
from tutela.retention.errors import WrongPurge
from tutela.retention.registers import Case
from tutela.retention.wording import PURGE_REASONS
from tutela.web.components import Bar, Part
from tutela.web.pages import STAFF, PageRequest, page, page_url, show

SHOWN = 200
"""So many acts the page lists; the exports hold all of them."""

TITLES = {
    Kind.DESTRUCTION: gettext_lazy("everything destroyed"),
    Kind.PARTIAL: gettext_lazy("a part destroyed"),
    Kind.IMPOSSIBILITY: gettext_lazy("impossible in its term"),
    Kind.ANONYMISATION: gettext_lazy("anonymised"),
    Kind.PROCESSORS: gettext_lazy("destroyed by the processors too"),
}


@page(
    "desk/<operator>/ending/acts/",
    name="acts",
    audience=STAFF,
    permission="ending.read",
    under="ending",
)
def acts(request: PageRequest) -> HttpResponseBase:
    """Every act, the newest first, with figures of the year that is chosen."""
    visit = request.visit
    known = registers.years(visit.operator_id)
    year, run = _year(request.GET.get("year", "")), _named(request.GET.get("run", ""))
    asked = _named(request.GET.get("purge", ""))
    made = purges.span_of(purges.purge(visit.operator_id, asked)) if asked else None
    since, until = _period(year)
    said = registers.report(visit.operator_id, since, until)
    rows = registers.lines(
        visit.operator_id, visit.language, year=year, run=run, made=made, limit=SHOWN
    )
    context = {
        "lines": [(each, TITLES[Kind(each.kind)]) for each in rows],
        "years": known,
        "year": year,
        "run": run,
        "purge": asked,
        "report": said,
        "bars": [
            Bar(TITLES[Kind.DESTRUCTION], said["erased_whole"], state="kept"),
            Bar(TITLES[Kind.PARTIAL], said["erased_in_part"], state="kept"),
            Bar(TITLES[Kind.ANONYMISATION], said["anonymised"], state="kept"),
            Bar(TITLES[Kind.IMPOSSIBILITY], said["impossible_in_term"], state="at-risk"),
            Bar(_("too late"), said["too_late"], state="late"),
        ],
    }
    return show(request, "retention/acts.html", context)


def _year(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == len("2024")):
        raise NotFound(_("Write the year as four digits, or leave it out."))
    return max(1, int(text))


def _named(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound(
            _("There are no such acts. Open them from the page they are linked on.")
        ) from None


def _period(year: int | None) -> tuple[datetime, datetime]:
    if year is None or year >= MAXYEAR:
        return datetime(1970, 1, 1, tzinfo=UTC), clock.now()
    return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)


@page(
    "desk/<operator>/ending/acts/export/",
    name="acts-export",
    audience=STAFF,
    permission="ending.read",
    under="ending",
    methods=("POST",),
)
def acts_export(request: PageRequest) -> HttpResponseBase:
    """The register as a table for a spreadsheet, or the report of erasures."""
    visit, what = request.visit, request.POST.get("what", "")
    year = _year(request.POST.get("year", ""))
    name = f"acts-{year}" if year else "acts"
    if what == "report":
        said = registers.report(visit.operator_id, *_period(year))
        body = json.dumps(said, ensure_ascii=False, indent=2).encode()
        return _download(body, "application/json", f"{name}-report.json")
    if what not in set(Case):
        raise NotFound(_("Choose what the register is for."))
    text = registers.export(visit.operator_id, visit.language, Case(what), year=year)
    return _download(text.encode("utf-8-sig"), "text/csv; charset=utf-8", f"{name}-{what}.csv")


def _download(body: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


MANAGE = "ending.manage"
STEPS = {
    "asked": (gettext_lazy("waits for a second person"), "open"),
    "going": (gettext_lazy("is carried out"), "soon"),
    "ended": (gettext_lazy("done"), "kept"),
    "cancelled": (gettext_lazy("taken back"), "archived"),
}


def _purge_shown(request: PageRequest, row: purges.PurgeRow) -> dict[str, object]:
    names = {str(each.id): each.name for each in staff.members(request.visit.operator_id)}
    words, tone = STEPS[row.step]
    return {
        "row": row,
        "reason": PURGE_REASONS[row.reason],
        "words": words,
        "tone": tone,
        "asked_by": names.get(row.asked_by, row.asked_by),
        "agreed_by": names.get(row.agreed_by, row.agreed_by),
        "decides": row.step == "asked",
        "parts": [
            Part("discharged", row.acts, _("acts made")),
            Part("soon", max(0, row.people - row.acts) if row.step == "going" else 0, _("ahead")),
            Part("at-risk", row.left, _("tried again later")),
        ],
    }


@page(
    "desk/<operator>/ending/purge/",
    name="purge",
    audience=STAFF,
    permission="ending.read",
    under="ending",
)
def purge(request: PageRequest) -> HttpResponseBase:
    """What a purge would do now, the button that asks for it, and the purges there were."""
    visit, now = request.visit, clock.now()
    policy = policies.in_force(visit.operator_id)
    dry = forecasting.dry_run(visit.operator_id, now)
    rows = [_purge_shown(request, each) for each in purges.purges(visit.operator_id)]
    context = {
        "dry": dry,
        "lines": showing.planned(policy, dry.lines, visit.language),
        "purges": rows,
        "open": any(each["row"].step in {"asked", "going"} for each in rows),  # type: ignore[attr-defined]
        "reasons": PURGE_REASONS.items(),
        "two": purges.two_people(visit.operator_id),
        "manages": visit.may(MANAGE),
    }
    return show(request, "retention/purge.html", context)


@page(
    "desk/<operator>/ending/purge/step/",
    name="purge-step",
    audience=STAFF,
    permission=MANAGE,
    under="ending",
    methods=("POST",),
    recent=True,
)
def purge_step(request: PageRequest) -> HttpResponseBase:
    """Ask for a purge, agree to one, or call it off; the worker carries it out."""
    visit, sent = request.visit, request.POST
    about = _named(sent.get("purge", ""))
    match sent.get("step", ""), about:
        case "ask", _:
            purges.ask(visit.operator_id, sent.get("reason", ""), by=visit.actor)
        case "agree", UUID():
            purges.agree(visit.operator_id, about, by=visit.actor)
        case "cancel", UUID():
            purges.cancel(visit.operator_id, about, by=visit.actor)
        case _:
            raise WrongPurge(_("Press one of the buttons on the page of the purge."))
    return HttpResponseRedirect(page_url(request, "purge"))
