"""One Ed25519 key per operator, in a file of its own that only the server's user may read."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings

from tutela.journal.errors import KeyUnusable
from tutela.journal.notes import Signer


def origin(operator_id: UUID) -> str:
    """The name of an operator's log and of the key that signs it; it never changes."""
    return f"tutela/journal/{operator_id}"


def key_path(operator_id: UUID) -> Path:
    return Path(settings.TUTELA_HOME, "keys", "journal", f"{operator_id}.pem")


def signer(operator_id: UUID) -> Signer:
    """The operator's signing key, made at the first use. Raises ``KeyUnusable``."""
    return _read(operator_id, key_path(operator_id))


def coming_signer(operator_id: UUID) -> Signer:
    """The key that will follow, made at the first call and kept until ``take_over``."""
    return _read(operator_id, _coming(operator_id))


def take_over(operator_id: UUID) -> None:
    """Let the coming key be the signing key; the old private key is gone with it."""
    path = key_path(operator_id)
    _coming(operator_id).replace(path)
    _sync(path.parent)


def _coming(operator_id: UUID) -> Path:
    return key_path(operator_id).with_suffix(".next.pem")


def _read(operator_id: UUID, path: Path) -> Signer:
    if not path.exists():
        _create(path)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise KeyUnusable(f"{path} cannot be read as a private key; restore it.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"{path} does not hold an Ed25519 key; restore the right file.")
    return Signer(origin(operator_id), key)


def _create(path: Path) -> None:
    """Publish a whole key under ``path`` or leave the one that another process put there first.

    The key is written and synced under a name of its own and then linked: the link fails if the
    path is taken, and nobody ever sees half a key.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    _sync(path.parent)


def _sync(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
