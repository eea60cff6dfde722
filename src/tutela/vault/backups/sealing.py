"""The form of a backup file: sealed with a passphrase or for a recipient, chunk by chunk. Pure.

    file      "TUTELA BACKUP 1" LF, the head as one line of canonical JSON, LF, then chunks
    head      with a passphrase  {"kdf": "scrypt", "n", "r", "p", "salt"}
              for a recipient    {"to", "ephemeral", "salt"}: X25519 public keys (RFC 7748)
    secret    scrypt (RFC 7914) of the passphrase in UTF-8, NFKC; or the X25519 agreement
    key       HKDF-SHA256 (RFC 5869) over secret, salt of the head, info "tutela backup" || head
    chunk     AES-256-GCM (NIST SP 800-38D) of 64 KiB, or of what is left, then its tag (16)
    nonce     number of the chunk, 11 bytes big-endian, then 1 for the last chunk and 0 for others
    AAD       the first two lines of the file

The construction is STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015): a chunk that is
changed, left out, repeated or moved does not open, and neither does a file that is cut short. A
key is used for one file only, so nonces never repeat.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from tutela.core.canonical import canonical_bytes
from tutela.vault.backups.errors import BackupDamaged, CannotOpen

MAGIC = b"TUTELA BACKUP 1\n"
CHUNK = 64 * 1024
_TAG = 16
_KEY = 32
_COST = {"n": 2**17, "r": 8, "p": 1}
_MOST = {"n": 2**20, "r": 16, "p": 4}
_LONGEST_HEAD = 4096
_INFO = b"tutela backup"


@dataclass(frozen=True, slots=True)
class Lock:
    """What a new backup is sealed with: a passphrase, or the public key of who may open it."""

    passphrase: str = ""
    recipient: bytes = b""


@dataclass(frozen=True, slots=True)
class Opener:
    """What opens a backup: the passphrase, or the private key of its recipient."""

    passphrase: str = ""
    private: X25519PrivateKey | None = None


def seal(lock: Lock, content: Iterable[bytes]) -> Iterator[bytes]:
    """The file, part by part; ``content`` may come in parts of any length."""
    head, secret = _for_recipient(lock.recipient) if lock.recipient else _with(lock.passphrase)
    opening = MAGIC + canonical_bytes(head) + b"\n"
    cipher = AESGCM(_derive(secret, head, opening))
    yield opening
    number, waiting = 0, b""
    for part in content:
        waiting += part
        while len(waiting) > CHUNK:
            yield cipher.encrypt(_nonce(number, last=False), waiting[:CHUNK], opening)
            waiting, number = waiting[CHUNK:], number + 1
    yield cipher.encrypt(_nonce(number, last=True), waiting, opening)


def unseal(opener: Opener, file: IO[bytes]) -> Iterator[bytes]:
    """The content, chunk by chunk. Raises ``CannotOpen`` before the first, and ``BackupDamaged``
    at the first chunk that is not as it was written; then nothing of what came may be used."""
    head, opening = _head(file)
    cipher = AESGCM(_derive(_secret(opener, head), head, opening))
    number, sealed = 0, file.read(CHUNK + _TAG)
    while True:
        following = file.read(CHUNK + _TAG)
        last = not following
        try:
            yield cipher.decrypt(_nonce(number, last=last), sealed, opening)
        except (InvalidTag, ValueError):
            raise (
                CannotOpen("This backup opens with another passphrase or key; nothing was done.")
                if number == 0
                else BackupDamaged("The backup was changed or cut short; take another one.")
            ) from None
        if last:
            return
        number, sealed = number + 1, following


def recipient_of(file: IO[bytes]) -> str:
    """The public key that the backup is sealed for, in hexadecimal; empty for a passphrase."""
    return str(_head(file)[0].get("to", ""))


def _head(file: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    magic = file.read(len(MAGIC))
    line = file.readline(_LONGEST_HEAD)
    if magic != MAGIC or not line.endswith(b"\n"):
        raise BackupDamaged("This file is no backup of Tutela, or its beginning was changed.")
    try:
        head = dict(json.loads(line).items())
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise BackupDamaged("The beginning of this backup was changed; take another.") from None
    return head, magic + line


def _with(passphrase: str) -> tuple[dict[str, Any], bytes]:
    head = {"kdf": "scrypt", **_COST, "salt": os.urandom(16).hex()}
    return head, _stretch(passphrase, head)


def _for_recipient(public: bytes) -> tuple[dict[str, Any], bytes]:
    ephemeral = X25519PrivateKey.generate()
    head = {
        "to": public.hex(),
        "ephemeral": ephemeral.public_key().public_bytes_raw().hex(),
        "salt": os.urandom(16).hex(),
    }
    return head, ephemeral.exchange(X25519PublicKey.from_public_bytes(public))


def _secret(opener: Opener, head: dict[str, Any]) -> bytes:
    try:
        if "to" in head:
            return _agreed(opener, head)
        if not opener.passphrase:
            raise CannotOpen("This backup is sealed with a passphrase; give it.")
        if any(not 0 < int(head[name]) <= most for name, most in _MOST.items()):
            raise BackupDamaged("The beginning of this backup was changed; take another.")
        return _stretch(opener.passphrase, head)
    except (ValueError, KeyError, TypeError):
        raise BackupDamaged("The beginning of this backup was changed; take another.") from None


def _agreed(opener: Opener, head: dict[str, Any]) -> bytes:
    private = opener.private
    if private is None or private.public_key().public_bytes_raw().hex() != head["to"]:
        raise CannotOpen(
            f"This backup is sealed for the key {head['to']}; name the file with its private "
            "half by --key."
        )
    return private.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(head["ephemeral"])))


def _stretch(passphrase: str, head: dict[str, Any]) -> bytes:
    salt = bytes.fromhex(head["salt"])
    scrypt = Scrypt(salt=salt, length=_KEY, n=head["n"], r=head["r"], p=head["p"])
    return scrypt.derive(unicodedata.normalize("NFKC", passphrase).encode())


def _derive(secret: bytes, head: dict[str, Any], opening: bytes) -> bytes:
    salt = bytes.fromhex(head["salt"])
    return HKDF(SHA256(), _KEY, salt=salt, info=_INFO + opening).derive(secret)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + (b"\x01" if last else b"\x00")
