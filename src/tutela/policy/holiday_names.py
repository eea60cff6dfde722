"""What the days of a working calendar are called, in each language. Data, and its readers.

The ``holidays`` package names every day in English; Russian comes from the package where it has
it and from ``RUSSIAN`` below where it has not. A name missing here is told without the name, so
an unknown country still explains itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "ru": (
        *("января", "февраля", "марта", "апреля", "мая", "июня"),
        *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
    ),
}
WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "ru": ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"),
}
_WORKING_WEEKDAYS_RU = (
    *("рабочий понедельник", "рабочий вторник", "рабочая среда", "рабочий четверг"),
    *("рабочая пятница", "рабочая суббота", "рабочее воскресенье"),
)

RUSSIAN = {
    "Additional public holiday": "дополнительный выходной",
    "All Saints' Day": "День всех святых",
    "All Souls' Day": "День поминовения усопших",
    "Armistice Day": "День перемирия",
    "Ascension Day": "Вознесение Господне",
    "Assumption Day": "Успение Богородицы",
    "Assumption Of Mary Day": "Успение Богородицы",
    "August Bank Holiday": "августовский банковский выходной",
    "Capital Day": "День столицы",
    "Christmas Day": "Рождество",
    "Christmas Eve": "Сочельник",
    "Constitution Day": "День Конституции",
    "Corpus Christi": "праздник Тела Христова",
    "Day After Christmas": "второй день Рождества",
    "Day of Remembrance for the Dead": "День поминовения усопших",
    "Day of Uprising Against Occupation": "День восстания против оккупации",
    "Defender of the Fatherland Day": "День защитника Отечества",
    "Dormition of the Mother of God": "Успение Богородицы",
    "Easter": "Пасха",
    "Easter Monday": "Пасхальный понедельник",
    "Easter Sunday": "Пасха",
    "Eid al-Adha": "Курбан-айт",
    "Eid al-Fitr": "Ораза-айт",
    "Epiphany": "Богоявление",
    "Europe Day": "День Европы",
    "Father's Day": "День отца",
    "First President Day": "День Первого Президента",
    "Freedom Day": "День свободы",
    "Friday After Thanksgiving": "пятница после Дня благодарения",
    "German Unity Day": "День германского единства",
    "Good Friday": "Страстная пятница",
    "Holy Saturday": "Великая суббота",
    "Immaculate Conception": "Непорочное зачатие",
    "Independence Day": "День независимости",
    "Independence and Unity Day": "День независимости и единства",
    "International Women's Day": "Международный женский день",
    "International Workers' Day": "День труда",
    "Juneteenth National Independence Day": "Джунтинт, День освобождения",
    "Kazakhstan's People Solidarity Holiday": "Праздник единства народа Казахстана",
    "King's Day": "День короля",
    "Labor Day": "День труда",
    "Liberation Day": "День освобождения",
    "Martin Luther King Jr. Day": "День Мартина Лютера Кинга",
    "Maundy Thursday": "Великий четверг",
    "May Bank Holiday": "майский банковский выходной",
    "May Day": "Первое мая",
    "Memorial Day": "День памяти",
    "Midsummer Day": "Иванов день",
    "Midsummer Eve": "канун Иванова дня",
    "Mother's Day": "День матери",
    "National Day": "Национальный праздник",
    "National Independence Day": "День национальной независимости",
    "New Year's Day": "Новый год",
    "New Year's Eve": "канун Нового года",
    "Nowruz Holiday": "Наурыз мейрамы",
    "Orthodox Christmas": "Рождество Христово",
    "Pentecost": "Пятидесятница",
    "Pentecost Monday": "Духов день",
    "Prešeren's Day, the Slovenian Cultural Holiday": "День Прешерна, праздник культуры",
    "Reformation Day": "День Реформации",
    "Republic Day": "День Республики",
    "Saint Patrick's Day": "День святого Патрика",
    "Saint Stephen's Day": "День святого Стефана",
    "Second Day of Christmas": "второй день Рождества",
    "Solidarity Day": "День солидарности",
    "Statehood Day": "День государственности",
    "Thanksgiving Day": "День благодарения",
    "Veterans Day": "День ветеранов",
    "Victory Day": "День Победы",
}

_MARK = re.compile(r" \((observed|estimated|observed, estimated)\)$")
_MARKS_RU = {
    "observed": "перенос",
    "estimated": "дата расчётная",
    "observed, estimated": "перенос, дата расчётная",
}
_MOVED = re.compile(r"\(substituted from (\d\d)/(\d\d)/(\d{4})\)$")


class Kind(StrEnum):
    """Why a day works or does not."""

    HOLIDAY = "holiday"
    MOVED = "moved"
    WEEKEND = "weekend"
    ADDED = "added"
    WORKED = "worked"


@dataclass(frozen=True, slots=True)
class Note:
    """A word on one day, in each language: a holiday's name, where a day off was moved from."""

    kind: Kind
    en: str
    ru: str

    def text(self, language: str) -> str:
        return self.ru if language.startswith("ru") else self.en


OPERATORS_DAY = Note(
    Kind.ADDED, "day off in the operator's calendar", "выходной по календарю оператора"
)


def short_date(day: date, language: str) -> str:
    """``12 June`` or ``12 июня``."""
    return f"{day.day} {MONTHS[language][day.month - 1]}"


def long_date(day: date, language: str) -> str:
    """``12 June 2024`` or ``12 июня 2024``."""
    return f"{short_date(day, language)} {day.year}"


def weekend(weekday: int) -> Note:
    return Note(Kind.WEEKEND, WEEKDAYS["en"][weekday], WEEKDAYS["ru"][weekday])


def working(weekday: int) -> Note:
    """A day off on which people work, because another day was given for it."""
    return Note(Kind.WORKED, f"working {WEEKDAYS['en'][weekday]}", _WORKING_WEEKDAYS_RU[weekday])


def holiday(day: date, english: str, russian: str = "") -> Note:
    """The note of ``day``, by the package's names; an empty ``russian`` is looked up here."""
    if moved := _MOVED.search(english):
        month, number, year = (int(part) for part in moved.groups())
        source = date(year, month, number)
        say = short_date if source.year == day.year else long_date
        return Note(
            Kind.MOVED,
            f"day off moved from {say(source, 'en')}",
            f"выходной, перенесённый с {say(source, 'ru')}",
        )
    return Note(Kind.HOLIDAY, english, russian or _russian(english))


def _russian(english: str) -> str:
    """The Russian name, or an empty text when one of the day's names is not in the table."""
    names = []
    for name in english.split("; "):
        mark = _MARK.search(name)
        known = RUSSIAN.get(_MARK.sub("", name), "")
        if not known:
            return ""
        names.append(f"{known} ({_MARKS_RU[mark[1]]})" if mark else known)
    return "; ".join(names)
