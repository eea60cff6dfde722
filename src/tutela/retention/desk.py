"""The desk's register of acts."""

from __future__ import annotations

import json
from datetime import MAXYEAR, UTC, datetime
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.retention import registers
from tutela.retention.acts import Kind
from tutela.retention.registers import Case
from tutela.web.components import Bar
from tutela.web.pages import STAFF, PageRequest, page, show

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
    year, run = _year(request.GET.get("year", "")), _run(request.GET.get("run", ""))
    since, until = _period(year)
    said = registers.report(visit.operator_id, since, until)
    rows = registers.lines(visit.operator_id, visit.language, year=year, run=run, limit=SHOWN)
    context = {
        "lines": [(each, TITLES[Kind(each.kind)]) for each in rows],
        "years": known,
        "year": year,
        "run": run,
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


def _run(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound(_("Open the acts from the page of the sets.")) from None


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
