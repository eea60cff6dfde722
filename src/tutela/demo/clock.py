"""The demonstration's clock: people advance it by days or years, and everything due happens.

How far it is ahead is kept in the database, so that a stop and a start, or a second process such
as ``tutela worker``, find the same present. The clock only ever goes forward: what has been
destroyed does not come back.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.clock import ShiftedClock, SystemClock
from tutela.core.errors import TutelaError
from tutela.demo.models import ClockOffset
from tutela.jobs import engine

FURTHEST_YEAR = 2199
"""Calendars of holidays are known that far, and no policy promises anything later."""


class NoSuchTime(TutelaError):
    """The clock cannot be moved there."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What an advance did: from when to when, how much each sweep did, what failed."""

    start: datetime
    end: datetime
    done: tuple[tuple[str, int], ...]
    failures: tuple[engine.Failure, ...]

    @property
    def total(self) -> int:
        return sum(count for _, count in self.done)


class RememberedClock(ShiftedClock):
    """Is kept in the database whenever it is set.

    It is kept before anything is done at the new moment: after a kill the clock may stand at a
    moment whose work is still due, never before a moment whose work has been done.
    """

    def set(self, moment: datetime) -> None:
        super().set(moment)
        ClockOffset.objects.update_or_create(pk=1, defaults={"offset": self.offset})


def install() -> ShiftedClock:
    """Make the demonstration's clock the process's clock, where it stood before."""
    installed = RememberedClock(_stored())
    clock.install(installed)
    return installed


def refresh() -> None:
    """Take up an advance that another process has made; one cheap query."""
    installed = clock.installed()
    if isinstance(installed, SystemClock):
        install()
    elif isinstance(installed, ShiftedClock):
        installed.offset = max(installed.offset, _stored())


def _stored() -> timedelta:
    row = ClockOffset.objects.filter(pk=1).first()
    return row.offset if row else timedelta(0)


def target(
    now: datetime,
    *,
    days: int = 0,
    months: int = 0,
    years: int = 0,
    to: datetime | None = None,
) -> datetime:
    """The moment to go to: ``to``, or the same time of day so many days, months and years ahead.

    The 31st becomes the last day of a shorter month. Raises ``NoSuchTime`` with a sentence for
    the page if that is not ahead of ``now``, or is beyond ``FURTHEST_YEAR``.
    """
    moment = to.astimezone(UTC) if to else _ahead(now, days, months + 12 * years)
    if moment <= now:
        raise NoSuchTime(_("Time only goes forward here: choose a moment after the present one."))
    if moment.year > FURTHEST_YEAR:
        raise NoSuchTime(
            _("The demonstration’s calendar ends with the year %(year)d; choose an earlier moment.")
            % {"year": FURTHEST_YEAR}
        )
    return moment


def _ahead(now: datetime, days: int, months: int) -> datetime:
    whole = now.year * 12 + now.month - 1 + months
    year, month = divmod(whole, 12)
    month += 1
    try:
        last = calendar.monthrange(year, month)[1]
        day = date(year, month, min(now.day, last))
        return datetime.combine(date.fromordinal(day.toordinal() + days), now.timetz())
    except (ValueError, OverflowError):
        raise NoSuchTime(_("The calendar does not reach that far; choose fewer years.")) from None


def steps(moment: datetime) -> Iterator[engine.Step]:
    """Live through the time up to ``moment``, one due moment at a time, remembering each.

    Stopping half-way leaves the demonstration at the last step, whole. A sweep that fails is
    logged and named in the step, and time goes on.
    """
    return engine.steps_until(moment, tolerant=True)


def summed_up(start: datetime, lived: Iterable[engine.Step]) -> Summary:
    done: Counter[str] = Counter()
    failures: list[engine.Failure] = []
    for step in lived:
        done.update(dict(step.done))
        failures += step.failures
    return Summary(start, clock.now(), tuple(sorted(done.items())), tuple(failures))


def advance(
    *, days: int = 0, months: int = 0, years: int = 0, to: datetime | None = None
) -> Summary:
    """Move the clock forward and do everything that becomes due, in the order of time.

    Raises ``NoSuchTime`` if that is not forward. A page that wants to show progress uses
    ``target`` and ``steps`` instead.
    """
    start = clock.now()
    moment = target(start, days=days, months=months, years=years, to=to)
    return summed_up(start, list(steps(moment)))
