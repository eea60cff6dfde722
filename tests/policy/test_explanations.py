from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tutela.policy.calendars import WorkingCalendar
from tutela.policy.terms import Term, compute

RU = WorkingCalendar("RU", "Europe/Moscow")
FLORIDA = WorkingCalendar("US-FL", "America/New_York")
ROLLED = WorkingCalendar("SI", "Europe/Ljubljana", roll="next-working-day")
OWN = WorkingCalendar(
    "RU",
    "Europe/Moscow",
    day_of_receipt_counts=True,
    holidays_added=[date(2024, 6, 5)],
    working_days_added=[date(2024, 6, 9)],
)


def explain(
    term: str, start: str, calendar: WorkingCalendar, extension: str = ""
) -> tuple[str, str]:
    more = Term.parse(extension) if extension else None
    moment = datetime.fromisoformat(start).astimezone(UTC)
    record = compute(Term.parse(term), moment, calendar, extension=more).computation
    return record.explain("en"), record.explain("ru")


TOLD = [
    (
        ("7 working days", "2024-06-03T12:00Z", RU),
        "3 June 2024 + 7 working days = 13 June 2024: 12 June is a public holiday (Russia Day).",
        "3 июня 2024 + 7 рабочих дней = 13 июня 2024: 12 июня — День России.",
    ),
    (
        ("30 days", "2024-06-03T12:00Z", RU),
        "3 June 2024 + 30 days = 3 July 2024.",
        "3 июня 2024 + 30 дней = 3 июля 2024.",
    ),
    (
        ("10 working days", "2024-06-03T12:00Z", FLORIDA, "5 working days"),
        (
            "3 June 2024 + 10 working days = 17 June 2024. Extended by 5 working days: "
            "25 June 2024: 19 June is a public holiday (Juneteenth National Independence Day)."
        ),
        (
            "3 июня 2024 + 10 рабочих дней = 17 июня 2024. Продлено на 5 рабочих дней: "
            "до 25 июня 2024: 19 июня — Джунтинт, День освобождения."
        ),
    ),
    (
        ("1 week", "2024-06-03T12:00Z", RU, "1 week"),
        "3 June 2024 + 1 week = 10 June 2024. Extended by 1 week: 17 June 2024.",
        "3 июня 2024 + 1 неделя = 10 июня 2024. Продлено на 1 неделю: до 17 июня 2024.",
    ),
    (
        ("5 working days", "2024-12-26T12:00Z", RU),
        (
            "26 December 2024 + 5 working days = 13 January 2025: 28 December is a working "
            "Saturday; 30 December is a day off moved from 28 December; 31 December is a "
            "day off moved from 7 January; 1–3, 6, 8 January are public holidays (New Year "
            "Holidays); 7 January is a public holiday (Christmas Day)."
        ),
        (
            "26 декабря 2024 + 5 рабочих дней = 13 января 2025: 28 декабря — рабочая суббота; "
            "30 декабря — выходной, перенесённый с 28 декабря; 31 декабря — выходной, перенесённый "
            "с 7 января; 1–3, 6, 8 января — Новогодние каникулы; 7 января — Рождество Христово."
        ),
    ),
    (
        ("1 month", "2024-01-31T12:00Z", RU),
        "31 January 2024 + 1 month = 29 February 2024: February has no day 31.",
        "31 января 2024 + 1 месяц = 29 февраля 2024: в феврале нет 31-го числа.",
    ),
    (
        ("1 month", "2024-05-01T12:00Z", ROLLED),
        (
            "1 May 2024 + 1 month = 3 June 2024: 1 June is a Saturday, so the term ends on the "
            "next working day."
        ),
        (
            "1 мая 2024 + 1 месяц = 3 июня 2024: 1 июня — суббота, поэтому срок кончается в "
            "следующий рабочий день."
        ),
    ),
    (
        ("24 hours", "2024-06-07T22:15Z", FLORIDA),
        "7 June 2024, 18:15 + 24 hours = 8 June 2024, 18:15 (America/New_York).",
        "7 июня 2024, 18:15 + 24 часа = 8 июня 2024, 18:15 (America/New_York).",
    ),
    (
        ("24 hours", "2024-03-09T23:00:05Z", FLORIDA),
        (
            "9 March 2024, 18:00:05 + 24 hours = 10 March 2024, 19:00:05 (America/New_York): the "
            "clocks go forward by 1 hour in between."
        ),
        (
            "9 марта 2024, 18:00:05 + 24 часа = 10 марта 2024, 19:00:05 (America/New_York): за это "
            "время часы переводят вперёд на 1 час."
        ),
    ),
    (
        ("1 hour", "2024-11-03T05:30Z", FLORIDA),
        (
            "3 November 2024, 01:30 + 1 hour = 3 November 2024, 01:30 (America/New_York): the "
            "clocks go back by 1 hour in between."
        ),
        (
            "3 ноября 2024, 01:30 + 1 час = 3 ноября 2024, 01:30 (America/New_York): за это время "
            "часы переводят назад на 1 час."
        ),
    ),
    (
        ("5 working days", "2024-06-03T12:00Z", OWN),
        (
            "3 June 2024 + 5 working days = 9 June 2024: 5 June is a day off in the operator's "
            "calendar; 9 June is a working Sunday. The day of receipt is counted."
        ),
        (
            "3 июня 2024 + 5 рабочих дней = 9 июня 2024: 5 июня — выходной по календарю оператора; "
            "9 июня — рабочее воскресенье. День получения считается."
        ),
    ),
    (
        ("24 hours", "2024-06-03T12:00Z", OWN),
        "3 June 2024, 15:00 + 24 hours = 4 June 2024, 15:00 (Europe/Moscow).",
        "3 июня 2024, 15:00 + 24 часа = 4 июня 2024, 15:00 (Europe/Moscow).",
    ),
    (
        ("2 working days", "2150-06-09T12:00Z", RU),
        (
            "9 June 2150 + 2 working days = 11 June 2150. The calendar of 2150 was not fully known "
            "when this was counted."
        ),
        (
            "9 июня 2150 + 2 рабочих дня = 11 июня 2150. Календарь на 2150 год при подсчёте был "
            "известен не полностью."
        ),
    ),
    (
        ("immediately", "2024-06-03T12:00Z", RU),
        "Immediately: 3 June 2024, 15:00 (Europe/Moscow).",
        "Немедленно: 3 июня 2024, 15:00 (Europe/Moscow).",
    ),
    (
        ("same day", "2024-06-03T12:00Z", RU),
        "By the end of 3 June 2024.",
        "До конца дня 3 июня 2024.",
    ),
    (
        ("until 2024-12-31", "2024-06-03T12:00Z", RU),
        "Until 31 December 2024, that day included.",
        "До 31 декабря 2024 включительно.",
    ),
]


