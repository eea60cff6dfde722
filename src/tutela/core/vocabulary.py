"""The closed lists every policy shares: actions on personal data, actors, languages."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

LANGUAGES = ("en", "ru")


class Action(StrEnum):
    """What may be done to personal data (152-FZ article 3(3), GDPR article 4(2)).

    The members of ``TRANSFER`` are the three ways to transfer; the others are done by the
    operator itself.
    """

    COLLECTION = "collection"
    RECORDING = "recording"
    SYSTEMATIZATION = "systematization"
    ACCUMULATION = "accumulation"
    STORAGE = "storage"
    CLARIFICATION = "clarification"
    EXTRACTION = "extraction"
    USE = "use"
    DISSEMINATION = "dissemination"
    PROVISION = "provision"
    ACCESS = "access"
    DEPERSONALIZATION = "depersonalization"
    BLOCKING = "blocking"
    DELETION = "deletion"
    DESTRUCTION = "destruction"


TRANSFER = frozenset({Action.DISSEMINATION, Action.PROVISION, Action.ACCESS})
"""Actions that hand data to somebody else and therefore name a recipient."""


class LawPurpose(StrEnum):
    """Purposes that the law itself gives and no policy declares; their legal basis is ``law``."""

    SUBJECT_RIGHTS = "subject-rights"
    IDENTIFICATION = "identification"
    RETENTION = "retention"
    OVERSIGHT = "oversight"
    SERVICE_LETTER = "service-letter"
    REIDENTIFICATION = "reidentification"


class Right(StrEnum):
    """What a person may demand of their data (152-FZ articles 14, 20, 21 and 9(2), GDPR articles
    7(3) and 15 to 21); whoever acts for somebody has some of these and no others."""

    ACCESS = "access"
    CORRECTION = "correction"
    BLOCKING = "blocking"
    CONSENT = "consent"
    WITHDRAWAL = "withdrawal"
    ERASURE = "erasure"


class ActorKind(StrEnum):
    SUBJECT = "subject"
    REPRESENTATIVE = "representative"
    VISITOR = "visitor"
    STAFF = "staff"
    APPLICATION = "application"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Scope:
    """What an application was let do: ``actions`` for ``purposes``, both listed one by one.

    It only narrows. What is in it is still decided by the policy and the person's standing.
    """

    purposes: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()

    def covers(self, purpose: str, action: str) -> bool:
        return purpose in self.purposes and action in self.actions


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, by an opaque identifier; never a name or an address.

    An application carries the ``scope`` of its key wherever it goes; without one it may do
    nothing.
    """

    kind: ActorKind
    id: str = ""
    role: str = ""
    scope: Scope | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else str(self.kind)


SYSTEM = Actor(ActorKind.SYSTEM)
VISITOR = Actor(ActorKind.VISITOR)
