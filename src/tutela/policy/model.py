"""The policy as data: plain, immutable values compiled from an operator's folder.

Nothing here reads a file, a database or a clock. ``Policy`` answers the questions the other
rooms ask; ``compiling`` builds it from YAML and ``actions`` keeps it in the database. Titles
and texts come in every language of the interface; where the policy lacks one, the original
stands in: ``Words`` maps a language code to text.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NoReturn, TypeVar

from tutela.policy.calendars import WorkingCalendar
from tutela.policy.clauses import Clause, Index, passage
from tutela.policy.terms import Term
from tutela.policy.vocabulary import ATTACHMENT_TYPES

T = TypeVar("T")


class FrozenDict(dict[str, T]):
    """A mapping that cannot be changed, and can still be written as JSON or shown by a page."""

    def _refuse(self, *_arguments: Any, **_keywords: Any) -> NoReturn:
        raise TypeError("A policy is immutable; publish a new version instead.")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse


Words = Mapping[str, str]
Clauses = tuple[str, ...]
"""References into the published text, such as ``9.4``, ``2.10/b7(d)`` or ``Preamble/p2``."""


@dataclass(frozen=True, slots=True)
class Site:
    host: str
    path: str = "/"
    subdomains: bool = False
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class Product:
    """What the operator offers besides its sites: an application, a platform, a widget that is
    installed somewhere else. ``kind`` is service, application, platform or widget (001 1.2.12, 10;
    003 1.15)."""

    slug: str
    kind: str
    title: Words
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class Operator:
    """Who processes the data. ``legal_name`` is as in the original text, ``legal_names`` holds it
    in every language. ``unstated`` names what of it the published text does not say (000 names no
    address, 002 no company), so that it is an assumption."""

    slug: str
    brand: str
    legal_name: str
    email: str
    territory: str
    time_zone: str
    law: tuple[str, ...]
    sites: tuple[Site, ...]
    registration: Mapping[str, str] = field(default_factory=dict)
    address: Words = field(default_factory=dict)
    unstated: tuple[str, ...] = ()
    clauses: Clauses = ()
    legal_names: Words = field(default_factory=dict)


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
    bank-account, photo, voice or document; by a birth-date a minimum age is judged, and the last
    three hold a file of at most ``megabytes`` (of 1,000,000 bytes) and ``megapixels``.
    ``identifies`` is true where a blind index is kept, so that the person can be found by it.
    """

    slug: str
    category: str
    type: str
    title: Words
    identifies: bool = False
    megabytes: int = 10
    megapixels: int = 50
    clauses: Clauses = ()

    @property
    def attached(self) -> bool:
        """Whether the field holds a file."""
        return self.type in ATTACHMENT_TYPES


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
    is consent; ``group`` names purposes whose data may be kept together (004 2.17.3)."""

    slug: str
    title: Words
    bases: tuple[str, ...]
    fields: frozenset[str]
    subjects: tuple[str, ...]
    consent_text: Words = field(default_factory=dict)
    group: str = "service"
    marketing: bool = False
    clauses: Clauses = ()


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
    its submission states, which opens obligations."""

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
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody data may be transferred to; ``role`` is processor, recipient or authority."""

    slug: str
    role: str
    title: Words
    country: str
    purposes: tuple[str, ...]
    fields: frozenset[str]
    ground: str
    instruction: Mapping[str, Any] = field(default_factory=dict)
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class IfImpossible:
    """What is promised when destruction cannot be done in its term (004 9.3-9.6)."""

    term: Term
    counted_from: str
    block: bool
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """An outcome the policy promises when ``event`` happens: what opens an obligation.

    ``outcome`` is what discharges it (destroy, stop, answer, correct, block, notify-authority,
    notify-subject, consider). ``ahead`` is how long before the due moment the system acts by
    itself, so that a failed attempt can be repeated within the term.
    """

    slug: str
    event: str
    outcome: str
    term: Term
    extension: Term | None = None
    ahead: Term | None = None
    if_impossible: IfImpossible | None = None
    unless: tuple[str, ...] = ()
    internal_target: bool = False
    from_law: str = ""
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Data taken at ``points`` (empty: everywhere) for ``purposes`` (empty: any) ends ``term``
    after ``event``; then ``then`` (destroy or anonymise) is done. The earliest rule wins
    unless a hold applies."""

    slug: str
    event: str
    term: Term
    points: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    then: str = "destroy"
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """A promised way to reach the operator; ``marker`` is the subject line it asks for."""

    slug: str
    kind: str
    address: str
    event: str
    marker: Words = field(default_factory=dict)
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class Cookie:
    """Something kept on the visitor's device, or asked for by the page to be counted.

    ``name`` may end with ``*`` and then stands for every name that begins so; an exact name goes
    before a pattern (001 7.4.6, 7.5.2). ``kind`` is cookie, local-storage, beacon or sdk; ``party``
    says who sets it: own, third or seller, and ``provider`` names that other party.
    """

    name: str
    cookie_class: str
    purpose: Words
    clauses: Clauses = ()
    kind: str = "cookie"
    party: str = "own"
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Binding:
    """One clause carried out by one control, by its capability slug, with parameters.

    ``clause`` is as written, so it may name a part (``9.4(b)``); ``Policy.where`` gives the
    clause it stands in. ``declaration`` is the key of what binds it, such as
    ``promises.answer``, or ``controls[3]``.
    """

    clause: str
    control: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    declaration: str = ""


