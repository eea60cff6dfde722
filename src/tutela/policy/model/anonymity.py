"""Into what data may be turned instead of being destroyed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tutela.policy.model.plain import Clauses, Words


@dataclass(frozen=True, slots=True)
class Method:
    """What becomes of one field. ``kind`` is keep, suppress, generalise, aggregate or pseudonymise;
    ``to`` says how coarse (year, decade, ``first N``, ``step N``), ``key`` whether the key of the
    pseudonym is kept apart or destroyed."""

    kind: str
    to: str = ""
    key: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.to, self.key)))


@dataclass(frozen=True, slots=True)
class AnonymousSet:
    """What the data that ``rules`` end turns into: rows in which at least ``k`` people are alike,
    and among those alike each of the ``sensitive`` fields has at least ``l`` values.

    A field without a method is suppressed. Every field that is kept or generalised and is not
    sensitive counts as one by which somebody could be found again. ``joins`` names the sets of
    others with which this one may be combined (002 “Передача”); with any other it may not.
    """

    slug: str
    title: Words
    rules: tuple[str, ...]
    fields: Mapping[str, Method]
    k: int
    l: int = 1  # noqa: E741 - the name of the measure
    sensitive: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    clauses: Clauses = ()

    def of_kind(self, *kinds: str) -> tuple[str, ...]:
        return tuple(slug for slug, each in self.fields.items() if each.kind in kinds)

    @property
    def quasi(self) -> tuple[str, ...]:
        """The fields by which somebody could be found again."""
        shown = self.of_kind("keep", "generalise")
        return tuple(slug for slug in shown if slug not in self.sensitive)

    @property
    def used(self) -> frozenset[str]:
        """The fields that leave something behind."""
        return frozenset(self.of_kind("keep", "generalise", "aggregate", "pseudonymise"))
