"""What the laws themselves ask for, and what is known of widely used cookies: facts as data.

``laws.tsv`` names for each term its article and how sure it is: ``sure`` was read in an official
text, ``check`` waits for somebody to confirm it. A policy's own promise wins where it is stricter.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tutela.policy.terms import Term

UNION = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
"""The countries in which a law of the European Union holds."""


@dataclass(frozen=True, slots=True)
class LegalTerm:
    """One term of a law: what must be done within ``term`` after ``event``."""

    law: str
    country: str
    article: str
    event: str
    outcome: str
    term: Term
    extension: Term | None
    confidence: str
    subject: Mapping[str, str]

    @property
    def sure(self) -> bool:
        return self.confidence == "sure"


@dataclass(frozen=True, slots=True)
class KnownCookie:
    """A cookie that services set on many websites, by the name they give it."""

    name: str
    provider: str
    cookie_class: str
    identifies: bool

    def fits(self, name: str) -> bool:
        """Whether a declared name, which may end with a star, means this cookie."""
        mine = self.name.removesuffix("*")
        if name.endswith("*"):
            return len(name) > 1 and mine.startswith(name[:-1])
        return name == mine or (self.name.endswith("*") and name.startswith(mine))


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("tutela.policy").joinpath(name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines(), delimiter="\t")


@cache
def legal_terms() -> tuple[LegalTerm, ...]:
    return tuple(
        LegalTerm(
            law=row["law"],
            country=row["country"],
            article=row["article"],
            event=row["event"],
            outcome=row["outcome"],
            term=Term.parse(row["term"]),
            extension=Term.parse(row["extension"]) if row["extension"] else None,
            confidence=row["confidence"],
            subject={"en": row["en"], "ru": row["ru"]},
        )
        for row in _rows("laws.tsv")
    )


@cache
def known_cookies() -> tuple[KnownCookie, ...]:
    return tuple(
        KnownCookie(row["name"], row["provider"], row["class"], row["identifies"] == "yes")
        for row in _rows("known_cookies.tsv")
    )


def country_of(law: str) -> str:
    """The country a law belongs to: its name begins with it, as ``RU-152-FZ`` does."""
    return law.partition("-")[0]


def holds_in(law: str, territory: str) -> bool:
    """Whether a law is that of ``territory`` (``SI``, ``US-FL``), or of the union it is in."""
    country, place = country_of(law), territory.partition("-")[0]
    return country == place or (country == "EU" and place in UNION)


def terms_of(law: str) -> tuple[LegalTerm, ...]:
    return tuple(each for each in legal_terms() if each.law == law)


def cited(reference: str) -> tuple[LegalTerm, ...]:
    """The terms that ``RU-152-FZ 21(5)`` cites: the law and one of its articles."""
    law, _space, article = reference.partition(" ")
    return tuple(
        each for each in terms_of(law) if article in [a.strip() for a in each.article.split(",")]
    )
