"""Reads a term as a policy's author writes it, in English or Russian.

    term      = [prefix] number unit | [prefix] unit | word | "until" (date | event)
    number    = digits ["(" words or digits ")"] | words ["(" digits ")"]
    unit      = minutes | hours | [calendar] days | working days | business days | weeks | months
                | years, in the singular without a number: "a year", "рабочий день"
    word      = immediately | same day | unlimited, and their synonyms below
    prefix    = within, not later than, в течение, не позднее, ...

Bare “days” are calendar days. Anything else is a ``TermError``, which says what to write.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import product

from tutela.core.errors import TutelaError
from tutela.policy.numbers_in_words import WORDS, leading_number


class TermError(TutelaError):
    """A term cannot be read or computed; ``hint`` tells what to write or do instead."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(f"{sentence} {hint}".strip())
        self.sentence = sentence
        self.hint = hint


class Kind(StrEnum):
    LENGTH = "length"
    IMMEDIATELY = "immediately"
    SAME_DAY = "same day"
    UNTIL_DATE = "until date"
    UNTIL_EVENT = "until event"
    UNLIMITED = "unlimited"


class Unit(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


LONGEST = {
    Unit.MINUTE: 525_600,
    Unit.HOUR: 87_600,
    Unit.DAY: 73_000,
    Unit.WORKING_DAY: 10_000,
    Unit.WEEK: 10_400,
    Unit.MONTH: 2_400,
    Unit.YEAR: 200,
}
"""The largest number of each unit: more is a slip of the pen, not a promise to a person."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the words said: ``amount`` and ``unit`` of a length, or what it runs until."""

    kind: Kind
    amount: int = 0
    unit: Unit | None = None
    event: str = ""
    day: date | None = None


EXAMPLES = "Write, for example, “10 working days”, “30 days”, “24 hours”, “5 years”, “immediately”."

_WORDS = {
    Kind.IMMEDIATELY: (
        "immediately|at once|instantly|forthwith|straight away|right away|without delay"
        "|немедленно|незамедлительно|сразу|сразу же|тотчас|тут же|без промедления"
    ),
    Kind.SAME_DAY: (
        "same day|the same day|on the same day|that day|on that day"
        "|в тот же день|в этот же день|тот же день|в день обращения"
    ),
    Kind.UNLIMITED: (
        "unlimited|no limit|without limit|without time limit|without a time limit|indefinitely"
        "|open-ended|no time limit|бессрочно|бессрочный|без срока|без ограничения срока"
        "|без ограничения сроком|не ограничен|неограниченно|срок не ограничен"
    ),
}
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words.split("|")}

_PREFIXES = (
    *("within", "in", "for", "after", "during", "up to", "at most", "a maximum of", "maximum"),
    *("not later than", "no later than", "not more than", "no more than", "no longer than"),
    *("not longer than", "not exceeding", "in no more than", "by no later than", "the", "term of"),
    *("a period of", "period of", "a term of"),
    *("в течение", "в течении", "не позднее", "не позднее чем", "не позже", "не позже чем"),
    *("не более", "не более чем", "не дольше", "не дольше чем", "не свыше", "не превышающий"),
    *("через", "спустя", "за", "на", "в", "до", "в срок", "в срок до", "в срок не более"),
    *("в срок, не превышающий", "сроком на", "сроком", "срок", "на срок", "максимум", "по"),
)
_PREFIX = re.compile(
    rf"(?:{'|'.join(re.escape(each) for each in sorted(_PREFIXES, key=len, reverse=True))})\s+"
)
_UNTIL = re.compile(r"(?P<word>until|till|to|до|по)(?P<colon>\s*:)?\s+(?P<rest>.+)", re.IGNORECASE)
_EVENT = re.compile(r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DOTTED_DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?:\s*г(?:ода|\.)?)?")
_NUMBER = re.compile(r"(?P<sign>[+\-−–—]?)\s*(?P<digits>[0-9]+)(?P<more>[.,][0-9]+)?")
_WHOLE = re.compile(r"[0-9]+")
_BRACKETS = re.compile(r"\s*\(\s*(?P<inside>[^()]*?)\s*\)\s*")


