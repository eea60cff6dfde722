"""Sealing one value. Pure: bytes in, bytes out.

A value is sealed with a key of its own, derived from two halves that lie in different places:
the person's data key (wrapped, in the database) and the value's share (in the key store). Either
half destroyed, the value is gone.

    key     HKDF-SHA256 (RFC 5869) over data key || share, 32 bytes each
    sealed  0x01 || nonce (12) || AES-256-GCM (NIST SP 800-38D) of the padded text || tag (16)
    AAD     0x01 || canonical JSON of operator, subject, record, field and version

The AAD nails a value to its place: copied into another row it does not open. The text is padded
to a multiple of 64 bytes (ISO/IEC 7816-4), so the length of the sealed bytes tells one thing,
namely in which block of 64 bytes the text ends; names, addresses of mail and numbers of
telephone look alike.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tutela.core.canonical import canonical_bytes
from tutela.vault.errors import SealBroken

KEY_SIZE = 32
FORMAT = b"\x01"
NONCE_SIZE = 12
BLOCK = 64
_PURPOSE = b"tutela vault value"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value lies; the same value anywhere else does not open."""

    operator: UUID
    subject: UUID
    record: UUID
    field: str
    version: int

    def aad(self) -> bytes:
        return canonical_bytes(
            {
                "operator": self.operator,
                "subject": self.subject,
                "record": self.record,
                "field": self.field,
                "version": self.version,
            }
        )


def new_key() -> bytes:
    return os.urandom(KEY_SIZE)


def value_key(data_key: bytes, share: bytes) -> bytes:
    return HKDF(SHA256(), KEY_SIZE, salt=None, info=_PURPOSE).derive(data_key + share)


def seal(key: bytes, place: Place, text: str) -> bytes:
    nonce = os.urandom(NONCE_SIZE)
    return FORMAT + nonce + AESGCM(key).encrypt(nonce, _pad(text.encode()), FORMAT + place.aad())


def unseal(key: bytes, place: Place, sealed: bytes) -> str:
    """Raises ``SealBroken`` for another key, another place, or a changed byte."""
    mark, nonce, body = sealed[:1], sealed[1 : 1 + NONCE_SIZE], sealed[1 + NONCE_SIZE :]
    try:
        return _unpad(AESGCM(key).decrypt(nonce, body, mark + place.aad())).decode()
    except (InvalidTag, ValueError):
        raise SealBroken("A sealed value does not open; restore its row from a backup.") from None


def _pad(data: bytes) -> bytes:
    return data + b"\x80" + bytes(-(len(data) + 1) % BLOCK)


def _unpad(data: bytes) -> bytes:
    return data.rstrip(b"\x00")[:-1]