@dataclass(frozen=True, slots=True)
class Assumption:
    """A decision taken where the text is silent or contradicts itself, shown to an auditor."""

    slug: str
    text: Words
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class Role:
    """Who works with the data, and what of the table of roles is left to them.

    ``slug`` is a built-in role, ``application``, or a role of the operator's own that works
    ``like`` a built-in one (a contractor, a related company). None means: not narrowed.
    """

    slug: str
    like: str = ""
    title: Words = field(default_factory=dict)
    sensitivities: frozenset[str] | None = None
    purposes: frozenset[str] | None = None
    actions: frozenset[str] | None = None
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class Store:
    """A place where personal data is kept: whose it is, where it stands, under which territory
    (``US``, ``US-FL``). ``kind`` is vault, attachments, backup or external (001 5.8, 004 2.13)."""

    slug: str
    kind: str
    title: Words
    owner: str
    address: Words
    territory: str
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class Access:
    """How access is kept in order: roles are reviewed ``review_every`` so long; staff first
    acknowledge the policy (``acknowledgement`` is each-version, once, or empty: not asked for);
    past standings are kept for ``history``. None: the default of the gate."""

    review_every: Term | None = None
    acknowledgement: str = ""
    history: Term | None = None
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class NeedsDecision:
    """``operations`` for ``purposes`` (empty: for any) are done only by a decision of an
    authorised representative of the operator (002 Безопасность)."""

    slug: str
    operations: frozenset[str]
    purposes: frozenset[str] = frozenset()
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class FourEyes:
    """An act that one person proposes and another agrees to; ``slug`` names the act."""

    slug: str
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class Residency:
    """The only territories under which personal data may be written (004 2.10/b9)."""

    territories: tuple[str, ...]
    clauses: Clauses = ()

    def allows(self, territory: str) -> bool:
        """A territory lies in another one that begins its name: ``US-FL`` in ``US``."""
        return any(
            territory == each or territory.startswith(f"{each}-") for each in self.territories
        )


@dataclass(frozen=True, slots=True)
class Separation:
    """Groups of purposes whose data may not be joined (004 2.17.3; 152-FZ article 5(3))."""

    groups: frozenset[str]
    clauses: Clauses = ()


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
    access: Access = Access()
    decisions: Mapping[str, NeedsDecision] = field(default_factory=FrozenDict)
    four_eyes: Mapping[str, FourEyes] = field(default_factory=FrozenDict)
    stores: Mapping[str, Store] = field(default_factory=FrozenDict)
    products: Mapping[str, Product] = field(default_factory=FrozenDict)
    residency: Residency | None = None
    separate: tuple[Separation, ...] = ()

    def __hash__(self) -> int:
        return hash(self.digest)

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
