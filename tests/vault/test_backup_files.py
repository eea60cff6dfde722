"""The form of a backup file: nothing in it can be read, changed, left out or cut off unnoticed."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tutela.vault.backups import files, keys, sealing
from tutela.vault.backups.errors import AlreadyThere, BackupDamaged, CannotOpen, WrongBackup
from tutela.vault.backups.files import Manifest
from tutela.vault.backups.sealing import CHUNK, Lock, Opener

PRIVATE = X25519PrivateKey.generate()
FOR = Lock(recipient=PRIVATE.public_key().public_bytes_raw())
HOLDER = Opener(private=PRIVATE)


def _sealed(content: bytes, lock: Lock = FOR) -> bytes:
    return b"".join(sealing.seal(lock, [content]))


def _opened(sealed: bytes, opener: Opener = HOLDER) -> bytes:
    return b"".join(sealing.unseal(opener, io.BytesIO(sealed)))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_sealed_opens_whatever_its_length(size: int) -> None:
    content = os.urandom(size)
    assert _opened(_sealed(content)) == content


def test_a_passphrase_opens_its_backup_and_no_other_does() -> None:
    sealed = _sealed(b"content", Lock("five random words are good"))
    assert _opened(sealed, Opener("five random words are good")) == b"content"
    with pytest.raises(CannotOpen):
        _opened(sealed, Opener("five other words are no good"))
    with pytest.raises(CannotOpen):
        _opened(_sealed(b"content"), Opener(private=X25519PrivateKey.generate()))


def test_a_changed_byte_anywhere_is_found() -> None:
    sealed = _sealed(os.urandom(2 * CHUNK + 9))
    head = sealed.index(b"\n", len(sealing.MAGIC))
    for place in (3, len(sealing.MAGIC) + 20, head + 2, head + CHUNK + 30, len(sealed) - 1):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises((BackupDamaged, CannotOpen)):
            _opened(bytes(changed))


def test_a_backup_that_is_cut_short_or_reordered_does_not_open() -> None:
    sealed = _sealed(os.urandom(3 * CHUNK))
    head, whole = sealed.index(b"\n", len(sealing.MAGIC)) + 1, CHUNK + 16
    parts = [sealed[at : at + whole] for at in range(head, len(sealed), whole)]
    for wrong in (parts[:-1], [parts[1], parts[0], parts[2]], parts[1:], [*parts, parts[-1]]):
        with pytest.raises((BackupDamaged, CannotOpen)):
            _opened(sealed[:head] + b"".join(wrong))


def _manifest(kind: str) -> Manifest:
    return Manifest(uuid4(), kind, datetime(2026, 1, 2, tzinfo=UTC), "1.0", uuid4())


def test_a_file_is_checked_against_its_manifest_and_its_kind(tmp_path: Path) -> None:
    path, known = files.write(tmp_path, FOR, _manifest("data"), [b"rows"], lambda _size: None)
    with files.read(path, HOLDER, "data") as (inside, content):
        assert (inside.id, b"".join(content)) == (known.id, b"rows")
    with pytest.raises(WrongBackup), files.read(path, HOLDER, "keys"):
        pass
    files.check(path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BackupDamaged):
        files.check(path)


def test_a_killed_backup_leaves_no_file_that_looks_whole(tmp_path: Path) -> None:
    def dies():
        yield b"rows"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.write(tmp_path, FOR, _manifest("data"), dies(), lambda _size: None)
    assert list(tmp_path.iterdir()) == []


def test_keys_come_back_as_they_were_and_not_over_others(tmp_path: Path, settings) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    settings.TUTELA_HOME = new
    folder = old / "keys" / "vault" / str(uuid4())
    folder.mkdir(parents=True)
    (folder / "shares").write_bytes(os.urandom(3 * CHUNK + 5))
    (folder / "index.key").write_bytes(os.urandom(32))
    (old / "secret-key").write_text("secret")
    packed = b"".join(keys.content(old))
    assert keys.put_back(new, iter([packed[:100], packed[100:]]), replace=False) == 3
    there = {each.relative_to(new): each.read_bytes() for each in new.rglob("*") if each.is_file()}
    assert there == {
        each.relative_to(old): each.read_bytes() for each in old.rglob("*") if each.is_file()
    }
    with pytest.raises(AlreadyThere):
        keys.put_back(new, iter([packed]), replace=False)


def test_a_damaged_backup_of_keys_changes_nothing(tmp_path: Path, settings) -> None:
    home = tmp_path / "home"
    settings.TUTELA_HOME = home
    old = tmp_path / "old"
    (old / "keys").mkdir(parents=True)
    (old / "keys" / "index.key").write_bytes(os.urandom(32))

    def cut():
        yield b"".join(keys.content(old))
        raise BackupDamaged("cut")

    with pytest.raises(BackupDamaged):
        keys.put_back(home, cut(), replace=False)
    assert not (home / "keys").exists()
