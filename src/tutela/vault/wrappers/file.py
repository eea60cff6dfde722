"""The operator's key in a file of its folder: what is used unless a service is named.

wrapped  nonce (12) || AES-256-GCM (NIST SP 800-38D) of the data key || tag (16)
AAD      canonical JSON of operator and subject
name     "file:" and the name of the key, see ``keyfiles``
"""

from __future__ import annotations

import os
from collections.abc import Collection
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tutela.vault import keyfiles
from tutela.vault.errors import KeyLost
from tutela.vault.sealing import NONCE_SIZE
from tutela.vault.wrappers.contract import bound_to

_USE = "current"


class FileWrapper:
    kind = "file"

    def fresh(self, operator: UUID, known: Collection[str]) -> str:
        names = {each.removeprefix("file:") for each in known}
        return f"file:{keyfiles.fresh(operator, _USE, names)}"

    def wrap(self, operator: UUID, subject: UUID, name: str, key: bytes) -> bytes:
        nonce = os.urandom(NONCE_SIZE)
        return nonce + self._cipher(operator, name).encrypt(nonce, key, bound_to(operator, subject))

    def unwrap(self, operator: UUID, subject: UUID, name: str, wrapped: bytes) -> bytes:
        nonce, sealed = wrapped[:NONCE_SIZE], wrapped[NONCE_SIZE:]
        cipher = self._cipher(operator, name)
        try:
            return cipher.decrypt(nonce, sealed, bound_to(operator, subject))
        except (InvalidTag, ValueError):
            raise KeyLost("A data key does not open; restore its row from a backup.") from None

    def destroy(self, operator: UUID, name: str) -> None:
        keyfiles.destroy(operator, name.removeprefix("file:"))

    def _cipher(self, operator: UUID, name: str) -> AESGCM:
        return AESGCM(keyfiles.key(operator, _USE, name.removeprefix("file:")))
