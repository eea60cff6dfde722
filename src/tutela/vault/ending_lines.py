"""The file that lists what is over for good: one line for each ending, in a chain (``endings``).

line      canonical JSON: number, operator, id, subject, kind, at, content, before
number    1, 2, 3 … without a gap
before    SHA-256 of the line before, in hexadecimal; 64 zeros for the first
content   opaque: identifiers, slugs of fields and purposes, slots of shares
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from tutela.core.canonical import canonical_bytes, sha256_hex
from tutela.vault import keyfiles
from tutela.vault.errors import EndingsDamaged

_FIRST = "0" * 64
_TAIL = 4 * 1024
"""Bytes that are read from the end of a file at first; the newest lines are in there."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file. ``number`` is 0 in one that comes from elsewhere, such as a journal."""

    number: int
    id: UUID
    subject: UUID
    kind: str
    at: datetime
    content: Mapping[str, Any]


def operator_of(source: Path) -> UUID:
    """Whose list a file is. Raises ``EndingsDamaged``."""
    with source.open("rb") as file:
        try:
            return UUID(json.loads(file.readline())["operator"])
        except (ValueError, KeyError, TypeError):
            raise EndingsDamaged(f"{source} is no list of what is over.") from None


def parse(text: bytes, number: int) -> Line:
    """Raises ``EndingsDamaged`` naming the line."""
    try:
        said = json.loads(text)
        return Line(
            said["number"],
            UUID(said["id"]),
            UUID(said["subject"]),
            str(said["kind"]),
            datetime.fromisoformat(said["at"]),
            dict(said["content"]),
        )
    except (ValueError, KeyError, TypeError):
        raise EndingsDamaged(
            f"Line {number} of the list of what is over cannot be read; "
            "bring the file back from the backup of the keys."
        ) from None


def read_file(source: Path) -> list[Line]:
    """Every line of a file, whose chain must hold. Raises ``EndingsDamaged``."""
    before, found = _FIRST, []
    for number, text in enumerate(source.read_bytes().splitlines(), start=1):
        line = parse(text, number)
        if json.loads(text).get("before") != before or line.number != number:
            raise EndingsDamaged(
                f"Line {number} of {source.name} does not follow the line before it: something "
                "was changed or taken out. Bring the file back from the backup of the keys."
            )
        found.append(line)
        before = sha256_hex(text)
    return found


class File:
    """The file of one operator, locked."""

    def __init__(self, operator: UUID, handle: int) -> None:
        self.operator, self._handle = operator, handle
        self._newest: bytes | None = None
        self._mend()

    def _mend(self) -> None:
        """Cut off what a kill left of a line: nobody was told that it is there."""
        while size := os.fstat(self._handle).st_size:
            start = max(0, size - _TAIL)
            tail = os.pread(self._handle, size - start, start)
            if tail.endswith(b"\n"):
                return
            os.ftruncate(self._handle, start + tail.rfind(b"\n") + 1)

    def _texts(self, size: int) -> Iterator[bytes]:
        """The whole lines in the last ``size`` bytes, the newest first."""
        end = os.fstat(self._handle).st_size
        start = max(0, end - size)
        texts = os.pread(self._handle, end - start, start).split(b"\n")
        if start:
            del texts[0]
        yield from reversed([each for each in texts if each])

    def last(self) -> Line | None:
        text = self._last_text()
        return parse(text, 0) if text else None

    def _last_text(self) -> bytes:
        """Nobody else writes while the file is locked, so what was read or added stays the last."""
        if self._newest is None:
            self._newest = self._read_last()
        return self._newest

    def _read_last(self) -> bytes:
        whole = os.fstat(self._handle).st_size
        size = _TAIL
        while True:
            found = next(self._texts(size), b"")
            if found or size >= whole:
                return found
            size *= 8

    def since(self, number: int) -> list[Line]:
        """The lines behind the one with this number, in their order."""
        whole = os.fstat(self._handle).st_size
        size = _TAIL
        while True:
            found: list[Line] = []
            for text in self._texts(size):
                line = parse(text, number)
                if line.number <= number:
                    return found[::-1]
                found.append(line)
            if size >= whole:
                return found[::-1]
            size *= 8

    def add(
        self,
        id: UUID,  # noqa: A002
        subject: UUID,
        kind: str,
        at: datetime,
        content: Mapping[str, Any],
        *,
        number: int | None = None,
    ) -> int:
        text = self._last_text()
        following = (parse(text, 0).number if text else 0) + 1
        number = number or following
        said = {
            "number": number,
            "operator": self.operator,
            "id": id,
            "subject": subject,
            "kind": kind,
            "at": at,
            "content": content,
            "before": sha256_hex(text) if text else _FIRST,
        }
        written = canonical_bytes(said) + b"\n"
        os.lseek(self._handle, 0, os.SEEK_END)
        if os.write(self._handle, written) != len(written):
            raise EndingsDamaged(
                "The list of what is over could not be written; make room on the disk."
            )
        self._newest = written[:-1]
        return number

    def sync(self) -> None:
        """Wait for the disk, as the last thing that is done with the file: nobody has to wait for
        somebody else's line, which is in the file for all to see. To sync a line is to sync those
        before it, so that no number is noted whose predecessors could still be lost."""
        fcntl.flock(self._handle, fcntl.LOCK_UN)
        os.fdatasync(self._handle)


class opened:  # noqa: N801 - used as a function
    """The operator's file at this place under its lock; made if there is none."""

    def __init__(self, operator: UUID, place: Path) -> None:
        self._operator, self._place = operator, place

    def __enter__(self) -> File:
        place = self._place
        is_new = not place.exists()
        self._handle = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        if is_new:
            keyfiles.sync_folder(place.parent)
        return File(self._operator, self._handle)

    def __exit__(self, *_error: object) -> None:
        os.close(self._handle)
