"""What happens to each person in ten years: chosen by chance, the same for the same seed. Pure.

A life is a list of steps, each on a day since the beginning. Nothing here knows what the system
makes of them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

YEAR = 365
YEARS = 10
FORMS = (("order", 60), ("account", 20), ("claim", 10), ("chat", 10))
PURPOSES = {"order": "orders", "account": "account", "claim": "claims", "chat": "feedback"}
FIELDS = {
    "order": ("full-name", "email", "phone", "country", "birth-date"),
    "account": ("full-name", "email", "birth-date"),
    "claim": ("full-name", "email", "claim-text"),
    "chat": ("full-name", "email", "message"),
}
ALSO = "newsletter"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody does, or that is done to their data, on a day."""

    day: int
    person: int
    what: str
    more: dict[str, Any] = field(default_factory=dict)


def life(seed: int, person: int) -> Iterator[Step]:
    """Everything that happens to one person, in no order."""
    chance = random.Random(seed * 1_000_003 + person)  # noqa: S311 - no secret
    came = chance.randrange(8 * YEAR)
    yield _form(chance, came, person)
    if chance.random() < 0.25:  # noqa: PLR2004 - a share
        yield _form(chance, came + chance.randrange(30, 3 * YEAR), person)
    for share, steps in _REST:
        if chance.random() < share:
            yield from steps(chance, came, person)


def _form(chance: random.Random, day: int, person: int) -> Step:
    point = chance.choices([name for name, _ in FORMS], [weight for _, weight in FORMS])[0]
    also = point in {"order", "account"} and chance.random() < 0.4  # noqa: PLR2004 - a share
    return Step(day, person, "form", {"point": point, "newsletter": also})


def _contract(chance: random.Random, came: int, person: int) -> Iterator[Step]:
    begun = came + chance.randrange(1, 60)
    yield Step(begun, person, "contract")
    yield Step(begun + chance.randrange(30, 4 * YEAR), person, "contract-over")


def _withdrawal(chance: random.Random, came: int, person: int) -> Iterator[Step]:
    day = came + chance.randrange(5, 4 * YEAR)
    news = chance.random() < 0.25  # noqa: PLR2004 - a share
    yield Step(day, person, "withdrawal", {"newsletter": news})


def _hold(chance: random.Random, came: int, person: int) -> Iterator[Step]:
    day, days = came + chance.randrange(1, 5 * YEAR), chance.randrange(60, 3 * YEAR)
    some = sorted(chance.sample(["full-name", "email", "phone", "country"], 2))
    if chance.random() < 0.5:  # noqa: PLR2004 - a share
        yield Step(day, person, "hold", {"fields": some, "days": days})
        return
    yield Step(day, person, "hold", {"fields": some})
    yield Step(day + days, person, "release")


def _reached(chance: random.Random, came: int, person: int) -> Iterator[Step]:
    yield Step(came + chance.randrange(30, 4 * YEAR), person, "purpose-reached")


def _request(chance: random.Random, came: int, person: int) -> Iterator[Step]:
    yield Step(came + chance.randrange(1, 5 * YEAR), person, "request")


def _demand(chance: random.Random, came: int, person: int) -> Iterator[Step]:
    yield Step(came + chance.randrange(1, 5 * YEAR), person, "demand")


_REST = (
    (0.30, _contract),
    (0.35, _withdrawal),
    (0.15, _hold),
    (0.15, _reached),
    (0.10, _request),
    (0.10, _demand),
)


def by_tick(seed: int, people: int, every: int) -> dict[int, list[Step]]:
    """The steps of everybody, by the tick of so many days on which they are carried out."""
    found: dict[int, list[Step]] = {}
    for person in range(people):
        for step in life(seed, person):
            if step.day < YEARS * YEAR:
                found.setdefault(-(-step.day // every), []).append(step)
    for steps in found.values():
        steps.sort(key=lambda each: (each.day, each.person))
    return found
