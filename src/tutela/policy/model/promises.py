"""What is promised, by when, and how people reach the operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tutela.policy.model.plain import Clauses, FrozenDict, Words
from tutela.policy.terms import Term


@dataclass(frozen=True, slots=True)
class IfImpossible:
    """What is promised when destruction cannot be done in its term (004 9.3-9.6)."""

    term: Term
    counted_from: str
    block: bool
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class MayPause:
    """The term stands still, once and ``at_most`` so long, while ``awaited`` is missing."""

    awaited: str
    at_most: Term
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """An outcome the policy promises when ``event`` happens: what opens an obligation.

    ``outcome`` is what discharges it (destroy, stop, answer, correct, block, notify-authority,
    notify-subject, consider). ``ahead`` is how long before the due moment the system acts by
    itself, so that a failed attempt can be repeated within the term. ``pauses`` is all for which
    its clock may stand still; by default it stands still for nothing.
    """

    slug: str
    event: str
    outcome: str
    term: Term
    extension: Term | None = None
    ahead: Term | None = None
    if_impossible: IfImpossible | None = None
    pauses: Mapping[str, MayPause] = field(default_factory=FrozenDict)
    unless: tuple[str, ...] = ()
    internal_target: bool = False
    from_law: str = ""
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Data taken at ``points`` (empty: everywhere) for ``purposes`` (empty: any) ends ``term``
    after ``event``; then ``then`` (destroy or anonymise) is done. Of several rules for one purpose
    of a record the earliest end wins, except that the rules named in ``over`` give way to this one
    wherever it is at work; a hold goes before all of them."""

    slug: str
    event: str
    term: Term
    points: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    then: str = "destroy"
    clauses: Clauses = ()
    over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """A promised way to reach the operator; ``marker`` is the subject line it asks for."""

    slug: str
    kind: str
    address: str
    event: str
    marker: Words = field(default_factory=dict)
    clauses: Clauses = ()