@pytest.mark.parametrize(("counted", "english", "russian"), TOLD, ids=[str(t[0]) for t in TOLD])
def test_a_computation_is_told_in_both_languages(
    counted: tuple[str, str, WorkingCalendar], english: str, russian: str
) -> None:
    assert explain(*counted) == (english, russian)


def test_a_bound_of_immediately_is_told() -> None:
    moment = datetime(2024, 6, 3, 12, tzinfo=UTC)
    record = compute(
        Term.parse("immediately"), moment, RU, bound=Term.parse("21 minutes")
    ).computation
    assert record.explain("ru").startswith("Немедленно: 3 июня 2024, 15:00 + 21 минута = ")
    assert record.explain("en").startswith("Immediately: 3 June 2024, 15:00 + 21 minutes = ")


def test_a_term_of_a_year_tells_the_year_of_each_holiday() -> None:
    calendar = WorkingCalendar("none", "UTC", holidays_added=[date(2024, 6, 4), date(2025, 6, 4)])
    english, russian = explain("300 working days", "2024-06-03T12:00Z", calendar)
    assert "4 June 2024, 4 June 2025 are" in english
    assert "4 июня 2024, 4 июня 2025 —" in russian


def test_a_long_list_of_holidays_is_only_counted() -> None:
    english, russian = explain("1001 working days", "2020-06-03T12:00Z", RU)
    assert "public holidays and moved days off are left out" in english
    assert "праздничных и перенесённых дней" in russian
    assert max(len(english), len(russian)) < 200


def test_an_unknown_language_is_answered_in_english() -> None:
    moment = datetime(2024, 6, 3, 12, tzinfo=UTC)
    record = compute(Term.parse("30 days"), moment, RU).computation
    assert record.explain("sl") == record.explain("en")
    assert record.explain("ru-RU") == record.explain("ru")
