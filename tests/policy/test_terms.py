from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from tutela.policy.calendars import WorkingCalendar
from tutela.policy.terms import (
    Computation,
    Due,
    Term,
    TermError,
    Undated,
    before,
    compute,
    earliest,
    extend,
    latest,
)

RU = WorkingCalendar("RU", "Europe/Moscow")
FLORIDA = WorkingCalendar("US-FL", "America/New_York")
SI = WorkingCalendar("SI", "Europe/Ljubljana")
ROLLED = WorkingCalendar("SI", "Europe/Ljubljana", roll="next-working-day")
PLAIN = WorkingCalendar("none", "UTC")
CALENDARS = {"RU": RU, "US-FL": FLORIDA, "SI": SI, "SI rolled": ROLLED, "none": PLAIN}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def due(term: str, start: str, calendar: WorkingCalendar, extension: str = "") -> Due:
    more = Term.parse(extension) if extension else None
    return compute(Term.parse(term), at(start), calendar, extension=more)


VECTORS = [
    # 004, received on Monday 2024-06-03 (9.3, 9.4, 9.7, 9.8, 9.10)
    ("30 days", "2024-06-03T12:00Z", "RU", "2024-07-03"),
    ("30 days", "2024-06-03T12:00Z", "US-FL", "2024-07-03"),
    ("7 working days", "2024-06-03T12:00Z", "US-FL", "2024-06-12"),
    ("7 working days", "2024-06-03T12:00Z", "none", "2024-06-12"),
    ("7 working days", "2024-06-03T12:00Z", "RU", "2024-06-13"),
    ("10 working days", "2024-06-03T12:00Z", "US-FL", "2024-06-17"),
    ("10 working days", "2024-06-03T12:00Z", "RU", "2024-06-18"),
    ("3 working days", "2024-06-03T12:00Z", "RU", "2024-06-06"),
    ("five years", "2024-06-03T12:00Z", "RU", "2029-06-03"),
    ("6 months", "2024-07-03T12:00Z", "RU", "2025-01-03"),
    # 001 6.2 and 8.2; 003 9.2 and 11.11.2
    ("thirty days", "2022-08-01T09:00Z", "RU", "2022-08-31"),
    ("60 calendar days", "2023-09-01T09:00Z", "RU", "2023-10-31"),
    # 000 8/b1(c) and month ends
    ("5 years", "2023-02-28T09:00Z", "RU", "2028-02-28"),
    ("5 years", "2024-02-29T09:00Z", "RU", "2029-02-28"),
    ("1 year", "2024-02-29T09:00Z", "RU", "2025-02-28"),
    ("4 years", "2024-02-29T09:00Z", "RU", "2028-02-29"),
    ("1 month", "2023-01-31T09:00Z", "RU", "2023-02-28"),
    ("1 month", "2024-01-31T09:00Z", "RU", "2024-02-29"),
    ("1 month", "2024-03-31T09:00Z", "RU", "2024-04-30"),
    ("1 month", "2024-02-29T09:00Z", "RU", "2024-03-29"),
    ("12 months", "2024-12-31T09:00Z", "RU", "2025-12-31"),
    ("2 weeks", "2024-02-20T09:00Z", "RU", "2024-03-05"),
    # the start day is the local day: 23:30 UTC is the 4th in Moscow, 03:30 UTC the 2nd in Miami
    ("30 days", "2024-06-03T23:30Z", "RU", "2024-07-04"),
    ("30 days", "2024-06-03T20:59:59Z", "RU", "2024-07-03"),
    ("30 days", "2024-06-03T21:00Z", "RU", "2024-07-04"),
    ("30 days", "2024-06-03T03:30Z", "US-FL", "2024-07-02"),
    # received on a day off
    ("3 working days", "2024-06-08T12:00Z", "RU", "2024-06-13"),
    ("1 working day", "2024-06-12T12:00Z", "RU", "2024-06-13"),
    ("1 working day", "2024-04-26T12:00Z", "RU", "2024-04-27"),
    ("1 working day", "2024-04-27T12:00Z", "RU", "2024-05-02"),
    ("1 working day", "2024-12-28T12:00Z", "RU", "2025-01-09"),
    # Regulation 1182/71 article 3(4): Saturday 2024-06-01, Slovenian holidays, and not for hours
    ("1 month", "2024-05-01T12:00Z", "SI rolled", "2024-06-03"),
    ("1 month", "2024-05-01T12:00Z", "SI", "2024-06-01"),
    ("30 days", "2024-04-01T12:00Z", "SI rolled", "2024-05-03"),
    ("1 week", "2024-12-18T12:00Z", "SI rolled", "2024-12-27"),
    ("72 hours", "2024-05-30T12:00Z", "SI rolled", "2024-06-02"),
    ("same day", "2024-06-08T21:30Z", "RU", "2024-06-09"),
    ("until 2024-12-31", "2024-06-03T12:00Z", "RU", "2024-12-31"),
]


