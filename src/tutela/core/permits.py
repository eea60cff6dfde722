"""The permit: a value that opens the vault, and that only the gate can make.

The type lives here because the vault, which sits below the gate, must know what it is handed.
The function that makes permits lives in ``core.mint``, which an import contract reserves for
the gate. A permit carries a keyed digest over its contents, so that a hand-made copy with one
field changed does not open anything, and the identifier of the database transaction in which
it was decided, so that it cannot be kept for later.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass, field, fields
from operator import attrgetter
from uuid import UUID

from tutela.core.errors import NotAllowed
from tutela.core.vocabulary import Action, Actor

_process_key = os.urandom(32)


class ForgedPermit(NotAllowed):
    """The permit was not made by the gate, or was made for something else; ask the gate again."""


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to do ``action`` to ``fields`` of one subject for one purpose, in this transaction.

    ``left_out`` are the blocked places it does not reach, as (record, field); an empty field
    stands for the whole record.
    """

    operator: UUID
    subject: UUID | None
    action: Action
    purpose: str
    basis: str
    fields: frozenset[str]
    actor: Actor
    clause: str
    rule: str
    transaction: int
    recipient: str = ""
    left_out: frozenset[tuple[str, str]] = frozenset()
    seal: bytes = field(default=b"", repr=False)

    def covers(self, *names: str) -> bool:
        return self.fields.issuperset(names)


_CONTENT = attrgetter(*(each.name for each in fields(Permit) if each.name != "seal"))


def digest(permit: Permit) -> bytes:
    content = [sorted(each) if isinstance(each, frozenset) else each for each in _CONTENT(permit)]
    return hmac.digest(_process_key, repr(content).encode(), "sha256")


def check(
    permit: Permit,
    *,
    operator: UUID,
    subject: UUID | None,
    actions: frozenset[Action],
    transaction: int,
) -> None:
    """Raise ``ForgedPermit`` unless the gate made this permit for exactly this, here and now."""
    if not isinstance(permit, Permit) or not hmac.compare_digest(permit.seal, digest(permit)):
        raise ForgedPermit("The permit was not made by the gate.")
    if (permit.operator, permit.subject) != (operator, subject):
        raise ForgedPermit("The permit was made for another operator or subject.")
    if permit.action not in actions:
        raise ForgedPermit(f"The permit allows {permit.action}, which is not what is being done.")
    if permit.transaction != transaction:
        raise ForgedPermit("The permit was made in another transaction; ask the gate again.")
