"""A named collection to which rooms contribute: one place for each kind of thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """Maps slugs to things; a slug taken twice by different things is a programming error."""

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._things: dict[str, T] = {}

    def register(self, slug: str, thing: T) -> T:
        if slug in self._things and self._things[slug] is not thing:
            raise ValueError(f"The {self._noun} “{slug}” is registered twice; rename one.")
        self._things[slug] = thing
        return thing

    def __getitem__(self, slug: str) -> T:
        return self._things[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._things)

    def __len__(self) -> int:
        return len(self._things)
