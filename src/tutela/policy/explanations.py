"""Tells in words how a term was counted, in English or Russian, from its record alone.

    3 June 2024 + 7 working days = 13 June 2024: 12 June is a public holiday (Russia Day).
    3 июня 2024 + 7 рабочих дней = 13 июня 2024: 12 июня — День России.

Short by design: weekends are not told, nor the rule that the day of receipt is not counted;
what departs from the ordinary is. Pure rules know no gettext, so the phrases stand here as data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from tutela.policy import term_words
from tutela.policy.holiday_names import MONTHS, Kind, Note, long_date, short_date
from tutela.policy.term_grammar import Kind as TermKind
from tutela.policy.term_grammar import Unit
from tutela.policy.term_words import ENGLISH, IN_MONTH_RU, russian_form, spoken

if TYPE_CHECKING:
    from tutela.policy.computations import Computation, SpecialDay, Step
    from tutela.policy.pausing import Pause

MOST_NAMED = 14
"""More special days than this are only counted, because a long list explains nothing. The
record keeps them all."""

_NEARLY_A_YEAR = 360
"""A term of more days tells the year of each holiday, for its dates may come twice."""

_PHRASES = {
    "en": {
        "sum": "{start} + {length} = {end}",
        "immediately": "Immediately: {end}",
        "same-day": "By the end of {end}",
        "until": "Until {end}, that day included",
        "missing": "{month} has no day {day}",
        "rolled": "{day} is {why}, so the term ends on the next working day",
        "received": "The day of receipt is counted.",
        "extended": "Extended by {length}: {end}",
        "still-day": "Not counted is {first}: {why}.",
        "still-days": "Not counted are {first} to {last}: {why}.",
        "still-hours": "Not counted is the time from {first} to {last}: {why}.",
        "still-not": "A pause on {first} ended on the same day, which is counted: {why}.",
        "unsure": "The calendar of {years} was not fully known when this was counted.",
        "clocks-on": "the clocks go forward by {shift} in between",
        "clocks-back": "the clocks go back by {shift} in between",
    },
    "ru": {
        "sum": "{start} + {length} = {end}",
        "immediately": "Немедленно: {end}",
        "same-day": "До конца дня {end}",
        "until": "До {end} включительно",
        "missing": "в {month} нет {day}-го числа",
        "rolled": "{day} — {why}, поэтому срок кончается в следующий рабочий день",
        "received": "День получения считается.",
        "extended": "Продлено на {length}: до {end}",
        "still-day": "Не считается {first}: {why}.",
        "still-days": "Не считаются дни с {first} по {last}: {why}.",
        "still-hours": "Не считается время с {first} до {last}: {why}.",
        "still-not": "Пауза {first} кончилась в тот же день, и он считается: {why}.",
        "unsure": "Календарь на {years} при подсчёте был известен не полностью.",
        "clocks-on": "за это время часы переводят вперёд на {shift}",
        "clocks-back": "за это время часы переводят назад на {shift}",
    },
}

WHY_STILL = {
    "en": {
        "identity": "proof of who asks was awaited",
        "signed-form": "the signed form was awaited",
        "clarification": "a clarification of the request was awaited",
    },
    "ru": {
        "identity": "ожидалось подтверждение личности",
        "signed-form": "ожидалась подписанная форма",
        "clarification": "ожидалось уточнение запроса",
    },
}
"""What a clock waited for while it stood still, by the word of the policy format."""


def explain(computation: Computation, language: str) -> str:
    """Sentences for a reader; any language but Russian is answered in English."""
    language = spoken(language)
    phrases = _PHRASES[language]
    step, extension = computation.step, computation.extension
    sentences = [_sentence(_counting(step, computation, language), _remarks(step, language))]
    if computation.day_of_receipt_counts and step.unit is not None and step.begins is None:
        sentences.append(phrases["received"])
    if extension is not None:
        length = _length(extension, language, accusative=True)
        told = phrases["extended"].format(
            length=length, end=_end(extension, computation.zone, language)
        )
        sentences.append(_sentence(told, _remarks(extension, language)))
    sentences.extend(_stood_still(each, computation, language) for each in computation.pauses)
    if unsure := sorted({*step.unsure_years, *(extension.unsure_years if extension else ())}):
        years = str(unsure[0]) if len(unsure) == 1 else f"{unsure[0]}–{unsure[-1]}"
        unit = "" if language == ENGLISH else (" год" if len(unsure) == 1 else " годы")
        sentences.append(phrases["unsure"].format(years=years + unit))
    return " ".join(sentences)


def _stood_still(pause: Pause, computation: Computation, language: str) -> str:
    phrases = _PHRASES[language]
    why = WHY_STILL[language].get(pause.why, pause.why)
    if (computation.extension or computation.step).ends is not None:
        first, last = _moment(pause.begins, language), _moment(pause.ends, language)
        return phrases["still-hours"].format(first=first, last=last, why=why)
    begins, days = pause.begins.date(), (pause.ends.date() - pause.begins.date()).days
    first = long_date(begins, language)
    if days <= 1:
        return phrases["still-day" if days else "still-not"].format(first=first, why=why)
    last = long_date(date.fromordinal(begins.toordinal() + days - 1), language)
    return phrases["still-days"].format(first=first, last=last, why=why)


def _sentence(told: str, remarks: list[str]) -> str:
    return f"{told}: {'; '.join(remarks)}." if remarks else f"{told}."


def _length(step: Step, language: str, *, accusative: bool = False) -> str:
    if step.unit is None:
        return step.term
    return term_words.length(step.amount, step.unit, language, accusative=accusative)


def _counting(step: Step, computation: Computation, language: str) -> str:
    phrases = _PHRASES[language]
    end = _end(step, computation.zone, language)
    if step.kind is TermKind.SAME_DAY:
        return phrases["same-day"].format(end=end)
    if step.kind is TermKind.UNTIL_DATE:
        return phrases["until"].format(end=end)
    if step.unit is None:
        return phrases["immediately"].format(end=end)
    start = long_date(step.first_day, language)
    if step.begins is not None:
        start = _moment(step.begins, language)
    told = phrases["sum"].format(start=start, length=_length(step, language), end=end)
    if step.kind is TermKind.IMMEDIATELY:
        return phrases["immediately"].format(end=told)
    return told


def _end(step: Step, zone: str, language: str) -> str:
    if step.ends is not None:
        return f"{_moment(step.ends, language)} ({zone})"
    return long_date(step.last_day, language)


def _moment(moment: datetime, language: str) -> str:
    time = moment.strftime("%H:%M:%S").removesuffix(":00")
    return f"{long_date(moment.date(), language)}, {time}"


def _remarks(step: Step, language: str) -> list[str]:
    phrases = _PHRASES[language]
    remarks = _special(step, language)
    if step.missing_day:
        index = (step.rolled_from.day if step.rolled_from else step.last_day).month - 1
        month = MONTHS["en"][index] if language == ENGLISH else IN_MONTH_RU[index]
        remarks.append(phrases["missing"].format(month=month, day=step.missing_day))
    if step.rolled_from is not None:
        day = short_date(step.rolled_from.day, language)
        why = _why(step.rolled_from.note, language)
        remarks.append(phrases["rolled"].format(day=day, why=why))
    if shift := _clock_change(step):
        direction = "clocks-on" if shift > 0 else "clocks-back"
        remarks.append(phrases[direction].format(shift=_shift_words(abs(shift), language)))
    return remarks


def _clock_change(step: Step) -> int:
    """By how many minutes the clocks moved between the two ends, forward positive."""
    if step.begins is None or step.ends is None:
        return 0
    before, after = step.begins.utcoffset(), step.ends.utcoffset()
    if before is None or after is None:
        return 0
    return int((after - before).total_seconds()) // 60


def _shift_words(minutes: int, language: str) -> str:
    unit, amount = ("hour", minutes // 60) if minutes % 60 == 0 else ("minute", minutes)
    return term_words.length(amount, Unit(unit), language, accusative=True)


def _special(step: Step, language: str) -> list[str]:
    """Holidays left out and weekend days worked, days of one reason told together."""
    if len(step.skipped) + len(step.worked) > MOST_NAMED:
        return [_only_counted(len(step.skipped), language)]
    groups: dict[Note, list[date]] = {}
    for each in sorted((*step.skipped, *step.worked), key=_day):
        groups.setdefault(each.note, []).append(each.day)
    over_a_year = step.last_day.toordinal() - step.first_day.toordinal() > _NEARLY_A_YEAR
    say = long_date if over_a_year else short_date
    return [_named(note, _ranges(days, language, say), language) for note, days in groups.items()]


def _day(each: SpecialDay) -> date:
    return each.day


def _only_counted(number: int, language: str) -> str:
    if language == ENGLISH:
        return f"{number} public holidays and moved days off are left out"
    one = russian_form(number) == 0
    days = "праздничный или перенесённый день" if one else "праздничных и перенесённых дней"
    return f"{'не считается' if one else 'не считаются'} {number} {days}"


def _named(note: Note, when: str, language: str) -> str:
    if language == ENGLISH:
        many = "," in when or "–" in when
        return f"{when} {'are' if many else 'is'} {_why(note, language, many=many)}"
    return f"{when} — {_why(note, language)}"


def _why(note: Note, language: str, *, many: bool = False) -> str:
    if language != ENGLISH:
        return note.ru or "праздничный день"
    if note.kind is Kind.HOLIDAY:
        holiday = "public holidays" if many else "a public holiday"
        return f"{holiday} ({note.en})"
    return note.en if many else f"a {note.en}"


def _ranges(days: Iterable[date], language: str, say: Callable[[date, str], str]) -> str:
    """``1–5, 8 January``, ``30 December, 2 January``; ``say`` writes the last date of a month."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day.toordinal() - runs[-1][-1].toordinal() == 1 and _month(day, runs[-1][0]):
            runs[-1].append(day)
        else:
            runs.append([day])
    parts = []
    for index, run in enumerate(runs):
        follows = index + 1 < len(runs) and _month(runs[index + 1][0], run[-1])
        last = str(run[-1].day) if follows else say(run[-1], language)
        parts.append(last if len(run) == 1 else f"{run[0].day}–{last}")
    return ", ".join(parts)


def _month(day: date, other: date) -> bool:
    return (day.year, day.month) == (other.year, other.month)
