"""Working calendars: which days count, in which time zone, and how a term's end is rolled.

Public holidays and moved days come from the ``holidays`` package. An operator's calendar adds or
removes days. ``CORRECTIONS`` is the one place where the package's word is changed, each with
its reason. Nothing here reads a clock.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from tutela.core.errors import TutelaError
from tutela.policy import holiday_names
from tutela.policy.holiday_names import Note

WEEKENDS_ONLY = "none"
ROLLS = ("none", "next-working-day")

CORRECTIONS = {
    "US-FL": ("Susan B. Anthony Day",),
}
"""Names the package lists as days off although people work on them.

US-FL: Florida Statutes 683.01 names Susan B. Anthony Day among the legal holidays, but 110.117
does not give it as a day off, and courts, offices and banks are open. Juneteenth stays: the
federal calendar and the banks keep it (5 U.S.C. 6103).
"""

MOVES_DAYS = frozenset({"RU", "KZ", "KG"})
"""Countries whose governments move days off by an order of their own, made year by year. Where
a year has none in the package, a computation says that its moved days were not known."""


class CalendarError(TutelaError):
    """The calendar cannot be made; ``hint`` tells what to write instead."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(f"{sentence} {hint}".strip())
        self.sentence = sentence
        self.hint = hint


@dataclass(frozen=True, slots=True)
class _Year:
    """One year of one country as the package knows it; ``sure`` tells if it knows its moves."""

    off: dict[date, Note]
    worked: frozenset[date]
    weekend: frozenset[int]
    sure: bool


def next_day(day: date, step: int = 1) -> date:
    return date.fromordinal(day.toordinal() + step)


@lru_cache(maxsize=1)
def _countries() -> dict[str, list[str]]:
    return dict(holidays.list_supported_countries())


def _check_code(code: str) -> None:
    country, _, part = code.partition("-")
    if code == WEEKENDS_ONLY:
        return
    known = _countries()
    if country not in known:
        raise CalendarError(
            f"There is no working calendar “{code}”.",
            "Write a country's two capital letters, such as RU, KZ, KG or SI, a state such as "
            "US-FL, or “none” for weekends only.",
        )
    if ("-" in code) and part not in known[country]:
        raise CalendarError(
            f"The working calendar {country} has no part “{part}”.",
            f"Write {country} alone, or one of its parts as the law there abbreviates them.",
        )


def _names(code: str, year: int, language: str) -> Mapping[date, str]:
    """The days of ``year`` named in ``language``; empty where the package does not speak it."""
    country, _, part = code.partition("-")
    spoken = holidays.country_holidays(country, subdiv=part or None).supported_languages
    tag = next((each for each in spoken if each.startswith(language)), None)
    if tag is None:
        return {}
    named: Mapping[date, str] = holidays.country_holidays(
        country, subdiv=part or None, years=year, language=tag
    )
    return named


@lru_cache(maxsize=1024)
def _year(code: str, year: int) -> _Year:
    if code == WEEKENDS_ONLY:
        return _Year(off={}, worked=frozenset(), weekend=frozenset({5, 6}), sure=True)
    country, _, part = code.partition("-")
    about = holidays.country_holidays(country, subdiv=part or None)
    if not about.start_year <= year <= about.end_year:
        return _Year(off={}, worked=frozenset(), weekend=frozenset(about.weekend), sure=False)
    with warnings.catch_warnings(record=True) as doubts:  # India has no dates before 2001
        warnings.simplefilter("always")
        plain = holidays.country_holidays(country, subdiv=part or None, years=year)
        english, russian = _names(code, year, "en"), _names(code, year, "ru")
    dropped = CORRECTIONS.get(code, ())
    off = {
        day: holiday_names.holiday(day, english.get(day, local), russian.get(day, ""))
        for day, local in plain.items()
        if day.year == year and english.get(day, local) not in dropped
    }
    return _Year(
        off=off,
        worked=frozenset(day for day in plain.weekend_workdays if day.year == year),
        weekend=frozenset(plain.weekend),
        sure=not doubts and (code not in MOVES_DAYS or _moves_any(off.values())),
    )


def _moves_any(notes: Iterable[Note]) -> bool:
    return any(note.kind is holiday_names.Kind.MOVED for note in notes)