@pytest.mark.parametrize(("term", "start", "calendar", "last_day"), VECTORS)
def test_a_term_ends_on_its_day(term: str, start: str, calendar: str, last_day: str) -> None:
    result = due(term, start, CALENDARS[calendar])
    assert result.last_day == date.fromisoformat(last_day)


def test_a_term_that_ends_on_a_day_is_over_at_the_first_instant_of_the_next() -> None:
    assert due("30 days", "2024-06-03T12:00Z", RU).at == at("2024-07-03T21:00Z")
    assert due("30 days", "2024-06-03T12:00Z", FLORIDA).at == at("2024-07-04T04:00Z")
    assert due("6 months", "2024-06-03T12:00Z", FLORIDA).at == at("2024-12-04T05:00Z")
    assert due("same day", "2024-06-03T12:00Z", RU).at == at("2024-06-03T21:00Z")
    assert due("until 2024-12-31", "2024-06-03T12:00Z", RU).at == at("2024-12-31T21:00Z")


HOURS = [
    # 004 9.11: nights and weekends are hours too
    ("24 hours", "2024-06-07T22:15Z", "US-FL", "2024-06-08T22:15Z"),
    ("72 hours", "2024-06-07T22:15Z", "US-FL", "2024-06-10T22:15Z"),
    ("24 hours", "2024-03-09T18:00-05:00", "US-FL", "2024-03-10T19:00-04:00"),
    ("24 hours", "2024-11-02T18:00-04:00", "US-FL", "2024-11-03T17:00-05:00"),
    ("72 hours", "2024-03-30T00:00+01:00", "SI", "2024-04-02T01:00+02:00"),
    ("72 hours", "2024-10-26T00:00+02:00", "SI rolled", "2024-10-28T23:00+01:00"),
    ("30 minutes", "2024-03-10T01:45-05:00", "US-FL", "2024-03-10T03:15-04:00"),
]


@pytest.mark.parametrize(("term", "start", "calendar", "end"), HOURS)
def test_hours_run_through_nights_weekends_and_clock_changes(
    term: str, start: str, calendar: str, end: str
) -> None:
    assert due(term, start, CALENDARS[calendar]).at == at(end)


COUNTED_FROM_RECEIPT = [
    ("1 day", "2024-06-03T12:00Z", "2024-06-03"),
    ("30 days", "2024-06-03T12:00Z", "2024-07-02"),
    ("1 working day", "2024-06-03T12:00Z", "2024-06-03"),
    ("7 working days", "2024-06-03T12:00Z", "2024-06-11"),
    ("3 working days", "2024-06-08T12:00Z", "2024-06-13"),
    ("1 week", "2024-06-03T12:00Z", "2024-06-09"),
    ("1 month", "2024-06-03T12:00Z", "2024-07-02"),
    ("1 month", "2024-06-01T12:00Z", "2024-06-30"),
    ("1 month", "2024-01-31T12:00Z", "2024-02-29"),
    ("1 month", "2024-03-01T12:00Z", "2024-03-31"),
    ("1 year", "2024-01-01T12:00Z", "2024-12-31"),
    ("24 hours", "2024-06-03T12:00Z", "2024-06-04"),
]


@pytest.mark.parametrize(("term", "start", "last_day"), COUNTED_FROM_RECEIPT)
def test_the_day_of_receipt_may_be_counted(term: str, start: str, last_day: str) -> None:
    calendar = WorkingCalendar("RU", "Europe/Moscow", day_of_receipt_counts=True)
    assert due(term, start, calendar).last_day == date.fromisoformat(last_day)


