"""How the work on requests goes, and what falls due on which day: pictures and a calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.requests import cases
from tutela.requests.forecasting import forecast, last_day
from tutela.requests.kinds import KINDS
from tutela.requests.models import Case
from tutela.requests.showing import Shown, shown, staff_names
from tutela.web import dates
from tutela.web.components import Bar, Part
from tutela.web.pages import STAFF, PageRequest, page, show

AHEAD = 500
YEAR = timedelta(days=365)


@page(
    "desk/<operator>/requests/figures/",
    name="requests-figures",
    audience=STAFF,
    permission="request.read",
    under="requests",
)
def figures(request: PageRequest) -> HttpResponseBase:
    """On time, median and by kind, over the last year; and the load of the coming days."""
    visit, now = request.visit, clock.now()
    ended = list(cases.listing(visit.operator_id, standing=False).filter(ended_at__gte=now - YEAR))
    waiting = list(cases.listing(visit.operator_id, standing=True))
    in_time = sum(each.ended_at < each.due_at for each in ended if each.ended_at)
    late = len(ended) - in_time
    context = {
        "ended": len(ended),
        "waiting": len(waiting),
        "in_time": in_time,
        "share": round(100 * in_time / len(ended)) if ended else None,
        "median": _days(ended),
        "parts": [
            Part("discharged", in_time, _("in time")),
            Part("late", late, _("too late")),
        ],
        "kinds": _by_kind([*ended, *waiting]),
        "medians": _medians(ended),
        "forecast": forecast(visit.operator_id, waiting),
    }
    return show(request, "requests/figures.html", context)


def _took(rows: Sequence[Case]) -> list[float]:
    return [
        (each.ended_at - each.received_at) / timedelta(days=1) for each in rows if each.ended_at
    ]


def _days(rows: Sequence[Case]) -> str:
    taken = _took(rows)
    return dates.decimal(median(taken)) if taken else ""


def _by_kind(rows: Sequence[Case]) -> list[Bar]:
    counted = Counter(each.kind for each in rows)
    return [Bar(KINDS[kind].title, count) for kind, count in counted.most_common()]


def _medians(ended: Sequence[Case]) -> list[Bar]:
    """The median number of days from receipt to the end, by kind."""
    kinds = sorted({each.kind for each in ended}, key=lambda kind: KINDS[kind].order)
    bars = []
    for kind in kinds:
        days = median(_took([each for each in ended if each.kind == kind]))
        bars.append(Bar(KINDS[kind].title, round(days * 10), _spent(days)))
    return sorted(bars, key=lambda bar: -bar.value)


def _spent(days: float) -> str:
    return _("%(days)s days") % {"days": dates.decimal(days)}


@dataclass(frozen=True, slots=True)
class Day:
    """What falls due on one day."""

    day: date
    lines: Sequence[Shown]


@page(
    "desk/<operator>/requests/calendar/",
    name="requests-calendar",
    audience=STAFF,
    permission="request.read",
    under="requests",
)
def calendar(request: PageRequest) -> HttpResponseBase:
    """What waits, day by day."""
    visit, now = request.visit, clock.now()
    staff = staff_names(visit.operator_id)
    days: dict[date, list[Shown]] = {}
    for each in cases.listing(visit.operator_id, standing=True)[:AHEAD]:
        days.setdefault(last_day(each), []).append(_line(each, visit.language, now, staff))
    context = {
        "days": [Day(day, lines) for day, lines in sorted(days.items())],
        "late": sum(line.tone == "late" for lines in days.values() for line in lines),
    }
    return show(request, "requests/calendar.html", context)


def _line(row: Case, language: str, now: datetime, staff: dict[str, str]) -> Shown:
    return shown(row, language, now, staff)
