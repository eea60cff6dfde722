"""What the operator's own people have decided and acknowledged, as far as decisions need it.

Plain immutable values, like the standing of a person: only what has not been revoked is in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela.core.vocabulary import Action


@dataclass(frozen=True, slots=True)
class Approval:
    """A decision of an authorised representative, from ``since`` until ``until``.

    A standing decision is about everybody and covers ``operations`` for ``purposes`` (empty: for
    any). A single one names its ``subject``. A decision on a four-eyes act names the ``act``, and
    as ``target`` what it is done to. ``decided_by`` is the id of the member of staff who agreed.
    """

    id: UUID
    decided_by: str
    since: datetime
    operations: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    subject: UUID | None = None
    act: str = ""
    target: str = ""
    until: datetime | None = None

    def live(self, now: datetime) -> bool:
        return self.since <= now and (self.until is None or now < self.until)

    def covers(self, action: Action | str, purpose: str, subject: UUID | None) -> bool:
        return (
            not self.act
            and action in self.operations
            and (not self.purposes or purpose in self.purposes)
            and self.subject in {None, subject}
        )


@dataclass(frozen=True, slots=True)
class Office:
    """``approvals`` that may cover what is asked, and ``acknowledged``: the ids of the members of
    staff who have acknowledged what the policy wants acknowledged."""

    approvals: tuple[Approval, ...] = ()
    acknowledged: frozenset[str] = frozenset()


EMPTY = Office()