def _forms(adjectives: str, nouns: str) -> list[str]:
    """Every adjective before every noun; a blank adjective leaves the noun alone."""
    pairs = product(adjectives.split("|"), nouns.split("|"))
    return [f"{adjective} {noun}".strip() for adjective, noun in pairs]


_CALENDAR = (
    "|calendar|календарный|календарного|календарному|календарных|календарные|календарным"
    "|календарная|календарную|календарной|кал."
)
_WORKING = "working|business|work|рабочий|рабочего|рабочему|рабочих|рабочие|рабочим|рабочими|раб."
_DAY, _DAYS = "day|день|дня|дню|днем", "days|дней|дни|дням|днями|дн|дн."
_ONE = {
    Unit.MINUTE: ["minute", "минута", "минуты", "минуту"],
    Unit.HOUR: ["hour", "час", "часа", "часу"],
    Unit.DAY: _forms(_CALENDAR, _DAY),
    Unit.WORKING_DAY: [*_forms(_WORKING, _DAY), "workday"],
    Unit.WEEK: _forms(_CALENDAR, "week|неделя|неделю|недели|неделе|неделей"),
    Unit.MONTH: _forms(_CALENDAR, "month|месяц|месяца|месяцу|месяцем"),
    Unit.YEAR: _forms(_CALENDAR, "year|год|года|году|годом"),
}
"""Words that may stand without a number: “a year”, “рабочий день”."""

_MANY = {
    Unit.MINUTE: ["minutes", "min", "mins", "минут", "минутах", "минутам", "мин", "мин."],
    Unit.HOUR: ["hours", "hr", "hrs", "h", "часов", "часам", "часах", "ч", "ч."],
    Unit.DAY: _forms(_CALENDAR, _DAYS),
    Unit.WORKING_DAY: [*_forms(_WORKING, _DAYS), "workdays"],
    Unit.WEEK: _forms(_CALENDAR, "weeks|недель|неделям|неделями"),
    Unit.MONTH: _forms(_CALENDAR, "months|месяцев|месяцы|месяцам|мес|мес."),
    Unit.YEAR: _forms(_CALENDAR, "years|yr|yrs|лет|годы|годам|годами"),
}
_SINGULAR = {word for words in _ONE.values() for word in words}
_UNITS = {word: unit for table in (_ONE, _MANY) for unit, words in table.items() for word in words}

_HINTS = {
    "сутки": "Write “24 часа” for a day of hours, or “1 день” for a calendar day.",
    "суток": "Write the hours (“72 часа”) or the calendar days (“3 дня”).",
    "banking days": "Write “working days”; bank holidays belong to the calendar.",
    "банковских дней": "Write “рабочих дней”; bank holidays belong to the calendar.",
    "quarter": "Write “3 months”.",
    "quarters": "Write the number of months.",
    "полугода": "Write “6 месяцев”.",
    "half a year": "Write “6 months”.",
}


def parse(text: object) -> Parsed:
    """Read ``text`` by the grammar above, or raise ``TermError``."""
    if not isinstance(text, str):
        raise TermError(
            f"A term is written in words, and this is {type(text).__name__}.",
            "Name the unit and put it in quotes: “10 days”.",
        )
    said = re.sub(r"\s+", " ", text).strip().strip("\"'«»“”").strip()
    if not said:
        raise TermError("The term is empty.", EXAMPLES)
    if len(said) > 200:  # noqa: PLR2004 - a term, not a chapter
        raise TermError("The term is too long to be one.", EXAMPLES)
    words = said.casefold().replace("ё", "е").rstrip(" .;,") or said
    if kind := _KINDS.get(words):
        return Parsed(kind)
    return _until(said) or _length(words, said)


def _until(said: str) -> Parsed | None:
    """“until: purpose.reached”, “until 2024-12-31”; None where “до” only begins a length."""
    match = _UNTIL.fullmatch(said)
    if match is None:
        return None
    rest, word = match["rest"].rstrip(" .;,"), match["word"].casefold()
    if day := _date(rest):
        return Parsed(Kind.UNTIL_DATE, day=day)
    if _EVENT.fullmatch(rest) and (match["colon"] or "." in rest):
        return Parsed(Kind.UNTIL_EVENT, event=rest)
    if word in ("до", "по", "to") and not match["colon"]:
        return None
    raise TermError(
        f"“{said}” names neither a date nor an event.",
        "Write “until 2024-12-31”, or an event by its slug: “until: purpose.reached”.",
    )


