"""The load of the coming weeks, day by day: what is known to fall due, and what may come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tutela.core import clock
from tutela.policy import actions as policies
from tutela.policy.calendars import WorkingCalendar, next_day
from tutela.policy.terms import Computation
from tutela.requests import cases
from tutela.requests.models import Case
from tutela.web import dates
from tutela.web.components import Column

DAYS = 28
"""How many days are shown, from the Monday of this week on."""
WINDOWS = (28, 56, 84)
"""How many days each of the earlier windows lies back that the coming one may resemble; whole
weeks, so that a Monday is compared with Mondays."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """``late`` and ``later`` count what falls due before and behind the days shown, ``still`` those
    whose clock stands still: they stand on the latest day on which they can fall due."""

    title: str
    columns: Sequence[Column]
    late: int
    later: int
    expected: bool
    still: int


def last_day(row: Case) -> date:
    return Computation.from_json(row.computation).last_day


def forecast(operator_id: UUID, waiting: Sequence[Case]) -> Forecast:
    """``waiting`` are the requests that stand."""
    now = clock.now()
    today = timezone.localtime(now).date()
    start = next_day(today, -today.weekday())
    since = next_day(today, -WINDOWS[-1])
    lately = cases.listing(operator_id).filter(received_at__date__gt=since)
    seen = [(timezone.localtime(each.received_at).date(), last_day(each)) for each in lately]
    may_come = expected(seen, today)
    known = Counter(last_day(each) for each in waiting)
    calendar = policies.in_force(operator_id).calendar
    days = [next_day(start, each) for each in range(DAYS)]
    columns = [
        _column(day, known[day], may_come.get(day, 0), today=today, calendar=calendar)
        for day in days
    ]
    return Forecast(
        title=_("What falls due, from %(first)s to %(last)s")
        % {"first": dates.short_day(days[0]), "last": dates.short_day(days[-1])},
        columns=columns,
        late=sum(count for day, count in known.items() if day < today),
        later=sum(count for day, count in known.items() if day > days[-1]),
        expected=any(each.more for each in columns),
        still=sum(
            Computation.from_json(each.computation).paused(now) is not None for each in waiting
        ),
    )


def expected(seen: Sequence[tuple[date, date]], today: date) -> dict[date, int]:
    """What may fall due on each day beside what is known, if the coming weeks bring what the
    earlier windows brought: the mean of the windows, rounded.

    ``seen`` are days of receipt and last days of requests of the last ``WINDOWS[-1]`` days.
    """
    found: Counter[date] = Counter()
    for received, due in seen:
        for back in WINDOWS:
            if next_day(received, back) > today:
                found[next_day(due, back)] += 1
    return {day: round(count / len(WINDOWS)) for day, count in found.items()}


def _column(
    day: date, known: int, may_come: int, *, today: date, calendar: WorkingCalendar
) -> Column:
    past = day < today
    said = ngettext("%(count)d request is due", "%(count)d requests are due", known)
    words = [said % {"count": known}]
    if may_come and not past:
        words.append(_("about %(count)d more may come") % {"count": may_come})
    if not calendar.is_working(day):
        words.append(_("a day off"))
    return Column(
        label=dates.short_day(day),
        short=str(day.day),
        value=0 if past else known,
        more=0 if past else may_come,
        words=", ".join(words),
        idle=past or not calendar.is_working(day),
        here=day == today,
    )
