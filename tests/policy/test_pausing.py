"""Clocks that stand still, against a second, naive counting: one day after the other."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.test_term_properties import (
    ONE_DAY,
    calendars,
    lengths,
    moments,
    naive_working,
    plain,
)

from tutela.policy.calendars import WorkingCalendar
from tutela.policy.terms import Computation, Pause, Term, TermError, Unit, compute, pause_limit

LONGEST = timedelta(days=40)
DAYS = (Unit.WORKING_DAY, Unit.DAY, Unit.WEEK)


@st.composite
def stops(draw: st.DrawFn, start: datetime, due: datetime) -> list[Pause]:
    """Up to three pauses, of which each begins before the term is over, as it then stands."""
    made: list[Pause] = []
    begins = start
    for why in ("identity", "signed-form", "clarification")[: draw(st.integers(1, 3))]:
        begins += (due - begins) * draw(st.integers(0, 99)) / 100
        ends = begins + LONGEST * draw(st.integers(0, 100)) / 100
        made.append(Pause(why, begins, ends))
        due += ends - begins
        begins = ends
        if begins >= due:
            break
    return made


def naive_end(term: Term, start: datetime, calendar: WorkingCalendar, pauses: list[Pause]) -> date:
    """The last day, by walking over every day and asking of each whether it counts."""
    local = [
        (
            each.begins.astimezone(calendar.time_zone).date(),
            each.ends.astimezone(calendar.time_zone).date(),
        )
        for each in pauses
    ]

    def counts(day: date) -> bool:
        still = any(first <= day < behind for first, behind in local)
        works = term.unit is not Unit.WORKING_DAY or naive_working(calendar.code, day)
        return works and not still

    day = start.astimezone(calendar.time_zone).date()
    left = term.amount * (7 if term.unit is Unit.WEEK else 1)
    if calendar.day_of_receipt_counts:
        left -= counts(day)
    while left:
        day += ONE_DAY
        left -= counts(day)
    while calendar.roll != "none" and (
        not naive_working(calendar.code, day)
        or any(first <= day < behind for first, behind in local)
    ):
        day += ONE_DAY
    return day


@given(st.data(), lengths(*DAYS), moments, calendars)
def test_no_day_on_which_the_clock_stands_still_is_counted(
    data: st.DataObject, term: Term, start: datetime, calendar: WorkingCalendar
) -> None:
    first = compute(term, start, calendar).at
    pauses = data.draw(stops(start, first))
    if len(pauses) > 1:  # the later ones are only lawful if the term still runs when they begin
        pauses = [
            each
            for place, each in enumerate(pauses)
            if each.begins < compute(term, start, calendar, pauses=pauses[:place]).at
        ]
    due = compute(term, start, calendar, pauses=pauses)
    assert due.last_day == naive_end(term, start, calendar, pauses)
    assert due.at >= first
    assert not any(each.covers(due.at - timedelta(microseconds=1)) for each in pauses)


@given(st.data(), lengths(Unit.HOUR, Unit.MINUTE, most=500), moments, calendars)
def test_hours_run_on_for_exactly_as_long_as_they_stood(
    data: st.DataObject, term: Term, start: datetime, calendar: WorkingCalendar
) -> None:
    first = compute(term, start, calendar).at
    (pause, *_) = data.draw(stops(start, first))
    assert compute(term, start, calendar, pauses=[pause]).at == first + (pause.ends - pause.begins)


@given(lengths(Unit.WORKING_DAY, Unit.DAY), moments, plain, st.integers(1, 30), st.integers(0, 99))
def test_a_pause_moves_a_term_by_its_longest_length_at_most(
    term: Term, start: datetime, calendar: WorkingCalendar, longest: int, share: int
) -> None:
    first = compute(term, start, calendar)
    begins = start + (first.at - start) * share / 100
    at_most = Term(term.kind, longest, term.unit)
    ends = pause_limit(at_most, begins, calendar)
    due = compute(term, start, calendar, pauses=[Pause("identity", begins, ends)])
    further = Term(term.kind, term.amount + longest, term.unit)
    assert first.at <= due.at <= compute(further, start, calendar).at


@given(lengths(*DAYS), moments, calendars, st.integers(0, 99), st.integers(0, 40))
def test_what_comes_sooner_makes_nothing_due_later(
    term: Term, start: datetime, calendar: WorkingCalendar, share: int, days: int
) -> None:
    begins = start + (compute(term, start, calendar).at - start) * share / 100
    dues = [
        compute(term, start, calendar, pauses=[Pause("identity", begins, begins + each)]).at
        for each in (timedelta(days=days), timedelta(days=days + 1))
    ]
    assert dues[0] <= dues[1]


@given(lengths(*DAYS, Unit.MONTH, most=12), moments, calendars, st.integers(0, 30))
def test_an_extension_is_counted_from_the_last_day_of_the_paused_term(
    term: Term, start: datetime, calendar: WorkingCalendar, days: int
) -> None:
    pause = Pause("identity", start, start + timedelta(days=days))
    five = Term.parse("5 working days")
    longer = compute(term, start, calendar, extension=five, pauses=[pause])
    day = compute(term, start, calendar, pauses=[pause]).last_day
    left = 5
    while left:
        day += ONE_DAY
        left -= naive_working(calendar.code, day)
    assert longer.last_day == day


MOSCOW = WorkingCalendar("RU", "Europe/Moscow")
RECEIVED = datetime(2024, 6, 3, 9, tzinfo=UTC)
FROM_WEDNESDAY = Pause(
    "identity", datetime(2024, 6, 5, 9, tzinfo=UTC), datetime(2024, 6, 7, 9, tzinfo=UTC)
)


@pytest.mark.parametrize(
    ("term", "last_day"),
    [
        ("10 working days", date(2024, 6, 20)),
        ("7 working days", date(2024, 6, 17)),
        ("30 days", date(2024, 7, 5)),
        ("1 month", date(2024, 7, 5)),
        ("2 weeks", date(2024, 6, 19)),
    ],
)
def test_two_days_of_waiting_move_the_last_day_by_two(term: str, last_day: date) -> None:
    """004, received Mon 2024-06-03; Wednesday and Thursday are not counted, Friday is."""
    due = compute(Term.parse(term), RECEIVED, MOSCOW, pauses=[FROM_WEDNESDAY])
    assert due.last_day == last_day


def test_the_record_of_a_paused_term_is_read_back_and_explained() -> None:
    due = compute(Term.parse("10 working days"), RECEIVED, MOSCOW, pauses=[FROM_WEDNESDAY])
    again = Computation.from_json(due.computation.to_json())
    assert again == due.computation
    assert again.explain("en").endswith(
        "Not counted are 5 June 2024 to 6 June 2024: proof of who asks was awaited."
    )
    assert again.explain("ru").endswith(
        "Не считаются дни с 5 июня 2024 по 6 июня 2024: ожидалось подтверждение личности."
    )


def test_a_record_without_pauses_is_written_as_ever() -> None:
    assert "pauses" not in compute(Term.parse("1 week"), RECEIVED, MOSCOW).computation.to_json()


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        (4, 4, "A pause on 4 June 2024 ended on the same day"),
        (4, 5, "Not counted is 4 June 2024: "),
    ],
)
def test_a_short_pause_is_explained_too(begins: int, ends: int, said: str) -> None:
    pause = Pause(
        "clarification",
        datetime(2024, 6, begins, 9, tzinfo=UTC),
        datetime(2024, 6, ends, 10, tzinfo=UTC),
    )
    due = compute(Term.parse("1 week"), RECEIVED, MOSCOW, pauses=[pause])
    assert said in due.computation.explain("en")


def test_a_pause_of_hours_is_told_to_the_minute() -> None:
    pause = Pause("clarification", RECEIVED, RECEIVED + timedelta(hours=3))
    due = compute(Term.parse("24 hours"), RECEIVED, MOSCOW, pauses=[pause])
    assert due.at == RECEIVED + timedelta(hours=27)
    assert "the time from 3 June 2024, 12:00 to 3 June 2024, 15:00" in due.computation.explain()


def test_clocks_cannot_stand_still_twice_at_once() -> None:
    other = Pause("clarification", FROM_WEDNESDAY.begins + ONE_DAY, FROM_WEDNESDAY.ends + ONE_DAY)
    with pytest.raises(TermError):
        compute(Term.parse("1 week"), RECEIVED, MOSCOW, pauses=[FROM_WEDNESDAY, other])
