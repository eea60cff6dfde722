"""How the operator's own people work: roles, access, decisions."""

from __future__ import annotations

from dataclasses import dataclass, field

from tutela.policy.model.plain import Clauses, Words
from tutela.policy.terms import Term


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
class Access:
    """How access is kept in order: roles are reviewed ``review_every`` so long; staff first
    acknowledge the policy (``acknowledgement`` is each-version, once, or empty: not asked for);
    past standings are kept for ``history``; entries about a destroyed person for ``journal``
    after the destruction. None: the default of the gate."""

    review_every: Term | None = None
    acknowledgement: str = ""
    history: Term | None = None
    journal: Term | None = None
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
