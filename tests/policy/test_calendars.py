from __future__ import annotations

from datetime import UTC, date, datetime

import holidays
import pytest

from tutela.policy.calendars import CalendarError, WorkingCalendar, next_day

RU = WorkingCalendar("RU", "Europe/Moscow")
KZ = WorkingCalendar("KZ", "Asia/Almaty")
KG = WorkingCalendar("KG", "Asia/Bishkek")
FLORIDA = WorkingCalendar("US-FL", "America/New_York")
SI = WorkingCalendar("SI", "Europe/Ljubljana")
PLAIN = WorkingCalendar("none", "UTC")
EU = [
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
]


def off(calendar: WorkingCalendar, *days: str) -> bool:
    return not any(calendar.is_working(date.fromisoformat(day)) for day in days)


def worked(calendar: WorkingCalendar, *days: str) -> bool:
    return all(calendar.is_working(date.fromisoformat(day)) for day in days)


def test_russia_moves_days_off_and_works_the_saturdays_given_for_them() -> None:
    assert off(RU, "2024-06-12", "2024-04-29", "2024-04-30", "2024-05-10", "2024-12-30")
    assert off(RU, "2024-12-31", "2025-01-08", "2025-05-02", "2025-05-08", "2025-06-13")
    assert worked(RU, "2024-04-27", "2024-11-02", "2024-12-28", "2025-11-01")
    assert off(RU, "2024-06-08", "2024-06-09", "2025-02-22", "2025-02-23", "2025-03-08")
    assert worked(RU, "2024-06-11", "2024-06-13", "2025-02-24", "2025-03-10")


def test_russia_gives_the_monday_for_a_holiday_on_a_weekend() -> None:
    assert off(RU, "2023-11-04", "2023-11-06", "2022-06-13", "2026-03-09", "2026-05-11")


def test_kazakhstan_keeps_nowruz_its_moved_days_and_new_holidays() -> None:
    assert off(KZ, "2024-03-21", "2024-03-22", "2024-03-25", "2024-05-08", "2024-07-08")
    assert off(KZ, "2024-10-25", "2025-01-03", "2025-06-06", "2022-10-25")
    assert worked(KZ, "2024-05-04", "2025-01-05", "2021-10-25")


def test_kyrgyzstan_works_the_saturdays_and_holidays_it_moved() -> None:
    assert off(KG, "2024-03-21", "2024-03-22", "2024-05-02", "2024-05-03", "2024-06-17")
    assert off(KG, "2024-11-07", "2024-11-08", "2024-08-31")
    assert worked(KG, "2024-05-06", "2024-05-11", "2024-09-02", "2024-04-08", "2024-01-08")


def test_florida_keeps_juneteenth_but_nobody_takes_susan_anthonys_day_off() -> None:
    assert off(FLORIDA, "2024-06-19", "2024-11-29", "2024-11-11", "2024-01-15", "2026-07-03")
    assert off(FLORIDA, "2021-12-31", "2023-11-10")
    assert worked(FLORIDA, "2024-02-15", "2023-02-15", "2024-06-12", "2024-02-19", "2024-10-14")
    assert date(2024, 2, 15) in holidays.country_holidays("US", subdiv="FL", years=2024)


def test_slovenia_keeps_its_own_holidays() -> None:
    assert off(SI, "2024-02-08", "2024-04-01", "2024-05-02", "2024-06-25", "2024-12-26")
    assert off(SI, "2023-08-14")
    assert worked(SI, "2024-06-12", "2024-08-14")


@pytest.mark.parametrize("code", EU)
def test_every_country_of_the_union_has_its_calendar(code: str) -> None:
    calendar = WorkingCalendar(code, "UTC")
    assert off(calendar, "2024-01-01", "2024-12-25", "2024-06-15")
    assert calendar.why_not(date(2024, 12, 25)) not in ("", "Wednesday")
    assert calendar.why_not(date(2024, 12, 25), "ru") not in ("", "среда")


