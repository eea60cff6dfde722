"""Is there a number of a payment card in it? Pure.

A number of 13 to 19 digits that begins as cards do and whose last digit is right (ISO/IEC 7812,
annex B) is taken for one, whatever stands between its digits and in whichever script they are
written. One number in ten that is something else looks like that; refusing it is the safe side.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from tutela.core.numbers import CARD, is_card

_RUN = re.compile(r"\d(?:[ \t\n\r.,_/\\:\u00a0\u2009\u202f\u2010-\u2015-]{0,3}\d){12,}")
_PLACES = 200
"""How many places of one run of digits are looked at, so that a long run costs little."""


def holds_card_number(told: Any) -> bool:
    """Whether any text, name or number in decoded JSON holds the number of a card."""
    return any(_in_text(each) for each in _texts(told))


def _texts(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        for name, value in told.items():
            yield str(name)
            yield from _texts(value)
    elif isinstance(told, list):
        for value in told:
            yield from _texts(value)
        if told and all(isinstance(each, str | int) for each in told):
            yield "".join(str(each) for each in told)
    elif isinstance(told, str):
        yield told
    elif isinstance(told, int | float) and not isinstance(told, bool):
        yield format(told, "f") if isinstance(told, float) else str(told)


def _in_text(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(
        str(unicodedata.decimal(each)) if each.isdecimal() else each
        for each in plain
        if unicodedata.category(each) != "Cf"
    )
    for found in _RUN.finditer(plain):
        digits = re.sub(r"\D", "", found[0])
        if any(is_card(digits[at : at + size]) for at, size in _windows(len(digits))):
            return True
    return False


def _windows(length: int) -> Iterator[tuple[int, int]]:
    """A number may stand among others: every place and length it could have, whole runs first."""
    longest = CARD[-1]
    if length <= longest:
        yield 0, length
        return
    for size in reversed(CARD):
        for at in range(min(length - size + 1, _PLACES)):
            yield at, size