@pytest.mark.parametrize("calendar", [RU, FLORIDA])
def test_an_extension_is_counted_from_the_last_day_of_the_term(calendar: WorkingCalendar) -> None:
    first = due("10 working days", "2024-06-03T12:00Z", calendar)
    more = Term.parse("5 working days")
    notified = at("2024-06-14T12:00Z")
    extended = extend(first, more, calendar, notified_at=notified)
    assert extended.last_day == date(2024, 6, 25)
    assert extended == due("10 working days", "2024-06-03T12:00Z", calendar, "5 working days")
    assert first.computation.extension is None


def test_an_extension_never_counts_the_last_day_twice() -> None:
    counted = WorkingCalendar("RU", "Europe/Moscow", day_of_receipt_counts=True)
    assert due("2 days", "2024-06-03T12:00Z", counted, "1 day").last_day == date(2024, 6, 5)


def test_an_extension_may_be_in_hours_or_months() -> None:
    assert due("24 hours", "2024-06-07T22:15Z", RU, "48 hours").at == at("2024-06-10T22:15Z")
    assert due("1 month", "2024-01-31T12:00Z", RU, "2 months").last_day == date(2024, 4, 29)
    assert due("30 days", "2024-06-03T12:00Z", RU, "1 hour").at == at("2024-07-03T22:00Z")
    assert due("1 month", "2024-04-15T12:00Z", ROLLED, "1 month").last_day == date(2024, 6, 17)


def test_an_extension_needs_a_notice_before_the_term_is_over() -> None:
    first = due("10 working days", "2024-06-03T12:00Z", RU)
    more = Term.parse("5 working days")
    assert extend(first, more, RU, notified_at=at("2024-06-18T20:59:59Z")).at > first.at
    with pytest.raises(TermError, match="is over"):
        extend(first, more, RU, notified_at=first.at)


def test_a_term_is_extended_only_once() -> None:
    extended = due("10 working days", "2024-06-03T12:00Z", RU, "5 working days")
    with pytest.raises(TermError, match="extended once already"):
        extend(extended, Term.parse("5 working days"), RU, notified_at=at("2024-06-04T12:00Z"))


@pytest.mark.parametrize("word", ["immediately", "unlimited", "until: a.b", "until 2024-12-31"])
def test_only_a_length_extends(word: str) -> None:
    with pytest.raises(TermError, match="cannot be extended by"):
        due("10 working days", "2024-06-03T12:00Z", RU, word)


def test_immediately_is_the_same_transaction_unless_people_have_a_bound() -> None:
    start = at("2024-06-03T12:00Z")
    now = Term.parse("immediately")
    assert compute(now, start, RU).at == start
    assert compute(now, start, RU, bound=Term.parse("30 minutes")).at == at("2024-06-03T12:30Z")
    with pytest.raises(TermError, match="cannot bound"):
        compute(now, start, RU, bound=Term.parse("1 day"))


@pytest.mark.parametrize("word", ["unlimited", "until: purpose.reached"])
def test_a_term_without_a_date_has_no_due_moment(word: str) -> None:
    with pytest.raises(Undated):
        due(word, "2024-06-03T12:00Z", RU)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    naive = datetime(2024, 6, 3, 12)  # noqa: DTZ001 - the mistake under test
    with pytest.raises(TermError, match="time zone"):
        compute(Term.parse("30 days"), naive, RU)
    with pytest.raises(TermError, match="time zone"):
        before(naive, Term.parse("3 days"), RU)
    first = due("30 days", "2024-06-03T12:00Z", RU)
    with pytest.raises(TermError, match="time zone"):
        extend(first, Term.parse("3 days"), RU, notified_at=naive)


@pytest.mark.parametrize(
    "term", ["200 years", "2400 months", "73000 days", "10000 working days", "87600 hours"]
)
@pytest.mark.parametrize("calendar", CALENDARS.values(), ids=CALENDARS)
def test_a_date_past_the_calendar_is_a_term_error(term: str, calendar: WorkingCalendar) -> None:
    start = at("9990-06-03T12:00Z")
    with pytest.raises(TermError, match="past the calendar"):
        compute(Term.parse(term), start, calendar)
    with pytest.raises(TermError, match="past the calendar"):
        before(at("0005-06-03T12:00Z"), Term.parse(term), calendar)
    with pytest.raises(TermError, match="past the calendar"):
        compute(Term.parse("1 day"), start, calendar, extension=Term.parse(term))


