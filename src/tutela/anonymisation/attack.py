"""Tries to find people again in the rows that are to stay, before the originals go. Pure.

The attacker knows every person's values as they were given, whose data is among the rows, and how
the rows were made. For each person it asks which rows could be theirs, from what the rows say and
not from how they were computed. It has won where fewer than ``k`` people fit, where all rows that
fit say the same of a sensitive field, or where a row holds an identifier.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Attack:
    """``found`` are people whom a single row fits, ``fewest`` the people who fit where fewest do;
    ``told`` are those of whom a sensitive value is certain; ``named`` those whose own identifier
    stands in a row."""

    people: int
    found: int
    fewest: int
    told: int
    named: int

    def fails(self, k: int, l: int) -> bool:  # noqa: E741 - the names of the measures
        """Whether the rows may not stay."""
        weak = self.people > 0 and self.fewest < k
        return bool(self.found or weak or self.named or (l > 1 and self.told))


@dataclass(frozen=True, slots=True)
class Known:
    """What the attacker knows of the making: ``how`` says of each shown field in words what was
    done (``keep``, ``generalise year`` …); ``naming`` are the fields that name a person, whose
    words no fewer than ``k`` rows may share."""

    how: Mapping[str, str]
    sensitive: Sequence[str]
    naming: Sequence[str]
    k: int


def attack(originals: Sequence[Row], rows: Sequence[tuple[Row, int]], making: Known) -> Attack:
    """Go after the ``originals`` in ``rows``, each of which stands for so many people."""
    how, sensitive = making.how, making.sensitive
    known = [slug for slug in how if slug not in sensitive]
    hidden = [slug for slug in making.naming if slug not in how]
    found = told = 0
    fewest = sum(times for _row, times in rows)
    rare = _rare(rows, making.k)
    named = 0
    for person in originals:
        fitting = [
            (row, times)
            for row, times in rows
            if all(_fits(how[slug], row.get(slug, ""), person.get(slug, "")) for slug in known)
        ]
        people = sum(times for _row, times in fitting)
        fewest = min(fewest, people)
        found += people == 1
        told += any(_certain(fitting, slug) for slug in sensitive)
        named += any(_tokens(person.get(slug, "")) & rare for slug in hidden)
    return Attack(len(originals), found, fewest, told, named)


def _rare(rows: Sequence[tuple[Row, int]], k: int) -> set[str]:
    """The words that stand in fewer than ``k`` rows."""
    counted: Counter[str] = Counter()
    for row, times in rows:
        for word in _tokens(" ".join(row.values())):
            counted[word] += times
    return {word for word, times in counted.items() if times < k}


def _certain(fitting: Sequence[tuple[Row, int]], slug: str) -> bool:
    said = Counter(row.get(slug, "") for row, _times in fitting)
    return len(said) == 1 and "" not in said


_SHORT = 3


def _tokens(text: str) -> set[str]:
    return {each for each in re.findall(r"\w+", text.casefold()) if len(each) >= _SHORT}


def _fits(how: str, row: str, value: str) -> bool:
    """Whether what a row says can be about this value."""
    value = re.sub(r"\s+", " ", value).strip()
    if how.startswith("keep"):
        return row == value
    if how.startswith("generalise first"):
        return value.lower().startswith(row.lower()) and (row != "" or value == "")
    if row == "":
        return re.fullmatch(r"\d{4}-\d\d-\d\d|-?\d+(\.\d+)?", value) is None
    if how == "generalise decade":
        return value[:3] + "0s" == row
    if how == "generalise year":
        return value[:4] == row
    low, _to, high = row.partition(" to ")
    number = re.fullmatch(r"-?\d+(\.\d+)?", value)
    return number is not None and float(low) <= float(value) < float(high) + 1