def test_hungary_works_the_saturdays_given_for_bridge_days() -> None:
    hungary = WorkingCalendar("HU", "Europe/Budapest")
    assert worked(hungary, "2024-08-03", "2024-12-07")
    assert off(hungary, "2024-08-19", "2024-12-24")


def test_weekends_only_knows_no_holiday() -> None:
    assert worked(PLAIN, "2024-01-01", "2024-12-25")
    assert off(PLAIN, "2024-06-08", "2024-06-09")


def test_a_day_off_says_why_in_both_languages() -> None:
    assert RU.why_not(date(2024, 6, 12)) == "Russia Day"
    assert RU.why_not(date(2024, 6, 12), "ru") == "День России"
    assert RU.why_not(date(2024, 4, 29)) == "day off moved from 27 April"
    assert RU.why_not(date(2024, 4, 29), "ru") == "выходной, перенесённый с 27 апреля"
    assert RU.why_not(date(2024, 6, 8)) == "Saturday"
    assert RU.why_not(date(2024, 6, 8), "ru") == "суббота"
    assert RU.why_not(date(2024, 4, 27)) == ""
    assert RU.why_not(date(2024, 6, 3)) == ""
    assert KZ.why_not(date(2024, 3, 25), "ru") == "Наурыз мейрамы (перенос)"
    assert KZ.why_not(date(2026, 5, 27), "ru") == "Курбан-айт (дата расчётная)"
    assert KG.why_not(date(2024, 6, 17), "ru") == "Курман айт"
    assert FLORIDA.why_not(date(2024, 11, 28), "ru") == "День благодарения"
    italy = WorkingCalendar("IT", "Europe/Rome")
    assert italy.why_not(date(2027, 10, 4), "ru") == "праздничный день"


def test_an_operator_adds_and_removes_days() -> None:
    own = WorkingCalendar(
        "RU",
        "Europe/Moscow",
        holidays_added=[date(2024, 6, 13), date(2024, 4, 27)],
        holidays_removed=[date(2024, 6, 12), date(2024, 5, 1), date(2024, 1, 6)],
        working_days_added=[date(2024, 6, 15), date(2024, 5, 9)],
    )
    assert off(own, "2024-06-13", "2024-04-27")
    assert worked(own, "2024-06-12", "2024-05-01", "2024-06-15", "2024-05-09")
    assert off(own, "2024-01-06")
    assert own.why_not(date(2024, 1, 6)) == "Saturday"
    assert own.why_not(date(2024, 6, 13)) == "day off in the operator's calendar"
    assert own.why_not(date(2024, 6, 15)) == ""
    assert off(RU, "2024-06-12", "2024-05-01")


def test_a_calendar_is_a_value() -> None:
    lists = {"holidays_added": [date(2024, 6, 13), date(2024, 6, 14)]}
    turned = {"holidays_added": (date(2024, 6, 14), date(2024, 6, 13))}
    first = WorkingCalendar("RU", "Europe/Moscow", **lists)
    again = WorkingCalendar("RU", "Europe/Moscow", **turned)
    first.is_working(date(2024, 6, 13))
    assert first == again
    assert hash(first) == hash(again)
    assert first != RU
    with pytest.raises(AttributeError):
        first.code = "KZ"  # type: ignore[misc]


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "XX"},
        {"code": "ru"},
        {"code": ""},
        {"code": "US-"},
        {"code": "US-ZZ"},
        {"code": "Russia"},
        {"zone": "Mars/Olympus"},
        {"zone": ""},
        {"zone": "../etc"},
        {"zone": "Europe"},
        {"roll": "previous"},
        {"roll": ""},
        {"holidays_added": ["2024-06-13"]},
        {"holidays_removed": [datetime(2024, 6, 13, tzinfo=UTC)]},
        {"holidays_added": [date(2024, 6, 13)], "working_days_added": [date(2024, 6, 13)]},
    ],
    ids=str,
)
def test_a_wrong_calendar_is_refused_with_a_sentence_and_a_hint(wrong: dict[str, object]) -> None:
    with pytest.raises(CalendarError) as refused:
        WorkingCalendar(**{"code": "RU", "zone": "Europe/Moscow", **wrong})  # type: ignore[arg-type]
    assert refused.value.sentence.endswith(".")
    assert refused.value.hint.endswith(".")


