"""The passphrase over the key files, and whether this process may open them.

    keys/passphrase.json  {"version": 1, "kdf": "scrypt", "n", "r", "p", "salt", "nonce", "sealed"}
    root key              32 random bytes, ``sealed`` with AES-256-GCM
    under                 scrypt (RFC 7914) of the passphrase in UTF-8, NFKC
    AAD                   canonical JSON of everything in the file but ``sealed``
    locked key file       "TKL1" || nonce (12) || AES-256-GCM(root key) of the 32 bytes || tag (16)
    AAD                   "tutela key file" || the operator's identifier

The root key stands between, so that changing the passphrase rewrites one small file. Without
``passphrase.json`` the key files are plain. A process begins sealed, is unsealed by ``unseal``
and sealed again by ``seal``; the root key lies in its memory only.
"""

from __future__ import annotations

import json
import os
import secrets
import unicodedata
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.conf import settings

from tutela.core import listing
from tutela.core.canonical import canonical_bytes
from tutela.vault.errors import KeyLost, KeysSealed, WrongPassphrase
from tutela.vault.sealing import KEY_SIZE, NONCE_SIZE, new_key

SHORTEST = 12
"""Characters of a passphrase at least; who copies the disk may guess as fast as they like."""
_PLACE = "keys/passphrase.json"
_MARK = b"TKL1"
_COST = {"n": 2**17, "r": 8, "p": 1}
"""128 MiB and about half a second a guess: the cost OWASP names for scrypt."""
_AAD = b"tutela key file"


class _Process:
    """What this process holds."""

    root: bytes | None = None


def path() -> Path:
    return Path(settings.TUTELA_HOME) / _PLACE


def is_protected() -> bool:
    """Whether the keys of this home are protected by a passphrase."""
    return listing.is_there(f"{settings.TUTELA_HOME}/{_PLACE}")


def is_sealed() -> bool:
    """Whether the keys are protected and this process was not given the passphrase."""
    return _Process.root is None and is_protected()


def require_open() -> None:
    """Raises ``KeysSealed``."""
    if is_sealed():
        raise KeysSealed


def unseal(phrase: str) -> None:
    """Let this process open the keys. Raises ``WrongPassphrase``; nothing if none is set."""
    if is_protected():
        _Process.root = opened(phrase)


def seal() -> None:
    """Forget the root key."""
    _Process.root = None


def opened(phrase: str) -> bytes:
    """The root key. Raises ``WrongPassphrase``, and ``KeyLost`` if the file is damaged."""
    try:
        envelope = json.loads(path().read_text(encoding="utf-8"))
        sealed = bytes.fromhex(envelope.pop("sealed"))
        stretched = _stretch(phrase, envelope)
        nonce = bytes.fromhex(envelope["nonce"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeyLost(f"{path()} is damaged; bring it back from its backup.") from None
    try:
        return AESGCM(stretched).decrypt(nonce, sealed, canonical_bytes(envelope))
    except InvalidTag:
        raise WrongPassphrase("This is not the passphrase; nothing was opened.") from None


def set_up(phrase: str) -> None:
    """Begin to protect: make the root key, unless another attempt did; then open it.

    Raises ``WrongPassphrase`` if the keys are protected already by another passphrase.
    """
    root = new_key()
    if not is_protected() and _write(_envelope(_checked(phrase), root), replace=False):
        _Process.root = root
    else:
        unseal(phrase)


def change(old: str, new: str) -> None:
    """Seal the root key under another passphrase, in one step. Raises ``WrongPassphrase``."""
    root = opened(old)
    _write(_envelope(_checked(new), root), replace=True)


def remove() -> None:
    """End the protection; the caller has made every key file plain before."""
    path().unlink(missing_ok=True)
    _sync(path().parent)
    seal()


def is_locked(content: bytes) -> bool:
    return len(content) != KEY_SIZE and content.startswith(_MARK)


def lock(operator: UUID, secret: bytes) -> bytes:
    """What a key file holds: ``secret``, locked if there is a passphrase. Raises ``KeysSealed``."""
    if not is_protected():
        return secret
    require_open()
    nonce = os.urandom(NONCE_SIZE)
    return _MARK + nonce + AESGCM(_root()).encrypt(nonce, secret, _AAD + operator.bytes)


def unlock(operator: UUID, content: bytes) -> bytes:
    """Raises ``KeysSealed``, also if this process holds the root of an earlier protection."""
    require_open()
    body = content.removeprefix(_MARK)
    try:
        sealed = body[NONCE_SIZE:]
        return AESGCM(_root()).decrypt(body[:NONCE_SIZE], sealed, _AAD + operator.bytes)
    except InvalidTag:
        raise KeyLost(
            "A locked key file does not open with the keys' passphrase; bring the file and "
            "passphrase.json back from one and the same backup, and start again."
        ) from None


def _root() -> bytes:
    root = _Process.root
    if root is None:
        raise KeysSealed
    return root


def _checked(phrase: str) -> str:
    if len(phrase) < SHORTEST:
        raise WrongPassphrase(
            f"A passphrase needs at least {SHORTEST} characters; five random words are good."
        )
    return phrase


def _stretch(phrase: str, costs: dict[str, Any]) -> bytes:
    scrypt = Scrypt(
        salt=bytes.fromhex(costs["salt"]),
        length=KEY_SIZE,
        n=costs["n"],
        r=costs["r"],
        p=costs["p"],
    )
    return scrypt.derive(unicodedata.normalize("NFKC", phrase).encode())


def _envelope(phrase: str, root: bytes) -> dict[str, Any]:
    nonce = os.urandom(NONCE_SIZE)
    head = {
        "version": 1,
        "kdf": "scrypt",
        **_COST,
        "salt": os.urandom(16).hex(),
        "nonce": nonce.hex(),
    }
    sealed = AESGCM(_stretch(phrase, head)).encrypt(nonce, root, canonical_bytes(head))
    return {**head, "sealed": sealed.hex()}


def _write(envelope: dict[str, Any], *, replace: bool) -> bool:
    """Put the file in its place, whole; False if there is one and it may not be replaced."""
    place, mine = path(), True
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(json.dumps(envelope, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    if replace:
        draft.replace(place)
    else:
        try:
            os.link(draft, place)
        except FileExistsError:
            mine = False
        draft.unlink()
    _sync(place.parent)
    return mine


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
