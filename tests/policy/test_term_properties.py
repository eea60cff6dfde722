"""Terms against a second, naive counting: day by day, by the ``holidays`` package alone."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime, timedelta
from functools import cache

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.policy.calendars import WorkingCalendar
from tutela.policy.terms import (
    Computation,
    Kind,
    Term,
    Unit,
    before,
    compute,
    earliest,
    extend,
    latest,
)

ONE_DAY = timedelta(days=1)
ZONES = ["UTC", "Europe/Moscow", "Europe/Ljubljana", "America/New_York", "Asia/Almaty"]
CODES = ["RU", "KZ", "KG", "US-FL", "SI", "none"]
SPAN = (datetime(2016, 1, 1), datetime(2030, 12, 31))  # noqa: DTZ001 - hypothesis adds the zone

moments = st.datetimes(*SPAN, timezones=st.just(UTC))
calendars = st.builds(
    WorkingCalendar,
    st.sampled_from(CODES),
    st.sampled_from(ZONES),
    day_of_receipt_counts=st.booleans(),
    roll=st.sampled_from(["none", "next-working-day"]),
)
plain = st.builds(WorkingCalendar, st.sampled_from(CODES), st.sampled_from(ZONES))


def lengths(*units: Unit, most: int = 60) -> st.SearchStrategy[Term]:
    return st.builds(Term, st.just(Kind.LENGTH), st.integers(1, most), st.sampled_from(units))


@cache
def package(code: str) -> holidays.HolidayBase:
    country, _, part = code.partition("-")
    return holidays.country_holidays(country, subdiv=part or None, years=range(2015, 2045))


def naive_working(code: str, day: date) -> bool:
    if code == "none":
        return day.weekday() < 5
    known = package(code)
    if code == "US-FL" and (day.month, day.day) == (2, 15):
        return day.weekday() < 5
    return known.is_working_day(day)


@given(st.sampled_from(CODES), st.dates(date(2016, 1, 1), date(2043, 12, 31)))
def test_a_day_works_as_the_package_says(code: str, day: date) -> None:
    calendar = WorkingCalendar(code, "UTC")
    assert calendar.is_working(day) is naive_working(code, day)
    assert bool(calendar.why_not(day)) is not calendar.is_working(day)
    assert bool(calendar.why_not(day, "ru")) is not calendar.is_working(day)


@given(lengths(Unit.WORKING_DAY), moments, calendars)
def test_working_days_are_as_many_as_promised(
    term: Term, start: datetime, calendar: WorkingCalendar
) -> None:
    day = start.astimezone(calendar.time_zone).date()
    left = term.amount
    if calendar.day_of_receipt_counts:
        left -= naive_working(calendar.code, day)
    while left:
        day += ONE_DAY
        left -= naive_working(calendar.code, day)
    due = compute(term, start, calendar)
    first = start.astimezone(calendar.time_zone).date()
    if day == first and not naive_working(calendar.code, day):
        pytest.fail("a working day cannot end on a day off")
    assert due.last_day == day


@given(lengths(Unit.WORKING_DAY), moments, calendars)
def test_every_day_of_a_working_term_is_accounted_for(
    term: Term, start: datetime, calendar: WorkingCalendar
) -> None:
    step = compute(term, start, calendar).computation.step
    days = (step.last_day - step.first_day).days + calendar.day_of_receipt_counts
    assert days == term.amount + step.weekend_days + len(step.skipped)
    assert all(not calendar.is_working(each.day) for each in step.skipped)
    assert all(calendar.is_working(each.day) for each in step.worked)


@given(lengths(Unit.DAY, Unit.WEEK), moments, calendars)
def test_calendar_days_are_counted_one_by_one(
    term: Term, start: datetime, calendar: WorkingCalendar
) -> None:
    day = start.astimezone(calendar.time_zone).date()
    for _ in range(term.amount * (7 if term.unit is Unit.WEEK else 1)):
        day += ONE_DAY
    if calendar.day_of_receipt_counts:
        day -= ONE_DAY
    while calendar.roll != "none" and not naive_working(calendar.code, day):
        day += ONE_DAY
    assert compute(term, start, calendar).last_day == day


@given(lengths(Unit.MONTH, Unit.YEAR, most=24), moments, plain)
def test_months_end_on_the_same_date_or_on_the_last_of_the_month(
    term: Term, start: datetime, calendar: WorkingCalendar
) -> None:
    first = start.astimezone(calendar.time_zone).date()
    months = term.amount * (12 if term.unit is Unit.YEAR else 1)
    day, turned = first, 0
    while turned < months:
        day += ONE_DAY
        turned += day.day == 1
    while day.day < first.day and (day + ONE_DAY).day != 1:
        day += ONE_DAY
    step = compute(term, start, calendar).computation.step
    assert step.last_day == day
    assert step.missing_day == (0 if day.day == first.day else first.day)


@given(lengths(Unit.HOUR, Unit.MINUTE, most=500), moments, calendars)
def test_hours_are_elapsed_time_on_every_calendar(
    term: Term, start: datetime, calendar: WorkingCalendar
) -> None:
    seconds = term.amount * (3600 if term.unit is Unit.HOUR else 60)
    assert compute(term, start, calendar).at.timestamp() == start.timestamp() + seconds


@given(
    lengths(Unit.DAY, Unit.WORKING_DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR, most=12),
    moments,
    calendars,
)
def test_a_term_in_days_is_over_when_its_last_day_is(
    term: Term, start: datetime, calendar: WorkingCalendar
) -> None:
    due = compute(term, start, calendar)
    assert due.at.tzinfo is UTC
    assert due.at > start
    assert due.at.astimezone(calendar.time_zone).date() == due.last_day + ONE_DAY
    just_before = due.at - timedelta(microseconds=1)
    assert just_before.astimezone(calendar.time_zone).date() == due.last_day
    if calendar.roll != "none" or term.unit is Unit.WORKING_DAY:
        assert calendar.is_working(due.last_day)


any_length = lengths(*Unit, most=40)


@given(any_length, moments, st.timedeltas(timedelta(0), timedelta(days=40)), calendars)
def test_a_later_event_is_never_due_earlier(
    term: Term, start: datetime, later: timedelta, calendar: WorkingCalendar
) -> None:
    assert compute(term, start, calendar).at <= compute(term, start + later, calendar).at


@given(any_length, moments, calendars)
def test_a_longer_term_is_never_due_earlier(
    term: Term, start: datetime, calendar: WorkingCalendar
) -> None:
    longer = Term(term.kind, term.amount + 1, term.unit)
    first, second = compute(term, start, calendar), compute(longer, start, calendar)
    assert first.at <= second.at
    assert earliest(second, first).at == first.at
    assert latest(first, second).at == second.at


@given(any_length, any_length, moments, calendars)
def test_an_extension_moves_the_due_moment_on_and_is_recorded(
    term: Term, more: Term, start: datetime, calendar: WorkingCalendar
) -> None:
    first = compute(term, start, calendar)
    extended = extend(first, more, calendar, notified_at=start)
    assert extended.at > first.at
    assert extended == compute(term, start, calendar, extension=more)
    assert extended.computation.step == first.computation.step


@given(any_length, moments, calendars)
def test_what_lies_ahead_of_a_moment_is_earlier_by_the_term(
    term: Term, moment: datetime, calendar: WorkingCalendar
) -> None:
    ahead = before(moment, term, calendar)
    assert ahead.tzinfo is UTC
    assert ahead < moment
    if term.unit is Unit.WORKING_DAY:
        day, last = ahead.astimezone(calendar.time_zone).date(), moment
        days = 0
        while day < last.astimezone(calendar.time_zone).date():
            days += naive_working(calendar.code, day)
            day += ONE_DAY
        assert days == term.amount


@given(any_length, st.one_of(st.none(), any_length), moments, calendars)
def test_a_record_is_explained_from_its_json_alone(
    term: Term, more: Term | None, start: datetime, calendar: WorkingCalendar
) -> None:
    record = compute(term, start, calendar, extension=more).computation
    kept = Computation.from_json(json.loads(json.dumps(record.to_json())))
    assert kept == record
    for language in ("en", "ru"):
        told = record.explain(language)
        assert kept.explain(language) == told
        assert term.words(language) in told
        assert str(record.last_day.year) in told
        assert "None" not in told
        assert "{" not in told


@given(moments, st.sampled_from(ZONES))
def test_a_term_counted_from_receipt_ends_a_day_sooner_in_days(start: datetime, zone: str) -> None:
    counted = WorkingCalendar("none", zone, day_of_receipt_counts=True)
    usual = WorkingCalendar("none", zone)
    term = Term(Kind.LENGTH, 30, Unit.DAY)
    sooner, later = compute(term, start, counted), compute(term, start, usual)
    assert sooner.last_day + ONE_DAY == later.last_day


def test_ten_thousand_terms_are_computed_within_a_second() -> None:
    calendar = WorkingCalendar("RU", "Europe/Moscow")
    term = Term.parse("10 working days")
    start = datetime(2024, 6, 3, 12, tzinfo=UTC)
    compute(term, start, calendar)
    began = time.process_time()
    for hours in range(10_000):
        compute(term, start + timedelta(hours=hours % 2_000), calendar)
    assert time.process_time() - began < 1
