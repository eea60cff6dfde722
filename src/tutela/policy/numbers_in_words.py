"""Whole numbers as policies write them: digits, English words, Russian words in any case."""

from __future__ import annotations

_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_RUSSIAN = {
    0: "ноль нуль ноля нуля",
    1: "один одна одно одного одной одну одному одним одном",
    2: "два две двух двум двумя",
    3: "три трех трем тремя",
    4: "четыре четырех четырем четырьмя",
    5: "пять пяти пятью",
    6: "шесть шести шестью",
    7: "семь семи семью",
    8: "восемь восьми восемью восьмью",
    9: "девять девяти девятью",
    10: "десять десяти десятью",
    11: "одиннадцать одиннадцати",
    12: "двенадцать двенадцати",
    13: "тринадцать тринадцати",
    14: "четырнадцать четырнадцати",
    15: "пятнадцать пятнадцати",
    16: "шестнадцать шестнадцати",
    17: "семнадцать семнадцати",
    18: "восемнадцать восемнадцати",
    19: "девятнадцать девятнадцати",
    20: "двадцать двадцати",
    30: "тридцать тридцати",
    40: "сорок сорока",
    50: "пятьдесят пятидесяти",
    60: "шестьдесят шестидесяти",
    70: "семьдесят семидесяти",
    80: "восемьдесят восьмидесяти",
    90: "девяносто девяноста",
    100: "сто ста",
    200: "двести двухсот",
    300: "триста трехсот",
    400: "четыреста четырехсот",
    500: "пятьсот пятисот",
    600: "шестьсот шестисот",
    700: "семьсот семисот",
    800: "восемьсот восьмисот",
    900: "девятьсот девятисот",
}

WORDS: dict[str, int] = {
    **{word: value for value, word in enumerate(_ENGLISH.split())},
    **_TENS,
    **{word: value for value, forms in _RUSSIAN.items() for word in forms.split()},
}
"""Every number word but “hundred”, which multiplies, in lower case, with е for ё."""

_HUNDRED = 100


def leading_number(words: list[str]) -> tuple[int | None, int]:
    """The number that ``words`` begin with, and how many of them say it; (None, 0) if none.

    Hyphens must have been turned into spaces. Larger parts come before smaller ones:
    “one hundred and eighty”, “сто восемьдесят”, “twenty four”, but not “four twenty”.
    """
    total, room, used = 0, 1000, 0
    for index, word in enumerate(words):
        if word == "hundred" and used and 0 < total < 10:  # noqa: PLR2004 - one to nine hundred
            total, room, used = total * _HUNDRED, _HUNDRED, index + 1
        elif word == "and" and used and total >= _HUNDRED:
            continue
        elif word in WORDS and WORDS[word] < room:
            value = WORDS[word]
            total += value
            room = _room_after(value)
            used = index + 1
        else:
            break
    return (total, used) if used else (None, 0)


def _room_after(value: int) -> int:
    """What the next word must stay below: after a hundred tens and ones, after a ten ones."""
    if value >= _HUNDRED:
        return _HUNDRED
    if value >= 20 and value % 10 == 0:  # noqa: PLR2004 - twenty, thirty … ninety
        return 10
    return 0
