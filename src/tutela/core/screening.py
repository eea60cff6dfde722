"""Finds in a text what must not be published: numbers of cards, accounts and papers, contacts.

Pure. A number is found however it is written: with blanks, dots or hyphens between its digits, in
the digits of another script, or with invisible characters in between. What is found is told by its
kind and its place in the text as it was typed; nothing of it is repeated anywhere else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tutela.core import numbers


class Kind(StrEnum):
    """What may be forbidden to publish; ``never`` of ``public.guard`` names these."""

    CARDS = "cards"
    ACCOUNTS = "accounts"
    IDENTITY_NUMBERS = "identity-document-numbers"
    PHONES = "phones"
    MAILS = "mails"


ALWAYS = frozenset({Kind.CARDS, Kind.ACCOUNTS, Kind.IDENTITY_NUMBERS})
"""What no policy needs to name (002 “Использование” p1(b-c)): nobody publishes these by intent."""


@dataclass(frozen=True, slots=True)
class Found:
    """``text[start:end]`` looks like something of ``kind``."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Plain:
    """A text with plain digits and without what is not seen, and where each character was."""

    text: str
    places: tuple[int, ...]

    def found(self, kind: Kind, start: int, end: int) -> Found:
        return Found(kind, self.places[start], self.places[end - 1] + 1)


_UNSEEN = frozenset({"Cf", "Mn", "Me"})


def _plain(text: str) -> _Plain:
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if unicodedata.category(character) in _UNSEEN:
            continue
        digit = unicodedata.digit(character, None)
        seen = character if digit is None else str(digit)
        if digit is None and unicodedata.category(character)[0] in "LPZ":
            seen = unicodedata.normalize("NFKC", character)[:1] or character
        characters.append(seen)
        places.append(place)
    return _Plain("".join(characters), tuple(places))


_RUN = re.compile(r"\d(?:[\s.,\-–—_/|*·]{0,3}\d)*")
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ \-]?[A-Z0-9]){11,30}(?![A-Za-z0-9])", re.IGNORECASE
)
_RU_ACCOUNT = re.compile(r"(?:40[1-8]|42[0-6])\d{17}")
_PAPER = re.compile(
    r"(?i:паспорт|удостоверени|свидетельств|passport|identity card|id card|id number|"
    r"driving licen[cs]e|водительск|снилс)"
    r"[^\d\n]{0,40}?(?P<number>(?<!\w)(?:[A-ZА-Я]{1,3}[ №#-]{0,3})?\d(?:[ \-–]{0,2}\d){5,11})"
)
_MAIL = re.compile(
    r"[\w.+-]+\s?(?:@|\(at\)|\[at\]|\(собака\))\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE
)


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdigit())


def _cut(run: re.Match[str], lengths: Collection[int]) -> Iterator[tuple[str, int, int]]:
    """Each stretch of so many digits in a run that stands by itself or between blanks, with its
    place; the longest first."""
    at = [place for place in range(*run.span()) if run.string[place].isdigit()]
    plain = "".join(run.string[place] for place in at)
    for length in sorted(lengths, reverse=True):
        for first in range(len(plain) - length + 1):
            last = first + length - 1
            begins = first == 0 or at[first] - at[first - 1] > 1
            ends = last == len(plain) - 1 or at[last + 1] - at[last] > 1
            if begins and ends:
                yield plain[first : last + 1], at[first], at[last] + 1


def _runs(
    plain: _Plain, kind: Kind, lengths: Collection[int], right: Callable[[str], object]
) -> Iterator[Found]:
    for run in _RUN.finditer(plain.text):
        beyond = run.start()
        for digits, start, end in sorted(_cut(run, lengths), key=lambda each: each[1]):
            if start >= beyond and right(digits):
                beyond = end
                yield plain.found(kind, start, end)


def _cards(plain: _Plain) -> Iterator[Found]:
    return _runs(plain, Kind.CARDS, numbers.CARD, numbers.is_card)


def _accounts(plain: _Plain) -> Iterator[Found]:
    yield from _runs(plain, Kind.ACCOUNTS, (20,), _RU_ACCOUNT.fullmatch)
    for each in _IBAN.finditer(plain.text):
        if numbers.is_iban(re.sub(r"[ \-]", "", each[0])):
            yield plain.found(Kind.ACCOUNTS, *each.span())


def _is_personal(digits: str) -> bool:
    return numbers.is_iin(digits) or numbers.is_bin(digits) or numbers.is_inn(digits)


def _papers(plain: _Plain) -> Iterator[Found]:
    """Twelve digits that check as an IIN, BIN or INN; fewer only beside the name of a paper,
    because a telephone has as many."""
    yield from _runs(plain, Kind.IDENTITY_NUMBERS, (12,), _is_personal)
    for each in _PAPER.finditer(plain.text):
        yield plain.found(Kind.IDENTITY_NUMBERS, *each.span("number"))


def _phones(plain: _Plain, region: str) -> Iterator[Found]:
    import phonenumbers  # noqa: PLC0415 - loaded where one is met, for a quick start

    for each in phonenumbers.PhoneNumberMatcher(
        plain.text, region or None, leniency=phonenumbers.Leniency.VALID
    ):
        if len(_digits(each.raw_string)) > 6:  # noqa: PLR2004 - shorter ones are prices and years
            yield plain.found(Kind.PHONES, each.start, each.end)


def _mails(plain: _Plain) -> Iterator[Found]:
    for each in _MAIL.finditer(plain.text):
        yield plain.found(Kind.MAILS, *each.span())


_FINDERS: Mapping[Kind, Callable[[_Plain], Iterator[Found]]] = {
    Kind.CARDS: _cards,
    Kind.ACCOUNTS: _accounts,
    Kind.IDENTITY_NUMBERS: _papers,
    Kind.MAILS: _mails,
}


def screen(text: str, never: Collection[str] = ALWAYS, *, region: str = "") -> tuple[Found, ...]:
    """What of ``text`` is of a kind in ``never``, in the order of the text; each place is told
    once. ``region`` (``KZ``) is where telephones without a country code are dialled."""
    plain = _plain(text)
    found = [each for kind, find in _FINDERS.items() if kind in never for each in find(plain)]
    if Kind.PHONES in never:
        found += _phones(plain, region)
    kept: list[Found] = []
    for each in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return tuple(kept)


def masked(text: str, found: Collection[Found]) -> str:
    """The text with a row of dots in place of what was found."""
    for each in sorted(found, key=lambda one: one.start, reverse=True):
        text = text[: each.start] + "•" * (each.end - each.start) + text[each.end :]
    return text
