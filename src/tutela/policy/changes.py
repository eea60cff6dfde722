"""Pages about versions: what changed between two of them, and each version as a paper."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import gettext as _

from tutela.core.errors import NotFound
from tutela.policy import actions, differences
from tutela.policy.actions import VersionRow
from tutela.policy.model import Policy
from tutela.policy.papers import version_pdf
from tutela.web.pages import PageRequest, page, show

_LONGEST_NUMBER = 6


@page("<operator>/policy/changes/", name="policy-changes", under="policy")
def changes(request: PageRequest) -> HttpResponse:
    """What changed from ``?since=`` (a version, or a day on which it was in force) to the version
    in force or ``?to=``. The reader says it in the address; nothing about a reader is kept."""
    operator = request.visit.operator_id
    rows = actions.versions(operator)
    current = actions.in_force(operator)
    later = _named(rows, request.GET.get("to", "")) or _row(rows, current.number)
    since = request.GET.get("since", "").strip()
    earlier = _since(rows, since, current) if since else _before(rows, later)
    context: dict[str, Any] = {"later": later, "earlier": earlier, "rows": rows, "since": since}
    if earlier is not None:
        old, new = (actions.version(operator, each.number) for each in (earlier, later))
        context["found"] = differences.between(old, new, request.visit.language)
        context["sentences"] = differences.sentences(old, new, request.visit.language)
        context["terms"] = differences.terms(old, new, request.visit.language)
    return show(request, "policy/changes.html", context)


@page("<operator>/policy/v/<int:number>/pdf/", name="policy-pdf", under="policy")
def version_as_pdf(request: PageRequest, number: int) -> HttpResponse:
    """The whole text of one version as PDF/A, with the fingerprint it was published under."""
    operator = request.visit.operator_id
    row = _row(actions.versions(operator), number)
    policy = actions.version(operator, row.number)
    body = version_pdf(policy, row, request.visit.language)
    answer = HttpResponse(body, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="policy-{row.number}.pdf"'
    return answer


def _row(rows: list[VersionRow], number: int) -> VersionRow:
    for row in rows:
        if row.number == number:
            return row
    raise NotFound(_("There is no such version. All versions are listed in the archive."))


def _named(rows: list[VersionRow], text: str) -> VersionRow | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise NotFound(_("There is no such version. All versions are listed in the archive."))
    return _row(rows, int(text))


def _since(rows: list[VersionRow], text: str, current: Policy) -> VersionRow:
    """A version by its number, or the one in force at the end of a day; the first one before."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        found = _named(rows, text)
        if found is None:  # pragma: no cover - an empty text never comes here
            raise NotFound from None
        return found
    zone = ZoneInfo(current.operator.time_zone)
    moment = datetime.combine(day, time.max, zone)
    posted = [row for row in rows if row.effective_from <= moment]
    return posted[0] if posted else rows[-1]


def _before(rows: list[VersionRow], later: VersionRow) -> VersionRow | None:
    return next((row for row in rows if row.number < later.number), None)
