"""Whose data it is, and which: people, categories, fields."""

from __future__ import annotations

from dataclasses import dataclass

from tutela.policy.model.plain import Clauses, Words
from tutela.policy.vocabulary import ATTACHMENT_TYPES


@dataclass(frozen=True, slots=True)
class SubjectCategory:
    """People under ``minimum_age`` are not admitted; those under ``guardian_until`` have a
    guardian who acts for them (GDPR article 8, 152-FZ article 9(6); 001 10.10, 004 1.11)."""

    slug: str
    title: Words
    minimum_age: int | None = None
    guardian_until: int | None = None
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class Category:
    """A category of personal data. Its ``sensitivity`` is ordinary, financial, special or
    identity-document; the last is the restricted class of copies of papers (002 “Сбор” B6)."""

    slug: str
    title: Words
    sensitivity: str = "ordinary"
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One field of personal data.

    ``type`` is text, long-text, name, email, phone, date, birth-date, country, address,
    bank-account, inn, iin, bin, iin-or-bin (numbers with a check digit), photo, voice, document
    or mail; by a birth-date a minimum age is judged, and the last four hold a file of at most
    ``megabytes`` (of 1,000,000 bytes) and ``megapixels``. ``identifies`` is true where a blind
    index is kept, so that the person can be found by it; ``dpv`` is its term in the Data Privacy
    Vocabulary.
    """

    slug: str
    category: str
    type: str
    title: Words
    identifies: bool = False
    megabytes: int = 10
    megapixels: int = 50
    clauses: Clauses = ()
    dpv: str = ""

    @property
    def attached(self) -> bool:
        """Whether the field holds a file."""
        return self.type in ATTACHMENT_TYPES
