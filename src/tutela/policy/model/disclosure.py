"""Where data goes and lies: recipients, stores, territories, what is kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tutela.policy.model.plain import Clauses, Words
from tutela.policy.terms import Term


@dataclass(frozen=True, slots=True)
class ProcessorEnding:
    """How a processor is told that data is to be destroyed with it (004 9.3, 9.4; GDPR article
    28(3)(g)): ``by`` mail, webhook or hand; ``find`` are the fields by which it knows the person,
    ``term`` is what it has, ``remind`` how often it is reminded."""

    by: str = "hand"
    address: str = ""
    find: frozenset[str] = frozenset()
    term: Term | None = None
    remind: Term | None = None
    language: str = ""


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
    ending: ProcessorEnding = field(default_factory=ProcessorEnding)


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
class Acquirer:
    """Who takes payments and tells of them by messages in JSON (004 3.11).

    ``event`` and ``state`` are paths to the message's own name and to what happened, ``paid`` the
    words that mean a payment, ``fields`` the only fields that are kept, each with its path;
    ``signature`` and ``moment`` are the headers that prove it. ``terms`` is the address of the
    acquirer's own policy (004 5.3(b))."""

    slug: str
    recipient: str
    point: str
    event: str
    state: str
    paid: tuple[str, ...]
    fields: Mapping[str, str]
    signature: str
    moment: str
    terms: str = ""
    clauses: Clauses = ()
