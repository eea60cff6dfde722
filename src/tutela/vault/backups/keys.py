"""What of the home goes into a backup of keys: everything under ``keys`` but sockets, and the
secret that signs sessions.

Shares are overwritten in place and added at the end while they are read: each is copied as it is
at some moment of the backup, which is all that is needed, since a value that was stored later is
in no earlier copy of the database. The list of what is over (``endings``) goes with them.
"""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

from tutela.vault import keyfiles
from tutela.vault.backups.errors import AlreadyThere, BackupDamaged

_SECRET = "secret-key"  # noqa: S105 - the name of a file
_READ = 64 * 1024


def content(home: Path) -> Iterator[bytes]:
    """A tar archive (POSIX.1-2001) of the files, part by part."""
    for path in _files(home):
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            info = tarfile.TarInfo(str(path.relative_to(home)))
            info.size, info.mode = size, 0o600
            yield info.tobuf(tarfile.PAX_FORMAT)
            left = size
            while left:
                part = file.read(min(_READ, left))
                if not part:
                    raise BackupDamaged(f"{path.name} became shorter meanwhile; begin again.")
                left -= len(part)
                yield part
            yield bytes(-size % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def put_back(home: Path, parts: Iterator[bytes], *, replace: bool) -> int:
    """Put the files of an archive into ``home``; how many. Raises ``AlreadyThere`` unless
    ``replace``, if the home has keys.

    They are written beside first, all of them, and then renamed into place, so that a damaged
    backup changes nothing; killed between two renames it goes on when it is repeated.
    """
    if (home / "keys").exists() and any(keyfiles.files()) and not replace:
        raise AlreadyThere(
            f"{home} has keys. To put others in their place add --replace; what was stored since "
            "they were saved then opens no more."
        )
    waiting = home / "keys-coming"
    count = _unpack(waiting, parts)
    for path in sorted(each for each in waiting.rglob("*") if each.is_file()):
        target = home / path.relative_to(waiting)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.replace(target)
        keyfiles.sync_folder(target.parent)
    _remove(waiting)
    keyfiles.forget()
    return count


def _files(home: Path) -> list[Path]:
    found = [home / _SECRET, *(home / "keys").rglob("*")]
    return sorted(
        each
        for each in found
        if each.is_file() and not each.is_symlink() and not each.name.startswith(".")
    )


def _unpack(folder: Path, parts: Iterator[bytes]) -> int:
    _remove(folder)
    folder.mkdir(parents=True, mode=0o700)
    count = 0
    with tarfile.open(fileobj=_Reader(parts), mode="r|") as archive:
        for info in archive:
            target = folder / info.name
            file = archive.extractfile(info) if info.isreg() else None
            if file is None or not target.resolve().is_relative_to(folder.resolve()):
                raise BackupDamaged("The backup holds something that is no key; take another.")
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out:
                while part := file.read(_READ):
                    out.write(part)
                out.flush()
                os.fsync(out.fileno())
            count += 1
    for _rest in parts:
        """Read to the end: only then is it known that nothing was cut off."""
    return count


def _remove(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True) if folder.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink()
    if folder.is_dir():
        folder.rmdir()


class _Reader(io.RawIOBase):
    """The parts as something to read from."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts, self._rest = parts, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size or size < 0:
            part = next(self._parts, None)
            if part is None:
                break
            self._rest += part
        size = len(self._rest) if size < 0 else size
        given, self._rest = self._rest[:size], self._rest[size:]
        return given