def _days(value: Iterable[date], name: str) -> frozenset[date]:
    days = frozenset(value)
    for day in days:
        if not isinstance(day, date) or isinstance(day, datetime):
            raise CalendarError(
                f"“{day}” in {name} is not a date.", "Write it as year-month-day: 2024-12-31."
            )
    return days


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError, TypeError) as error:
        raise CalendarError(
            f"There is no time zone “{name}”.",
            "Write an IANA name such as Europe/Moscow, America/New_York or UTC.",
        ) from error


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days count for one operator.

    ``code`` is a country (``RU``), a part of one (``US-FL``) or ``none`` for weekends only;
    ``zone`` an IANA time zone, whose local days are the days of a term. ``roll`` set to
    ``next-working-day`` moves the end of a term in days, weeks, months or years that falls on
    a day off to the next working day (Regulation (EEC, Euratom) 1182/71 article 3(4); Russian
    Civil Code article 193). ``holidays_added`` are days off of the operator's own,
    ``holidays_removed`` holidays that are worked, ``working_days_added`` days worked although
    they are a weekend or holiday. Immutable and hashable.
    """

    code: str
    zone: str
    day_of_receipt_counts: bool = False
    holidays_added: Iterable[date] = frozenset()
    holidays_removed: Iterable[date] = frozenset()
    working_days_added: Iterable[date] = frozenset()
    roll: str = "none"
    _off: dict[int, frozenset[date]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        _check_code(self.code)
        _zone(self.zone)
        if self.roll not in ROLLS:
            raise CalendarError(
                f"The calendar cannot roll a term's end by “{self.roll}”.",
                f"Write one of: {', '.join(ROLLS)}.",
            )
        for name in ("holidays_added", "holidays_removed", "working_days_added"):
            object.__setattr__(self, name, _days(getattr(self, name), name))
        if both := frozenset(self.holidays_added) & frozenset(self.working_days_added):
            raise CalendarError(
                f"{min(both)} is both an added holiday and an added working day.",
                "Leave it in one of the two lists.",
            )

    @property
    def time_zone(self) -> ZoneInfo:
        return _zone(self.zone)

    def is_working(self, day: date) -> bool:
        off = self._off.get(day.year)
        if off is None:
            off = self._off[day.year] = self._days_off(day.year)
        return day not in off

    def is_weekend(self, day: date) -> bool:
        """True on a weekly day off, whatever else falls on it."""
        return day.weekday() in _year(self.code, day.year).weekend

    def why_not(self, day: date, language: str = "en") -> str:
        """Why nobody works on ``day``: a holiday's name or the weekday; empty if they work."""
        note = self.note(day)
        if note is None or note.kind is holiday_names.Kind.WORKED:
            return ""
        nameless = "public holiday" if language == "en" else "праздничный день"
        return note.text(language) or nameless

    def note(self, day: date) -> Note | None:
        """What is special about ``day``, or None on an ordinary working day."""
        year = _year(self.code, day.year)
        off = not self.is_working(day)
        if off and day in frozenset(self.holidays_added):
            return holiday_names.OPERATORS_DAY
        if off and day in year.off and day not in frozenset(self.holidays_removed):
            return year.off[day]
        if off:
            return holiday_names.weekend(day.weekday())
        ordinary = day.weekday() not in year.weekend
        return None if ordinary else holiday_names.working(day.weekday())

    def knows_moved_days(self, year: int) -> bool:
        """False when this year's holidays, or the days moved in it, are not known yet."""
        return _year(self.code, year).sure

    def add_working_days(self, day: date, number: int) -> date:
        """The ``number``-th working day after ``day``; before it, if ``number`` is negative."""
        step = 1 if number > 0 else -1
        left = abs(number)
        while left:
            day = next_day(day, step)
            left -= self.is_working(day)
        return day

    def next_working(self, day: date) -> date:
        """``day`` itself if it is a working day, or the first one after it."""
        return day if self.is_working(day) else self.add_working_days(day, 1)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(_zone(self.zone))

    def local_day(self, moment: datetime) -> date:
        """The day on which ``moment`` falls where the operator counts its days."""
        return self.local(moment).date()

    def end_of(self, day: date) -> datetime:
        """The first instant after ``day``, in UTC: the exclusive end of a term that ends on it."""
        after = next_day(day)
        midnight = datetime(after.year, after.month, after.day, tzinfo=_zone(self.zone))
        return midnight.astimezone(UTC)

    def _days_off(self, year: int) -> frozenset[date]:
        known = _year(self.code, year)
        weekends = {
            day
            for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
            if (day := date.fromordinal(ordinal)).weekday() in known.weekend
        }
        named = known.off.keys() - frozenset(self.holidays_removed)
        off = ((weekends - known.worked) | named | frozenset(self.holidays_added)) - frozenset(
            self.working_days_added
        )
        return frozenset(off)
