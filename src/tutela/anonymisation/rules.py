"""What becomes of values, and how alike the people behind the rows are. Pure.

``blur`` carries out a method, ``select`` keeps the people who are alike enough, ``measure`` says
how much they are. What an attacker could do with the rows is ``attack``'s, which shares nothing
with this.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutela.policy.model import AnonymousSet, Method, Policy

UNKNOWN = ""
"""What stays of a value that is missing or cannot be made coarser."""

Texts = Mapping[str, str]
"""Values by field."""


def blur(method: Method, text: str) -> str:
    """What stays of a value that is kept or generalised."""
    text = " ".join(text.split())
    if method.kind == "keep":
        return text
    what, _space, size = method.to.partition(" ")
    if what in {"year", "decade"}:
        return _day(text, what)
    if what == "step":
        return _range(text, int(size))
    return text[: int(size)].casefold()


def _day(text: str, what: str) -> str:
    try:
        year = date.fromisoformat(text).year
    except ValueError:
        return UNKNOWN
    return str(year) if what == "year" else f"{year // 10 * 10}s"


def _range(text: str, step: int) -> str:
    try:
        low = math.floor(Decimal(text) / step) * step
    except (InvalidOperation, ValueError, OverflowError):
        return UNKNOWN
    return f"{low} to {low + step - 1}"


@dataclass(frozen=True, slots=True)
class Blurred:
    """One person's row: what could lead to them, and what must not be told by it."""

    quasi: tuple[str, ...]
    sensitive: tuple[str, ...]


def blurred(into: AnonymousSet, values: Texts) -> Blurred:
    """A person's values as the set shows them."""

    def shown(fields: Sequence[str]) -> tuple[str, ...]:
        return tuple(blur(into.fields[each], values.get(each, "")) for each in fields)

    return Blurred(shown(into.quasi), shown(into.sensitive))


@dataclass(frozen=True, slots=True)
class Measured:
    """``k`` is the smallest number of people who are alike, ``l`` the smallest number of values
    that a sensitive field has among those alike; both are 0 where there is nobody."""

    k: int
    l: int  # noqa: E741 - the name of the measure


def measure(rows: Iterable[Blurred]) -> Measured:
    """k-anonymity (Sweeney 2002) and distinct l-diversity (Machanavajjhala 2007) of rows."""
    alike = _alike(rows)
    if not alike:
        return Measured(0, 0)
    k = min(len(each) for each in alike.values())
    return Measured(k, min(_diversity(each) for each in alike.values()))


def _alike(rows: Iterable[Blurred]) -> dict[tuple[str, ...], list[Blurred]]:
    found: dict[tuple[str, ...], list[Blurred]] = {}
    for each in rows:
        found.setdefault(each.quasi, []).append(each)
    return found


def _diversity(rows: Sequence[Blurred]) -> int:
    """The fewest values that a sensitive field has; without any, all are as if different."""
    columns = list(zip(*(each.sensitive for each in rows), strict=True))
    return min((len(set(each)) for each in columns), default=len(rows))


def select(into: AnonymousSet, people: Sequence[Texts], naming: Collection[str]) -> list[int]:
    """The places of those who may go into the set: whose own row does not repeat what is hidden
    of them, and who are alike with enough others. The rest is destroyed."""
    fit = [place for place, values in enumerate(people) if not repeats(into, values, naming)]
    rows = {place: blurred(into, people[place]) for place in fit}
    alike = _alike(rows.values())
    good = {
        quasi
        for quasi, each in alike.items()
        if len(each) >= into.k and (not into.sensitive or _diversity(each) >= into.l)
    }
    return [place for place in fit if rows[place].quasi in good]


SHORTEST = 3
"""Shorter words are found in any text."""


def repeats(into: AnonymousSet, values: Texts, naming: Collection[str]) -> bool:
    """Whether what stays of a person holds a word of the fields that name them."""
    row = blurred(into, values)
    shown = " ".join((*row.quasi, *row.sensitive)).casefold()
    said = (values.get(slug, "") for slug in naming if slug not in into.quasi + into.sensitive)
    words = {word.casefold() for text in said for word in text.split()}
    return any(word in shown for word in words if len(word) >= SHORTEST)


NAMING = frozenset(
    {
        "name",
        "email",
        "phone",
        "address",
        "bank-account",
        "inn",
        "iin",
        "bin",
        "iin-or-bin",
    }
)
"""Types of fields whose words lead to a person."""


def naming(policy: Policy) -> tuple[str, ...]:
    """The fields that name somebody."""
    return tuple(
        slug for slug, each in policy.fields.items() if each.identifies or each.type in NAMING
    )


def tally(into: AnonymousSet, people: Iterable[Texts]) -> dict[str, Counter[str]]:
    """How often each value of the aggregated fields occurs; rarer ones than ``k`` are not said."""
    counted: dict[str, Counter[str]] = {slug: Counter() for slug in into.of_kind("aggregate")}
    for values in people:
        for slug, counter in counted.items():
            counter[" ".join(values.get(slug, "").split())] += 1
    return {
        slug: Counter({value: times for value, times in counter.items() if times >= into.k})
        for slug, counter in counted.items()
    }
