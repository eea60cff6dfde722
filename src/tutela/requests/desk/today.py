"""The first page of the desk: what is due today and in the coming weeks."""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core import clock
from tutela.obligations import actions as obligations
from tutela.requests.desk.lines import due_line, with_requests
from tutela.requests.promises import PromiseShown
from tutela.web import dates
from tutela.web.components import Bar
from tutela.web.pages import STAFF, Menu, PageRequest, page, show

MOST = 20
"""So many of what waits stand on the first page; all stand among the requests."""
NEXT = 5
"""So many of the next works of the system stand there."""
WEEKS = 5
"""How many weeks ahead the picture of the load has a bar of its own for."""


@page(
    "desk/<operator>/",
    name="desk",
    audience=STAFF,
    permission="desk.read",
    menu=Menu(gettext_lazy("Today"), 10),
)
def today(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    now = clock.now()
    standing = obligations.listing(visit.operator_id, state=obligations.STANDING)
    lines = [due_line(each, visit.language, now) for each in standing]
    waiting = [each for each in lines if not each.by_itself]
    alone = [each for each in lines if each.by_itself]
    context = {
        "waiting": with_requests(visit.operator_id, waiting[:MOST]),
        "count": len(waiting),
        "late": sum(each.state == "late" for each in waiting),
        "by_itself": with_requests(visit.operator_id, alone[:NEXT]),
        "alone": len(alone) - NEXT,
        "load": _load([each.promise for each in lines], timezone.localtime(now).date()),
    }
    return show(request, "requests/desk.html", context)


def _load(standing: list[PromiseShown], today: date) -> list[Bar]:
    """How much falls due in each of the coming weeks, Monday to Sunday; what is late stands first
    and what comes after them last."""
    monday = today.toordinal() - today.weekday()
    weeks = Counter(
        (each.last_day.toordinal() - monday) // 7 if each.last_day >= today else -1
        for each in standing
    )
    bars = [Bar(_("late already"), weeks[-1], state="late")] if weeks[-1] else []
    for week in range(WEEKS):
        sunday = date.fromordinal(monday + week * 7 + 6)
        bars.append(Bar(_("to %(day)s") % {"day": dates.short_day(sunday)}, weeks[week]))
    later = sum(count for week, count in weeks.items() if week >= WEEKS)
    return [*bars, Bar(_("later"), later)] if later else bars