@pytest.mark.parametrize(
    "moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
@pytest.mark.parametrize("term", ["immediately", "same day", "1 hour", "1 working day", "1 month"])
def test_the_ends_of_time_give_a_result_or_a_term_error(moment: datetime, term: str) -> None:
    for calendar in (RU, FLORIDA, ROLLED):
        try:
            result = compute(Term.parse(term), moment, calendar)
        except TermError as refused:
            if not refused.hint:
                raise
        else:
            assert result.at.tzinfo is UTC


AHEAD = [
    ("12 hours", "2024-07-03T21:00Z", "RU", "2024-07-03T09:00Z"),
    ("3 days", "2024-07-03T21:00Z", "RU", "2024-06-30T21:00Z"),
    ("1 day", "2024-03-11T04:00Z", "US-FL", "2024-03-10T05:00Z"),
    ("24 hours", "2024-03-11T04:00Z", "US-FL", "2024-03-10T04:00Z"),
    ("1 working day", "2024-06-13T21:00Z", "RU", "2024-06-12T21:00Z"),
    ("2 working days", "2024-06-13T21:00Z", "RU", "2024-06-10T21:00Z"),
    ("1 month", "2024-03-31T12:00Z", "none", "2024-02-29T12:00Z"),
    ("1 week", "2024-07-03T21:00Z", "RU", "2024-06-26T21:00Z"),
    ("immediately", "2024-07-03T21:00Z", "RU", "2024-07-03T21:00Z"),
]


@pytest.mark.parametrize(("term", "moment", "calendar", "ahead"), AHEAD)
def test_a_moment_ahead_of_another(term: str, moment: str, calendar: str, ahead: str) -> None:
    assert before(at(moment), Term.parse(term), CALENDARS[calendar]) == at(ahead)


@pytest.mark.parametrize("word", ["unlimited", "until: a.b", "same day", "until 2024-12-31"])
def test_nothing_lies_a_word_ahead(word: str) -> None:
    with pytest.raises(TermError, match="no length"):
        before(at("2024-07-03T21:00Z"), Term.parse(word), RU)


def test_of_several_terms_on_one_event_the_first_or_the_last_is_taken() -> None:
    working = due("3 working days", "2024-06-07T12:00Z", RU)
    court = due("5 days", "2024-06-07T12:00Z", RU)
    year = due("1 year", "2024-06-07T12:00Z", RU)
    assert working.last_day == date(2024, 6, 13)
    assert earliest(working, court, year) is court
    assert latest(working, court, year) is year
    assert earliest(working) is working


def test_the_record_of_a_computation_survives_json() -> None:
    for term, start, calendar, _ in [*VECTORS, *HOURS]:
        for extension in ("", "5 working days", "2 hours"):
            record = due(term, start, CALENDARS[calendar], extension).computation
            kept = json.loads(json.dumps(record.to_json()))
            assert Computation.from_json(kept) == record
            assert Computation.from_json(kept).explain("ru") == record.explain("ru")


def test_the_record_names_what_was_counted() -> None:
    kept = due("7 working days", "2024-06-03T12:00Z", RU).computation.to_json()
    assert kept["start"] == "2024-06-03T12:00:00Z"
    assert kept["due"] == "2024-06-13T21:00:00Z"
    assert kept["last_day"] == "2024-06-13"
    assert (kept["calendar"], kept["zone"]) == ("RU", "Europe/Moscow")
    assert kept["day_of_receipt_counts"] is False
    assert kept["step"]["term"] == "7 working days"
    assert kept["step"]["weekend_days"] == 2
    assert kept["step"]["skipped"] == [
        {"day": "2024-06-12", "kind": "holiday", "en": "Russia Day", "ru": "День России"}
    ]
    assert kept["extension"] is None


@pytest.mark.parametrize("kept", [{}, {"start": "soon"}, {"format": 1, "start": None}])
def test_a_broken_record_is_refused(kept: dict[str, object]) -> None:
    with pytest.raises(TermError, match="not the record"):
        Computation.from_json(kept)
