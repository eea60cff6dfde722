"""Finds places in a text that tell of other people: addresses, numbers, names. Pure.

It finds candidates, no more: who answers a request sees each of them and decides (GDPR article
15(4), 152-FZ article 14(8)(4); 004 2.10/b6). Names are found where the language itself marks them,
by a title or a patronymic; any other name is marked by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

ADDRESS, NUMBER, NAME, MARKED, FILE, SHARED = (
    "address",
    "number",
    "name",
    "marked",
    "file",
    "shared",
)
"""Why a place is proposed: the last three are words that staff have marked, a file in which others
may be seen or heard, and a value by which somebody else is known too."""
HIDDEN = "▇▇▇"
"""Stands where something about somebody else was left out."""
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"\+\d[\d\s().-]{7,17}\d")
_WORD = r"[A-ZА-ЯЁ][\w’'-]+"
_TITLED = re.compile(
    rf"\b(?:(?:Mr|Mrs|Ms|Miss|Dr)\.?|г-н\w*|г-ж\w+|[Гг]осподин\w*|[Гг]оспож\w+)"
    rf"\s+({_WORD}(?:\s+{_WORD}){{0,2}})"
)
_PATRONYMIC = re.compile(
    rf"\b((?:{_WORD}\s+)?{_WORD}\s+[А-ЯЁ][а-яё]*(?:[ое]вич|ьич|кич|мич|нич|[ое]вн|ичн)[а-яё]{{0,3}}"
    rf"(?:\s+{_WORD})?)"
)
_STEM = 4
"""Letters by which a name is known in whatever case it stands."""


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """The characters from ``start`` up to ``end`` of a text, and why they are proposed."""

    start: int
    end: int
    why: str


def plain(text: str) -> str:
    """An address or a number as it is compared."""
    return re.sub(r"[\s().-]", "", text.casefold()) if text.startswith("+") else text.casefold()


def stems(names: Iterable[str]) -> frozenset[str]:
    """How the words of names begin."""
    words = (word.casefold() for name in names for word in re.findall(r"\w+", name))
    return frozenset(word[:_STEM] for word in words if len(word) > 1)


def spotted(text: str, is_own: Callable[[str], bool], own: frozenset[str]) -> list[Spot]:
    """The places in the order of the text. ``is_own`` knows the person's own addresses and
    numbers, ``own`` the stems of their own names."""
    found = []
    if "@" in text:
        found += _those(_ADDRESS, text, ADDRESS, is_own)
    if "+" in text:
        found += _those(_NUMBER, text, NUMBER, is_own)
    for pattern in (_TITLED, _PATRONYMIC):
        for each in pattern.finditer(text):
            if not stems([each[1]]) <= own:
                found.append(Spot(each.start(1), each.end(1), NAME))
    return sorted(found)


def _those(
    pattern: re.Pattern[str], text: str, why: str, is_own: Callable[[str], bool]
) -> list[Spot]:
    return [
        Spot(each.start(), each.end(), why)
        for each in pattern.finditer(text)
        if not is_own(each[0])
    ]


def marked(text: str, words: str) -> list[Spot]:
    """Wherever the words stand, whatever the case of their letters and the blanks between."""
    parts = [re.escape(each) for each in words.split()]
    if not parts:
        return []
    pattern = re.compile(r"(?<!\w)" + r"\s+".join(parts) + r"(?!\w)", re.IGNORECASE)
    return [Spot(each.start(), each.end(), MARKED) for each in pattern.finditer(text)]


def without(text: str, spots: Iterable[Spot]) -> tuple[str, int]:
    """The text with the places hidden, and how many there were; places that meet are one."""
    parts, at, count = [], 0, 0
    for each in sorted(spots):
        if each.end <= at:
            continue
        if each.start > at or not count:
            parts += [text[at : each.start], HIDDEN]
            count += 1
        at = each.end
    return "".join(parts) + text[at:], count
