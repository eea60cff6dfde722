"""Which data one transaction has already read, so that separated purposes are not joined in it.

The memory lasts as long as the database transaction, in the process that runs it: nothing is
stored, and another transaction begins with nothing read.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from uuid import UUID

from tutela.core.vocabulary import LawPurpose
from tutela.db.scope import transaction_id
from tutela.gate.rules import READING, Operation


@dataclass(slots=True)
class _Read:
    """For whom and for which purposes the transaction with this identifier has read."""

    transaction: int
    purposes: dict[tuple[UUID, UUID], set[str]] = field(default_factory=dict)


_read: ContextVar[_Read | None] = ContextVar("tutela.gate.read", default=None)


def _concerned(operation: Operation) -> bool:
    by_law = operation.purpose in frozenset(LawPurpose)
    return operation.action in READING and operation.subject is not None and not by_law


def told(operation: Operation) -> Operation:
    """The operation with what the transaction has read of the person before."""
    memory = _read.get()
    if memory is None or operation.subject is None or not _concerned(operation):
        return operation
    before = memory.purposes.get((operation.operator, operation.subject))
    if not before or memory.transaction != transaction_id():
        return operation
    return replace(operation, joins=operation.joins | before)


def remember(operation: Operation, transaction: int) -> None:
    """The operation was permitted in the current ``transaction``: what is read later in it joins
    what was read now."""
    if operation.subject is None or not _concerned(operation):
        return
    memory = _read.get()
    if memory is None or memory.transaction != transaction:
        memory = _Read(transaction)
        _read.set(memory)
    memory.purposes.setdefault((operation.operator, operation.subject), set()).add(
        operation.purpose
    )
