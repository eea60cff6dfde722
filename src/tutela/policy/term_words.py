"""How lengths of time are said in each language. Data, because pure rules know no gettext.

English has two forms; Russian three, for 1, 2-4 and 5-20 ending numbers, and its own form after
“на” (accusative). A language that is not here is answered in English.
"""

from __future__ import annotations

from datetime import date

from tutela.policy.holiday_names import long_date
from tutela.policy.term_grammar import Kind, Unit

ENGLISH, RUSSIAN = "en", "ru"

_RUSSIAN_FORMS = {
    Unit.MINUTE: ("минута", "минуты", "минут", "минуту"),
    Unit.HOUR: ("час", "часа", "часов", "час"),
    Unit.DAY: ("день", "дня", "дней", "день"),
    Unit.WORKING_DAY: ("рабочий день", "рабочих дня", "рабочих дней", "рабочий день"),
    Unit.WEEK: ("неделя", "недели", "недель", "неделю"),
    Unit.MONTH: ("месяц", "месяца", "месяцев", "месяц"),
    Unit.YEAR: ("год", "года", "лет", "год"),
}
"""Nominative for 1, genitive singular for 2-4, genitive plural; then accusative for 1."""

_KINDS = {
    ENGLISH: {
        Kind.IMMEDIATELY: "immediately",
        Kind.SAME_DAY: "same day",
        Kind.UNLIMITED: "unlimited",
    },
    RUSSIAN: {
        Kind.IMMEDIATELY: "немедленно",
        Kind.SAME_DAY: "в тот же день",
        Kind.UNLIMITED: "бессрочно",
    },
}

IN_MONTH_RU = (
    *("январе", "феврале", "марте", "апреле", "мае", "июне"),
    *("июле", "августе", "сентябре", "октябре", "ноябре", "декабре"),
)


def spoken(language: str) -> str:
    """The language of these tables for a tag such as ``ru`` or ``ru-RU``."""
    return RUSSIAN if language.casefold().startswith(RUSSIAN) else ENGLISH


def russian_form(number: int) -> int:
    """0 for 1, 21, 101; 1 for 2-4, 22; 2 for 0, 5-20, 111."""
    if number % 10 == 1 and number % 100 != 11:  # noqa: PLR2004 - a rule of the language
        return 0
    if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14):
        return 1
    return 2


def length(amount: int, unit: Unit, language: str, *, accusative: bool = False) -> str:
    """``10 working days``, ``10 рабочих дней``; in the accusative ``на 1 неделю``."""
    if language == ENGLISH:
        return f"{amount} {unit}{'' if amount == 1 else 's'}"
    form = russian_form(amount)
    return f"{amount} {_RUSSIAN_FORMS[unit][3 if accusative and form == 0 else form]}"


def kind(what: Kind, language: str) -> str:
    return _KINDS[language][what]


def until(day: date, language: str) -> str:
    if language == RUSSIAN:
        return f"до {long_date(day, RUSSIAN)} включительно"
    return f"until {long_date(day, ENGLISH)} inclusive"


def until_event(event: str, language: str) -> str:
    return f"до события {event}" if language == RUSSIAN else f"until {event}"
