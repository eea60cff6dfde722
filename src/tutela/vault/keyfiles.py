"""Files that hold one secret of an operator: made once, whole or not at all, by whoever is first.

    folder   TUTELA_HOME/keys/vault/<operator>
    file     the 32 bytes themselves, or, with a passphrase, what ``passphrase.lock`` made of them
    current  ``<use>.key``; a key that was left is ``<use>-<name>.key`` and goes on opening
    name     the first 16 hex digits of the SHA-256 of the key

A key is looked for by its name, so a process that remembers keys never mistakes an old one for
the current one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import chain
from pathlib import Path
from uuid import UUID

from django.conf import settings

from tutela.core.canonical import sha256_hex
from tutela.vault import passphrase
from tutela.vault.errors import KeyLost
from tutela.vault.sealing import KEY_SIZE, new_key

REMEMBERED = 64
"""Keys of operators kept in memory; keys of persons are never kept beyond a transaction."""


def folder(operator: UUID) -> Path:
    """``TUTELA_HOME/keys/vault/<operator>``, readable by its owner alone."""
    path = _folder(str(settings.TUTELA_HOME), operator)
    if not os.path.isdir(path):  # noqa: PTH112 - asked for at every value, and three times as fast
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        for parent in (path.parent, path.parent.parent, path.parents[2]):
            sync_folder(parent)
    return path


@lru_cache(maxsize=REMEMBERED)
def _folder(home: str, operator: UUID) -> Path:
    return Path(home, "keys", "vault", str(operator))


def fresh(operator: UUID, use: str, known: Collection[str]) -> str:
    """The name of the current key for ``use``, made anew if there is none or it is ``known``.

    Safe to repeat: a key that was made and not yet told to anybody is the current one.
    """
    path = folder(operator) / f"{use}.key"
    with _alone():
        if not path.exists():
            _make(path)
        sync_folder(path.parent)
        name = name_of(_read(path))
        if name in known:
            with contextlib.suppress(FileExistsError):
                os.link(path, path.with_name(f"{use}-{name}.key"))
            _replace(path, passphrase.lock(operator, new_key()))
            name = name_of(_read(path))
    return name


def key(operator: UUID, use: str, name: str) -> bytes:
    """The key of this name. Raises ``KeyLost`` and ``KeysSealed``."""
    passphrase.require_open()
    return _remembered(folder(operator), use, name)


def destroy(operator: UUID, name: str) -> None:
    """Overwrite and remove every file that holds the key of this name; safe to repeat."""
    with _alone():
        for path in folder(operator).glob("*.key"):
            if name_of(_read(path)) == name:
                _overwrite(path)
                path.unlink()
                sync_folder(path.parent)
    forget()


def forget() -> None:
    """Drop the keys of operators that this process remembers."""
    _remembered.cache_clear()


def remembered() -> int:
    return _remembered.cache_info().currsize


def name_of(key: bytes) -> str:
    return sha256_hex(key)[:16]


def files() -> list[Path]:
    """Every key file of every operator."""
    return sorted(Path(settings.TUTELA_HOME).glob("keys/vault/*/*.key"))


def rewrite(*, locked: bool) -> int:
    """Give each file the other form where it does not have the wanted one yet; how many changed.

    Killed in between it leaves files of both forms, each whole, and both are read; a repeat
    changes the rest. The caller holds ``alone``.
    """
    changed = 0
    for path in files():
        content = path.read_bytes()
        if passphrase.is_locked(content) == locked:
            continue
        operator = UUID(path.parent.name)
        secret = _read(path)
        _replace(path, passphrase.lock(operator, secret) if locked else secret)
        changed += 1
    return changed


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One process or thread at a time makes, converts or removes key files."""
    root = Path(settings.TUTELA_HOME) / "keys" / "vault"
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


alone = _alone


@lru_cache(maxsize=REMEMBERED)
def _remembered(place: Path, use: str, name: str) -> bytes:
    """Nearly always the current one, so that is looked at first."""
    for path in chain([place / f"{use}.key"], place.glob("*.key")):
        if path.exists() and name_of(found := _read(path)) == name:
            return found
    raise KeyLost(f"The operator's key {name} is missing; bring it back from its backup.")


def _read(path: Path) -> bytes:
    content = path.read_bytes()
    secret = (
        passphrase.unlock(UUID(path.parent.name), content)
        if passphrase.is_locked(content)
        else content
    )
    if len(secret) != KEY_SIZE:
        raise KeyLost(f"The key file {path.name} is damaged; bring it back from its backup.")
    return secret


def _make(path: Path) -> None:
    """A link appears whole and never replaces: the second process takes the first one's key."""
    draft = _draft(path, passphrase.lock(UUID(path.parent.name), new_key()))
    try:
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _replace(path: Path, content: bytes) -> None:
    """Put ``content`` in the place of the file. What it held is overwritten, as far as the disk
    obeys, unless another name still leads to it."""
    draft = _draft(path, content)
    with path.open("r+b") as old:
        draft.replace(path)
        sync_folder(path.parent)
        if not os.fstat(old.fileno()).st_nlink:
            _blank(old.fileno())


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        _blank(file.fileno())


def _blank(handle: int) -> None:
    os.pwrite(handle, os.urandom(os.fstat(handle).st_size), 0)
    os.fsync(handle)


def _draft(path: Path, content: bytes) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft


def sync_folder(path: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
