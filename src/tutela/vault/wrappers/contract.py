"""What a service that keeps an operator's key has to do; ``tests/vault/wrappers`` tries each."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from tutela.core.canonical import canonical_bytes


class KeyWrapper(Protocol):
    """Wraps the data keys of persons with a key of the operator that the service keeps.

    A key's name begins with the kind of its service: ``file:…``, ``transit:…``. Every function
    may be called by several threads and processes at once and raises ``KeyServiceDown`` if the
    service does not answer or refuses us, ``KeyServiceUnset`` if it was not set up here.
    """

    kind: str

    def fresh(self, operator: UUID, known: Collection[str]) -> str:
        """The name of the operator's newest key, made anew if there is none or it is ``known``.

        A key that was made and, because of a crash, not told to anybody is the newest one: to
        repeat makes no second key.
        """

    def wrap(self, operator: UUID, subject: UUID, name: str, key: bytes) -> bytes:
        """``key`` (32 bytes) wrapped with the operator's key ``name``; it opens for this operator
        and subject alone. Raises ``KeyLost`` if there is no such key."""

    def unwrap(self, operator: UUID, subject: UUID, name: str, wrapped: bytes) -> bytes:
        """Raises ``KeyLost`` if the key is not there or the bytes do not open."""

    def destroy(self, operator: UUID, name: str) -> None:
        """Make a key that is not the newest unusable for good. Called for the oldest key first;
        safe to repeat."""


def bound_to(operator: UUID, subject: UUID) -> bytes:
    """What a wrapped key is authenticated with."""
    return canonical_bytes({"operator": operator, "subject": subject})
