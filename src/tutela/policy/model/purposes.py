"""Why data is processed and where it is taken: bases, purposes, collection points."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from tutela.policy.model.consenting import ConsentTerms
from tutela.policy.model.plain import Clauses, Words


@dataclass(frozen=True, slots=True)
class Basis:
    """A legal basis; ``kind`` is consent, contract, law, legitimate-interest or internal-act."""

    slug: str
    kind: str
    title: Words
    reference: str = ""
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why data is processed. ``consent_text`` is the sentence a person agrees to, if any basis
    is consent; ``group`` names purposes whose data may be kept together (004 2.17.3);
    ``dpv`` is its term in the Data Privacy Vocabulary."""

    slug: str
    title: Words
    bases: tuple[str, ...]
    fields: frozenset[str]
    subjects: tuple[str, ...]
    consent_text: Words = field(default_factory=dict)
    group: str = "service"
    marketing: bool = False
    clauses: Clauses = ()
    dpv: str = ""
    consent: ConsentTerms = field(default_factory=ConsentTerms)


@dataclass(frozen=True, slots=True)
class PointField:
    """A field as one form asks for it, with the reason shown under it and an example."""

    field: str
    required: bool
    why: Words
    example: Words = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CollectionPoint:
    """Where data is taken. ``purposes`` are needed to submit (their consents are required);
    ``optional_purposes`` are offered and may be refused without loss. ``event`` is the fact
    its submission states, which opens obligations. ``parties`` says with whom one talks at a
    point of the kind chat: the company, people, or both. ``place`` names the product or site
    where the point stands, if versions come there apart."""

    slug: str
    kind: str
    title: Words
    notice: Words
    refusal: Words
    fields: tuple[PointField, ...]
    purposes: tuple[str, ...]
    optional_purposes: tuple[str, ...]
    subject_category: str
    event: str = "form.sent"
    signed_consent: bool = False
    parties: tuple[str, ...] = ()
    clauses: Clauses = ()
    place: str = ""

    @property
    def is_among_people(self) -> bool:
        """Whether people talk to each other here and never to the company; then there is no form
        that somebody could send without an account."""
        return self.kind == "chat" and bool(self.parties) and "company" not in self.parties
