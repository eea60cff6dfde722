"""Sealing a file chunk by chunk. Pure: bytes in, bytes out.

A file is sealed with a random key of its own. That key, with the number of chunks, the length
and the hash of the whole, makes up the file's *manifest*, and the manifest is sealed as any other
value is: with the person's data key and the value's share in the key store, in its place. Who
cannot open the manifest cannot open a chunk, so destroying either half destroys the file; and a
data key is rotated by sealing the manifest anew.

    chunk   0x02 || nonce (12) || AES-256-GCM (NIST SP 800-38D) of 256 KiB, or of the padded rest
    AAD     0x02 || canonical JSON of operator, subject, record, field, version, number and total

The AAD nails a chunk to its place, its number and the number of all: a chunk moved to another
person, field or file, put in another order, repeated or left out does not open. The last chunk is
padded to a multiple of 4 KiB (ISO/IEC 7816-4), so sizes tell little. Chunks are counted from 0.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tutela.core.canonical import canonical_bytes
from tutela.vault.errors import SealBroken
from tutela.vault.sealing import NONCE_SIZE, Place, new_key

CHUNK = 256 * 1024
PADDED_TO = 4 * 1024
FORMAT = b"\x02"
MARK = "\x00file\x00"
"""How a manifest begins; no text that people type holds a NUL."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What there is to know of a file, and the key that opens it. ``size`` is in bytes."""

    media: str
    size: int
    sha256: str
    chunks: int
    key: bytes

    def text(self) -> str:
        """The value that is sealed in the file's place."""
        content = {**asdict(self), "key": base64.b64encode(self.key).decode()}
        return MARK + json.dumps(content, sort_keys=True)


def manifest(text: str) -> Manifest | None:
    """The manifest that a value is, or None for a value that people typed."""
    if not text.startswith(MARK):
        return None
    content = json.loads(text.removeprefix(MARK))
    return Manifest(**{**content, "key": base64.b64decode(content["key"])})


def describe(media: str, content: Iterable[bytes]) -> Manifest:
    """Count and hash a file, and give it a key; the first of the two times that it is read."""
    size, digest = 0, hashlib.sha256()
    for part in content:
        size += len(part)
        digest.update(part)
    return Manifest(media, size, digest.hexdigest(), size // CHUNK + 1, new_key())


def seal(known: Manifest, place: Place, content: Iterable[bytes]) -> Iterator[bytes]:
    """The sealed chunks in their order. ``content`` may come in parts of any length."""
    cipher = AESGCM(known.key)
    for number, plain in enumerate(_parted(content)):
        body = plain if len(plain) == CHUNK else _pad(plain)
        nonce = os.urandom(NONCE_SIZE)
        aad = _aad(place, number, known.chunks)
        yield FORMAT + nonce + cipher.encrypt(nonce, body, aad)


def unseal(known: Manifest, place: Place, sealed: Iterable[bytes]) -> Iterator[bytes]:
    """The content, chunk by chunk; ends with ``SealBroken`` unless it was whole and in order.

    Nothing may be shown before the last chunk has come: only then are length and hash known to
    be right.
    """
    cipher, size, count, digest = AESGCM(known.key), 0, 0, hashlib.sha256()
    for number, each in enumerate(sealed):
        mark, nonce, body = each[:1], each[1 : 1 + NONCE_SIZE], each[1 + NONCE_SIZE :]
        try:
            plain = cipher.decrypt(nonce, body, _aad(place, number, known.chunks, mark))
        except (InvalidTag, ValueError):
            raise _broken() from None
        plain = plain if number < known.chunks - 1 else _unpad(plain)
        size, count = size + len(plain), number + 1
        digest.update(plain)
        yield plain
    if (count, size, digest.hexdigest()) != (known.chunks, known.size, known.sha256):
        raise _broken()


def _broken() -> SealBroken:
    return SealBroken("A chunk of a file does not open; restore its rows from a backup.")


def _aad(place: Place, number: int, total: int, mark: bytes = FORMAT) -> bytes:
    return mark + canonical_bytes({**asdict(place), "number": number, "total": total})


def _parted(content: Iterable[bytes]) -> Iterator[bytes]:
    """Parts of exactly ``CHUNK`` bytes and then the rest, which is shorter and may be empty."""
    waiting = bytearray()
    for part in content:
        waiting += part
        while len(waiting) >= CHUNK:
            yield bytes(waiting[:CHUNK])
            del waiting[:CHUNK]
    yield bytes(waiting)


def _pad(data: bytes) -> bytes:
    return data + b"\x80" + bytes(-(len(data) + 1) % PADDED_TO)


def _unpad(data: bytes) -> bytes:
    return data.rstrip(b"\x00")[:-1]
