"""A backup as a file: sealed, whole or not there at all, with a manifest beside it.

    <kind>-<moment>-<identifier>.tutela         the sealed backup (``sealing``)
    <kind>-<moment>-<identifier>.manifest.json  what may be known without opening it

The sealed content begins with the manifest again, without the digest, as one line of JSON; so a
manifest that was exchanged is found when the backup is opened.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from tutela.core.canonical import canonical_bytes
from tutela.vault import keyfiles
from tutela.vault.backups import sealing
from tutela.vault.backups.errors import BackupDamaged, WrongBackup
from tutela.vault.backups.sealing import Lock, Opener

FORMAT = "tutela-backup/1"
DATA, KEYS = "data", "keys"


@dataclass(frozen=True, slots=True)
class Manifest:
    """``checkpoints`` are the signed heads of the journals (by operator) at that moment, and
    ``migrations`` the fingerprint of the tables. ``digest`` is the SHA-256 of the sealed file."""

    id: UUID
    kind: str
    made_at: datetime
    version: str
    installation: UUID
    migrations: str = ""
    checkpoints: Mapping[str, str] = field(default_factory=dict)
    size: int = 0
    digest: str = ""

    def name(self) -> str:
        return f"{self.kind}-{self.made_at:%Y%m%dT%H%M%S}Z-{str(self.id)[-12:]}"


def write(
    folder: Path,
    lock: Lock,
    manifest: Manifest,
    content: Iterable[bytes],
    say: Callable[[int], None],
) -> tuple[Path, Manifest]:
    """Write the backup into ``folder``; the file and its manifest with size and digest.

    Until it is whole and on the disk it has another name; a killed attempt leaves only that.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / f"{manifest.name()}.tutela"
    draft = target.with_suffix(".unfinished")
    state, size = hashlib.sha256(), 0
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            for part in sealing.seal(lock, _led_by(manifest, content)):
                file.write(part)
                state.update(part)
                size += len(part)
                say(size)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    known = Manifest(**{**_plain(manifest), "size": size, "digest": state.hexdigest()})
    beside = target.with_suffix(".manifest.json")
    with beside.open("wb") as file:
        file.write(canonical_bytes(_written(known)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    keyfiles.sync_folder(folder)
    return target, known


@contextmanager
def read(path: Path, opener: Opener, kind: str) -> Iterator[tuple[Manifest, Iterator[bytes]]]:
    """The manifest inside a backup and the rest of its content, part by part.

    Raises ``CannotOpen``, ``BackupDamaged``, and ``WrongBackup`` for a backup of another kind.
    The content is whole only once the last part has come.
    """
    with path.open("rb") as file:
        parts = sealing.unseal(opener, file)
        first = b""
        while b"\n" not in first:
            part = next(parts, None)
            if part is None:
                raise BackupDamaged("The backup holds no manifest; take another.")
            first += part
        line, rest = first.split(b"\n", 1)
        manifest = _parse(line)
        if manifest.kind != kind:
            raise WrongBackup(
                f"{path.name} is a backup of {manifest.kind}, and one of {kind} is needed here."
            )

        def content() -> Iterator[bytes]:
            yield rest
            yield from parts

        yield manifest, content()


def check(path: Path) -> None:
    """Compare a backup with the manifest beside it, if there is one, without opening it."""
    beside = path.with_suffix(".manifest.json")
    if not beside.exists():
        return
    said = _parse(beside.read_bytes())
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if said.digest != digest:
        raise BackupDamaged(f"{path.name} is not what its manifest says; take another backup.")


def _led_by(manifest: Manifest, content: Iterable[bytes]) -> Iterator[bytes]:
    yield canonical_bytes(_written(manifest)) + b"\n"
    yield from content


def _plain(manifest: Manifest) -> dict[str, Any]:
    return {name: getattr(manifest, name) for name in Manifest.__dataclass_fields__}


def _written(manifest: Manifest) -> dict[str, Any]:
    return {"format": FORMAT, **asdict(manifest)}


def _parse(text: bytes) -> Manifest:
    try:
        said = {FORMAT: None, **json.loads(text)}
        del said[said.pop("format")]
        for name in ("id", "installation"):
            said[name] = UUID(said[name])
        return Manifest(**{**said, "made_at": datetime.fromisoformat(said["made_at"])})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BackupDamaged("The manifest of this backup cannot be read; take another.") from None
