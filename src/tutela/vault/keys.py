"""Wrapping the data keys of persons with a key of the operator."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tutela.core.canonical import canonical_bytes, sha256_hex
from tutela.vault import keyfiles
from tutela.vault.errors import KeyLost
from tutela.vault.sealing import NONCE_SIZE


@dataclass(frozen=True, slots=True)
class Wrapped:
    """``wrapper`` names the key that wraps, so that the operator's key can be rotated later."""

    wrapper: str
    data: bytes


class KeyWrapper(Protocol):
    """A service of keys. What ``wrap`` made for one operator and subject opens for no other."""

    def wrap(self, operator: UUID, subject: UUID, key: bytes) -> Wrapped: ...

    def unwrap(self, operator: UUID, subject: UUID, wrapped: Wrapped) -> bytes:
        """Raises ``KeyLost`` if the wrapping key is not there or the bytes do not open."""


class FileWrapper:
    """AES-256-GCM with the key in ``current.key`` of the operator's folder.

    A key is named by the first 16 hex digits of its SHA-256. A retired key stays in
    the folder under any other name that ends in ``.key``, and goes on opening what it wrapped.
    """

    def wrap(self, operator: UUID, subject: UUID, key: bytes) -> Wrapped:
        wrapping = keyfiles.secret(_current(operator))
        nonce = os.urandom(NONCE_SIZE)
        sealed = AESGCM(wrapping).encrypt(nonce, key, _aad(operator, subject))
        return Wrapped(_name(wrapping), nonce + sealed)

    def unwrap(self, operator: UUID, subject: UUID, wrapped: Wrapped) -> bytes:
        nonce, sealed = wrapped.data[:NONCE_SIZE], wrapped.data[NONCE_SIZE:]
        try:
            wrapping = _named(operator, wrapped.wrapper)
            return AESGCM(wrapping).decrypt(nonce, sealed, _aad(operator, subject))
        except InvalidTag:
            raise KeyLost("A data key does not open; restore its row from a backup.") from None


def _current(operator: UUID) -> Path:
    return keyfiles.folder(operator) / "current.key"


def _named(operator: UUID, name: str) -> bytes:
    """The key of this name; nearly always the current one, so that is looked at first."""
    current = _current(operator)
    for path in chain([current], current.parent.glob("*.key")):
        if path.exists() and _name(key := keyfiles.secret(path)) == name:
            return key
    raise KeyLost(f"The operator's key {name} is missing; bring it back from its backup.")


def _name(key: bytes) -> str:
    return f"file:{sha256_hex(key)[:16]}"


def _aad(operator: UUID, subject: UUID) -> bytes:
    return canonical_bytes({"operator": operator, "subject": subject})
