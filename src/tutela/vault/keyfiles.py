"""Files that hold one secret: made once, whole or not at all, by whichever process is first."""

from __future__ import annotations

import contextlib
import os
import secrets
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.conf import settings

from tutela.vault.errors import KeyLost
from tutela.vault.sealing import KEY_SIZE, new_key

REMEMBERED = 64
"""Keys of operators kept in memory; keys of persons are never kept beyond a transaction."""


def folder(operator: UUID) -> Path:
    """``TUTELA_HOME/keys/vault/<operator>``, readable by its owner alone."""
    home = Path(settings.TUTELA_HOME)
    path = home / "keys" / "vault" / str(operator)
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        for parent in (path.parent, path.parent.parent, home):
            sync_folder(parent)
    return path


@lru_cache(maxsize=REMEMBERED)
def secret(path: Path) -> bytes:
    """The 32 bytes in ``path``, made if the file is not there. Raises ``KeyLost`` if damaged."""
    if not path.exists():
        _make(path)
    sync_folder(path.parent)
    content = path.read_bytes()
    if len(content) != KEY_SIZE:
        raise KeyLost(f"The key file {path.name} is damaged; bring it back from its backup.")
    return content


def _make(path: Path) -> None:
    """A link appears whole and never replaces: the second process takes the first one's key."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(new_key())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def sync_folder(path: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