@pytest.mark.parametrize("code", ["RU", "KZ", "KG", "US-FL", "SI", "HU", "none", "IN", "IR"])
@pytest.mark.parametrize("year", [1, 1800, 1990, 2099, 2100, 2101, 5000, 9999])
def test_years_the_package_does_not_know_have_weekends_at_least(code: str, year: int) -> None:
    calendar = WorkingCalendar(code, "UTC")
    week = [date(year, 6, number) for number in range(10, 17)]
    assert 1 <= sum(not calendar.is_working(day) for day in week) <= 5
    assert all(calendar.why_not(day) for day in week if not calendar.is_working(day))


def test_a_calendar_says_which_years_moved_days_it_knows() -> None:
    assert RU.knows_moved_days(2024)
    assert not RU.knows_moved_days(2060)
    assert not RU.knows_moved_days(2150)
    assert FLORIDA.knows_moved_days(2060)
    assert not FLORIDA.knows_moved_days(2150)
    assert PLAIN.knows_moved_days(9999)
    assert WorkingCalendar("IN", "UTC").knows_moved_days(2024)
    assert not WorkingCalendar("IN", "UTC").knows_moved_days(2050)


def test_working_days_are_counted_both_ways() -> None:
    assert RU.add_working_days(date(2024, 6, 11), 1) == date(2024, 6, 13)
    assert RU.add_working_days(date(2024, 6, 13), -1) == date(2024, 6, 11)
    assert RU.add_working_days(date(2024, 4, 26), 1) == date(2024, 4, 27)
    assert RU.add_working_days(date(2024, 6, 12), 0) == date(2024, 6, 12)
    assert RU.next_working(date(2024, 6, 12)) == date(2024, 6, 13)
    assert RU.next_working(date(2024, 6, 11)) == date(2024, 6, 11)


@pytest.mark.parametrize(
    ("zone", "day", "ends"),
    [
        ("Europe/Moscow", date(2024, 7, 3), "2024-07-03T21:00+00:00"),
        ("America/New_York", date(2024, 3, 9), "2024-03-10T05:00+00:00"),
        ("America/New_York", date(2024, 3, 10), "2024-03-11T04:00+00:00"),
        # The clocks jump over midnight itself: the day begins at 01:00.
        ("America/Havana", date(2024, 3, 9), "2024-03-10T05:00+00:00"),
        # Midnight comes twice: the first one ends the day.
        ("America/Havana", date(2024, 11, 2), "2024-11-03T04:00+00:00"),
        # 23:00 comes twice: the day is over after the second.
        ("Asia/Beirut", date(2024, 10, 26), "2024-10-26T22:00+00:00"),
        # A whole day is left out.
        ("Pacific/Apia", date(2011, 12, 29), "2011-12-30T10:00+00:00"),
    ],
)
def test_a_day_ends_at_the_first_instant_of_the_next(zone: str, day: date, ends: str) -> None:
    calendar = WorkingCalendar("none", zone)
    end = calendar.end_of(day)
    assert end == datetime.fromisoformat(ends)
    assert calendar.local_day(end) > day
    before = datetime.fromtimestamp(end.timestamp() - 1, UTC)
    assert calendar.local_day(before) == day


def test_the_next_day_crosses_months_and_years() -> None:
    assert next_day(date(2024, 12, 31)) == date(2025, 1, 1)
    assert next_day(date(2024, 3, 1), -1) == date(2024, 2, 29)
