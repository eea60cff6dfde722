"""Numbers that carry their own check: is this one right? Pure; a number is its digits alone.

A number that passes may still be nobody's; one that does not pass was never given to anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

CARD = range(13, 20)
"""How many digits a payment card has (ISO/IEC 7812-1)."""
_CARD_BEGINS = frozenset("23456")
"""Airlines and others (1, 7-9) issue no cards by which people pay here."""
_INN_SHORT = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_LONG = ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
_KZ = tuple(range(1, 12))
_KZ_AGAIN = (*range(3, 12), 1, 2)
"""Where the first weights leave 10, these are used; where these leave it too, no such number is
given out."""
_KZ_LENGTH = 12
_NO_DIGIT = 10
_ORGANISATION = frozenset("456")
"""The fifth digit of a BIN: a company, a branch, an entrepreneur of several."""
_CENTURIES = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _weighed(digits: str, weights: Sequence[int], modulus: int = 11) -> int:
    pairs = zip(digits, weights, strict=False)
    return sum(int(digit) * weight for digit, weight in pairs) % modulus


def is_luhn(digits: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    if not _digits(digits):
        return False
    doubled = (int(each) * (1 + place % 2) for place, each in enumerate(reversed(digits)))
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0  # noqa: PLR2004


def is_card(digits: str) -> bool:
    """Whether this can be the number of a payment card: length, first digit and check digit."""
    return (
        len(digits) in CARD
        and digits[:1] in _CARD_BEGINS
        and len(set(digits)) > 1
        and is_luhn(digits)
    )


def is_inn(digits: str) -> bool:
    """A Russian taxpayer's number: 10 digits of an organisation, 12 of a person."""
    if not _digits(digits) or not int(digits):
        return False
    if len(digits) == len(_INN_SHORT) + 1:
        return _weighed(digits, _INN_SHORT) % 10 == int(digits[-1])
    if len(digits) != len(_INN_LONG[1]) + 1:
        return False
    return all(_weighed(digits, weights) % 10 == int(digits[len(weights)]) for weights in _INN_LONG)


def _is_kz(digits: str) -> bool:
    if not _digits(digits) or len(digits) != _KZ_LENGTH:
        return False
    left = _weighed(digits, _KZ)
    if left == _NO_DIGIT:
        left = _weighed(digits, _KZ_AGAIN)
    return left == int(digits[-1])


def is_iin(digits: str) -> bool:
    """A Kazakh individual identification number: the day of birth, the century, a check digit."""
    if not _is_kz(digits) or digits[6] not in _CENTURIES:
        return False
    try:
        date(_CENTURIES[digits[6]] + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return False
    return True


def is_bin(digits: str) -> bool:
    """A Kazakh business identification number: year and month, the kind, a check digit."""
    month = digits[2:4]
    return _is_kz(digits) and digits[4] in _ORGANISATION and "01" <= month <= "12"


def is_iban(text: str) -> bool:
    """An international bank account number (ISO 13616-1), without blanks."""
    if not (15 <= len(text) <= 34 and text.isascii() and text.isalnum()):  # noqa: PLR2004
        return False
    turned = (text[4:] + text[:4]).upper()
    return int("".join(str(int(each, 36)) for each in turned)) % 97 == 1
