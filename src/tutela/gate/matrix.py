"""Who may do what, as data: a pair that does not stand here is refused.

A row is a kind of actor, for staff with its role; a column is a purpose that the law itself
gives, or ``DECLARED`` for every purpose of the policy. Staff carry out what a person demands of
their data; to look at it they need a declared purpose, or oversight and a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tutela.core.vocabulary import TRANSFER, Action, Actor, ActorKind, LawPurpose

DECLARED = "declared"

_READ = frozenset({Action.EXTRACTION})
_LETTER = frozenset({Action.EXTRACTION, Action.USE})
_MEND = frozenset({Action.CLARIFICATION, Action.BLOCKING})
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
        "staff/officer": {
            DECLARED: _SERVE | TRANSFER,
            LawPurpose.SUBJECT_RIGHTS: _MEND,
            LawPurpose.IDENTIFICATION: _READ,
            LawPurpose.RETENTION: _END,
            LawPurpose.OVERSIGHT: _READ,
            LawPurpose.SERVICE_LETTER: _LETTER,
        },
        "staff/clerk": {
            DECLARED: _SERVE,
            LawPurpose.SUBJECT_RIGHTS: _MEND,
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
            LawPurpose.RETENTION: _END,
            LawPurpose.SERVICE_LETTER: _LETTER,
        },
    }
)
"""A representative has no row: whose representative somebody is, is proven with the requests of
subjects, and until then nobody acts for another."""


def allowed(actor: Actor, purpose: str) -> frozenset[Action]:
    """The actions ``actor`` may ask for under ``purpose``; none for a row that is not there."""
    row = f"{actor.kind}/{actor.role}" if actor.kind is ActorKind.STAFF else str(actor.kind)
    column = purpose if purpose in frozenset(LawPurpose) else DECLARED
    return MATRIX.get(row, {}).get(column, frozenset())
