"""One version of one operator's policy, whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from tutela.policy.calendars import WorkingCalendar
from tutela.policy.clauses import Clause, Index, passage
from tutela.policy.model.anonymity import AnonymousSet
from tutela.policy.model.cookies import Cookie
from tutela.policy.model.data import Category, Field, SubjectCategory
from tutela.policy.model.disclosure import Acquirer, Recipient, Residency, Separation, Store
from tutela.policy.model.office import Access, FourEyes, NeedsDecision, Role
from tutela.policy.model.operator import APART, Authority, Operator, Place, Product
from tutela.policy.model.plain import Clauses, FrozenDict, Words
from tutela.policy.model.promises import Channel, Promise, RetentionRule
from tutela.policy.model.purposes import Basis, CollectionPoint, Purpose
from tutela.policy.model.understanding import Assumption, Binding


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of one operator's policy, whole."""

    operator: Operator
    number: int
    dated: date
    effective: str
    languages: tuple[str, ...]
    original: str
    calendar: WorkingCalendar
    subjects: Mapping[str, SubjectCategory]
    categories: Mapping[str, Category]
    fields: Mapping[str, Field]
    bases: Mapping[str, Basis]
    purposes: Mapping[str, Purpose]
    points: Mapping[str, CollectionPoint]
    recipients: Mapping[str, Recipient]
    promises: Mapping[str, Promise]
    retention: Mapping[str, RetentionRule]
    channels: Mapping[str, Channel]
    cookies: Mapping[str, Cookie]
    bindings: tuple[Binding, ...]
    informative: Mapping[str, Words]
    assumptions: Mapping[str, Assumption]
    empty_lists: Mapping[str, Words]
    texts: Mapping[str, str]
    clauses: Mapping[str, tuple[Clause, ...]]
    where: Mapping[str, str]
    sources: Mapping[str, str]
    digest: str
    roles: Mapping[str, Role] = field(default_factory=FrozenDict)
    access: Access = field(default_factory=Access)
    decisions: Mapping[str, NeedsDecision] = field(default_factory=FrozenDict)
    four_eyes: Mapping[str, FourEyes] = field(default_factory=FrozenDict)
    stores: Mapping[str, Store] = field(default_factory=FrozenDict)
    products: Mapping[str, Product] = field(default_factory=FrozenDict)
    acquirers: Mapping[str, Acquirer] = field(default_factory=FrozenDict)
    authorities: Mapping[str, Authority] = field(default_factory=FrozenDict)
    anonymised: Mapping[str, AnonymousSet] = field(default_factory=FrozenDict)
    residency: Residency | None = None
    separate: tuple[Separation, ...] = ()

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def places(self) -> dict[str, Place]:
        """Every product, and every site that has a name of its own."""
        products = self.products.values()
        found = [Place(each.slug, each.kind, each.title, each.posted == APART) for each in products]
        found += [
            Place(each.slug, "site", dict.fromkeys(self.languages, each.host), each.posted == APART)
            for each in self.operator.sites
            if each.slug
        ]
        return {each.slug: each for each in found}

    @property
    def announced_to(self) -> str:
        """Who is told of a new version by mail: users, everybody, or nobody (003 5.2.6)."""
        said = (
            str(each.parameters.get("announce", ""))
            for each in self.bindings
            if each.control == "policy.version"
        )
        return next((each for each in said if each), "")

    def store_of(self, kind: str) -> Store | None:
        """The first store of a kind; attachments lie in the vault unless said otherwise."""
        found = next((each for each in self.stores.values() if each.kind == kind), None)
        return self.store_of("vault") if found is None and kind == "attachments" else found

    def cookie(self, name: str) -> Cookie | None:
        """What declares the cookie ``name``: its own name, else the longest pattern it fits."""
        if name in self.cookies:
            return self.cookies[name]
        fitting = [
            each
            for each in self.cookies.values()
            if each.name.endswith("*") and name.startswith(each.name[:-1])
        ]
        return max(fitting, key=lambda each: len(each.name), default=None)

    def set_of(self, rule: str) -> AnonymousSet | None:
        """What the data that a retention rule ends turns into; None where it is destroyed."""
        return next((each for each in self.anonymised.values() if rule in each.rules), None)

    def separation(self, purpose: str, other: str) -> Separation | None:
        """What keeps the data of two purposes apart, if anything does."""
        one, two = self.purposes[purpose].group, self.purposes[other].group
        pair = {one, two}
        return next((each for each in self.separate if one != two and pair <= each.groups), None)

    def promises_on(self, event: str) -> Iterator[Promise]:
        return (each for each in self.promises.values() if each.event == event)

    def bound_to(self, control: str) -> Clauses:
        """The clauses that ``control`` carries out, in the order of the text."""
        return tuple(each.clause for each in self.bindings if each.control == control)

    def clause_of(self, control: str) -> str:
        """The first clause that ``control`` carries out, or an empty string."""
        return next(iter(self.bound_to(control)), "")

    def bindings_of(self, ref: str) -> tuple[Binding, ...]:
        """What carries out the clause with the canonical ``ref``, its marked-off parts too."""
        return tuple(each for each in self.bindings if self.where.get(each.clause) == ref)

    def clause(self, ref: str, language: str = "") -> Clause | None:
        """The clause that ``ref`` names, in ``language`` or in the original. Every language has
        the same clauses in the same order, so a reference into the original serves all."""
        original = self.clauses[self.original]
        found = Index(original).resolve(self.where.get(ref, ref))
        if found is None:
            return None
        return self.clauses.get(language, original)[original.index(found)]

    def passage(self, ref: str, language: str = "") -> str:
        """The words of a clause with the bullets and paragraphs that belong to it."""
        clause = self.clause(ref, language)
        clauses = self.clauses.get(language, self.clauses[self.original])
        return passage(clause, clauses) if clause else ""
