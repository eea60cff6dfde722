"""Who may do what, as data: a pair that does not stand here is refused.

A row is a kind of actor, for staff with its role; a column is a purpose that the law itself
gives, or ``DECLARED`` for every purpose of the policy; ``CLASSES`` says which classes of fields
the row reaches. A policy can narrow the rows of staff and applications.

Staff carry out what a person demands of their data, and write down the answer; to look at the
data they need a declared purpose, or oversight and a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tutela.core.vocabulary import TRANSFER, Action, Actor, ActorKind, LawPurpose
from tutela.policy.model import Policy
from tutela.policy.vocabulary import SENSITIVITIES

DECLARED = "declared"
_NARROWED = frozenset({ActorKind.STAFF, ActorKind.APPLICATION})

_READ = frozenset({Action.EXTRACTION})
_LETTER = frozenset({Action.EXTRACTION, Action.USE})
_MEND = frozenset({Action.CLARIFICATION, Action.BLOCKING})
_WRITE = _MEND | {Action.RECORDING}
_END = frozenset({Action.BLOCKING, Action.DEPERSONALIZATION, Action.DELETION, Action.DESTRUCTION})
_KEEP = frozenset(
    {
        Action.COLLECTION,
        Action.RECORDING,
        Action.SYSTEMATIZATION,
        Action.ACCUMULATION,
        Action.STORAGE,
        Action.CLARIFICATION,
    }
)
PARCEL = frozenset({Action.RECORDING, Action.USE})
"""What a processor needs to find somebody is written down until it has destroyed its copy, and
nothing else: ``handing_on.parcel_is_for_a_processor``."""
_SERVE = _KEEP | _LETTER | {Action.PROVISION, Action.ACCESS}

Row = Mapping[str, frozenset[Action]]

MATRIX: Mapping[str, Row] = MappingProxyType(
    {
        "visitor": {
            DECLARED: frozenset({Action.COLLECTION}),
            LawPurpose.IDENTIFICATION: _READ,
        },
        "subject": {
            DECLARED: frozenset({Action.COLLECTION}),
            LawPurpose.SUBJECT_RIGHTS: _READ | _MEND,
            LawPurpose.IDENTIFICATION: _READ,
        },
        "representative": {
            DECLARED: frozenset({Action.COLLECTION}),
            LawPurpose.SUBJECT_RIGHTS: _READ | _MEND,
        },
        "staff/officer": {
            DECLARED: _SERVE | TRANSFER,
            LawPurpose.SUBJECT_RIGHTS: _WRITE,
            LawPurpose.IDENTIFICATION: _READ,
            LawPurpose.RETENTION: _END,
            LawPurpose.OVERSIGHT: _READ,
            LawPurpose.SERVICE_LETTER: _LETTER,
            LawPurpose.REIDENTIFICATION: _READ,
        },
        "staff/clerk": {
            DECLARED: _SERVE,
            LawPurpose.SUBJECT_RIGHTS: _WRITE,
            LawPurpose.IDENTIFICATION: _READ,
            LawPurpose.OVERSIGHT: _READ,
            LawPurpose.SERVICE_LETTER: _LETTER,
        },
        "staff/auditor": {},
        "application": {
            DECLARED: _SERVE | TRANSFER,
            LawPurpose.IDENTIFICATION: _READ,
        },
        "system": {
            DECLARED: _SERVE | TRANSFER,
            LawPurpose.SUBJECT_RIGHTS: _READ | _MEND,
            LawPurpose.IDENTIFICATION: _READ,
            LawPurpose.RETENTION: _END | PARCEL,
            LawPurpose.SERVICE_LETTER: _LETTER,
        },
    }
)
"""What a representative or guardian may do of their row is narrowed by their authority for the one
person (``rules.authority_stands``)."""

_EVERY_CLASS = frozenset(SENSITIVITIES)

CLASSES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        **dict.fromkeys(MATRIX, _EVERY_CLASS),
        "application": _EVERY_CLASS - {"identity-document"},
        "staff/clerk": frozenset({"ordinary", "financial"}),
        "staff/auditor": frozenset(),
    }
)
"""The classes of fields (the sensitivity of their category) that each row reaches; special
categories and copies of identity documents are left to the officer (152-FZ article 10, GDPR
article 9; 002 “Сбор” B6)."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What is left to an actor for one purpose after the policy has narrowed its row."""

    actions: frozenset[Action]
    classes: frozenset[str]


NOTHING = Reach(frozenset(), frozenset())


def row_of(policy: Policy, actor: Actor) -> str:
    """The row of the table that an actor stands in; a role of the operator's own stands in the
    row of the built-in role that it works like."""
    if actor.kind is not ActorKind.STAFF:
        return str(actor.kind)
    own = policy.roles.get(actor.role)
    return f"staff/{own.like if own is not None and own.like else actor.role}"


def reach(policy: Policy, actor: Actor, purpose: str) -> Reach:
    """What ``actor`` may do under ``purpose``, and to which classes of fields.

    The policy can take away from the table, never add to it.
    """
    row = row_of(policy, actor)
    column = purpose if purpose in frozenset(LawPurpose) else DECLARED
    actions = MATRIX.get(row, {}).get(column, frozenset())
    if not actions:
        return NOTHING
    name = actor.role if actor.kind is ActorKind.STAFF else str(actor.kind)
    left = policy.roles.get(name) if actor.kind in _NARROWED else None
    classes = CLASSES[row]
    if left is None:
        return Reach(actions, classes)
    if left.purposes is not None and purpose not in left.purposes:
        return NOTHING
    return Reach(
        actions if left.actions is None else actions & left.actions,
        classes if left.sensitivities is None else classes & left.sensitivities,
    )


def allowed(policy: Policy, actor: Actor, purpose: str) -> frozenset[Action]:
    """The actions ``actor`` may ask for under ``purpose``; none for a row that is not there."""
    return reach(policy, actor, purpose).actions


def classes_of(policy: Policy, fields: Iterable[str]) -> frozenset[str]:
    """The classes that declared ``fields`` belong to."""
    return frozenset(policy.categories[policy.fields[each].category].sensitivity for each in fields)