def _date(text: str) -> date | None:
    if match := _ISO_DATE.fullmatch(text):
        year, month, number = (int(part) for part in match.groups())
    elif match := _DOTTED_DATE.fullmatch(text):
        number, month, year = (int(part) for part in match.groups())
    else:
        return None
    try:
        return date(year, month, number)
    except ValueError as error:
        raise TermError(
            f"There is no day {text}.", "Write a day that exists, as year-month-day."
        ) from error


def _length(words: str, said: str) -> Parsed:
    rest = words
    while prefix := _PREFIX.match(rest):
        rest = rest[prefix.end() :]
    amount, rest = _amount(rest, said)
    unit = _unit(rest, said)
    if amount is None:
        if rest not in _SINGULAR:
            raise TermError(f"“{said}” does not say how many.", f"Add the number: “3 {rest}”.")
        amount = 1
    if amount == 0:
        raise TermError(
            f"“{said}” is no time at all.", "Write “immediately”, or “same day” for that day's end."
        )
    if amount > LONGEST[unit]:
        raise TermError(
            f"“{_cut(said)}” is longer than any term can be.",
            f"Write at most {LONGEST[unit]} in {unit}s, or “unlimited”.",
        )
    return Parsed(Kind.LENGTH, amount, unit)


def _amount(words: str, said: str) -> tuple[int | None, str]:
    """The number at the start, written once or twice, and what follows it."""
    if match := _NUMBER.match(words):
        amount: int | None = _digits(match, said)
        rest = words[match.end() :]
    else:
        article = re.match(r"an?\s+", words)
        split = words.replace("-", " ")
        head = split.partition("(")[0].split()
        amount, used = leading_number(head)
        rest = words
        if used:
            rest = re.sub(rf"^\s*(?:[^\s\-(]+[\s\-]*){{{used}}}", "", words)
        elif article:
            amount, rest = 1, words[article.end() :]
    if amount is not None and (brackets := _BRACKETS.match(rest)):
        _agree(amount, brackets["inside"], said)
        rest = rest[brackets.end() :]
    return amount, re.sub(r"[\s\-]+", " ", rest).strip()


def _digits(match: re.Match[str], said: str) -> int:
    if match["sign"] not in ("", "+"):
        raise TermError(f"“{_cut(said)}” runs backwards.", "Write a number above zero.")
    if match["more"]:
        raise TermError(
            f"“{_cut(said)}” is not a whole number.",
            "Write whole units without separators: “36 hours” for a day and a half, “1000 days”.",
        )
    digits = match["digits"].lstrip("0") or "0"
    if len(digits) > 7:  # noqa: PLR2004 - the longest unit has six digits
        raise TermError(
            f"“{_cut(said)}” is longer than any term can be.", "Write a smaller number."
        )
    return int(digits)


def _agree(amount: int, inside: str, said: str) -> None:
    words = inside.replace("-", " ").split()
    again, used = leading_number(words)
    if _WHOLE.fullmatch(inside):
        again, used = int(inside[:8]), len(words)
    if again is None or used != len(words):
        raise TermError(
            f"“{inside}” in the brackets of “{said}” is not a number.",
            "Write only the number in brackets: “10 (ten) days”.",
        )
    if again != amount:
        raise TermError(
            f"“{said}” says {amount} and, in brackets, {again}.", "Write the same number twice."
        )


def _unit(rest: str, said: str) -> Unit:
    if unit := _UNITS.get(rest):
        return unit
    if hint := _HINTS.get(rest):
        raise TermError(f"“{said}” can be read in two ways.", hint)
    if not rest:
        raise TermError(f"“{said}” has no unit.", "Add one: “hours”, “days”, “working days”.")
    if "(" not in rest and any(part in WORDS or _WHOLE.fullmatch(part) for part in rest.split()):
        raise TermError(
            f"“{said}” mixes several lengths.", "Use one unit: “18 months”, “36 hours”."
        )
    raise TermError(
        f"“{_cut(said)}” is not a term.",
        f"{EXAMPLES} The event it runs from is named apart.",
    )


def _cut(said: str) -> str:
    return said if len(said) <= 60 else f"{said[:57]}…"  # noqa: PLR2004 - one line
