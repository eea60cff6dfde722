"""The paths and files of C2SP tlog-tiles: how a log lies on a web server or in a folder. Pure.

A tile is up to 256 hashes of 32 bytes at ``tile/LEVEL/INDEX``; one that is not full yet is asked
for with its width, ``tile/LEVEL/INDEX.p/WIDTH``. An index is written in groups of three digits, all
but the last with an ``x`` before them: 1234067 is ``x001/x234/067``. The leaves' own data lies in
bundles at ``tile/entries/INDEX``: each leaf behind its length, two bytes, big-endian.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tutela.journal.tree import TILE_HEIGHT, TILE_WIDTH

ENTRIES = "entries"
CHECKPOINT = "checkpoint"
_PATH = re.compile(
    r"(?P<level>entries|0|[1-9][0-9]?)/(?P<groups>(x[0-9]{3}/){0,5})(?P<last>[0-9]{3})"
    r"(\.p/(?P<width>[1-9][0-9]{0,2}))?"
)
_HIGHEST = 63
_LONGEST = 0xFFFF


@dataclass(frozen=True, slots=True)
class Place:
    """Which tile, and how many hashes (or entries) of it. ``level`` is None for entries."""

    level: int | None
    index: int
    width: int = TILE_WIDTH

    @property
    def is_full(self) -> bool:
        return self.width == TILE_WIDTH

    @property
    def path(self) -> str:
        """The path below the log's address, such as ``tile/0/x001/234.p/17``."""
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        name = "/".join([*(f"x{each}" for each in groups[:-1]), groups[-1]])
        part = "" if self.is_full else f".p/{self.width}"
        return f"tile/{ENTRIES if self.level is None else self.level}/{name}{part}"


def parse(rest: str) -> Place | None:
    """The tile named by what follows ``tile/``; None if the name is not the only right one."""
    found = _PATH.fullmatch(rest)
    if found is None:
        return None
    level = None if found["level"] == ENTRIES else int(found["level"])
    index = int(found["groups"].replace("x", "").replace("/", "") + found["last"])
    width = int(found["width"] or TILE_WIDTH)
    place = Place(level, index, width)
    is_named_so = place.path == f"tile/{rest}" and width <= TILE_WIDTH
    return place if is_named_so and (level or 0) <= _HIGHEST else None


def places(size: int) -> Iterator[Place]:
    """Every tile of hashes of a tree of ``size`` leaves, the unfinished one of each level last."""
    level, count = 0, size
    while count:
        full, rest = divmod(count, TILE_WIDTH)
        yield from (Place(level, index) for index in range(full))
        if rest:
            yield Place(level, full, rest)
        level, count = level + 1, count >> TILE_HEIGHT


def bundles(size: int) -> Iterator[Place]:
    """Every bundle of entries of a tree of ``size`` leaves."""
    full, rest = divmod(size, TILE_WIDTH)
    yield from (Place(None, index) for index in range(full))
    if rest:
        yield Place(None, full, rest)


def bundle(leaves: Iterable[bytes]) -> bytes:
    """The leaves' data, each behind its length. Raises ``ValueError`` for one over 65,535 bytes."""
    written = bytearray()
    for leaf in leaves:
        if len(leaf) > _LONGEST:
            raise ValueError("An entry is longer than a bundle can say; split what it records.")
        written += len(leaf).to_bytes(2, "big") + leaf
    return bytes(written)


def unbundle(data: bytes) -> list[bytes]:
    """The leaves of a bundle. Raises ``ValueError`` if it is cut off."""
    leaves, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        leaf = data[at + 2 : at + 2 + length]
        if len(data) < at + 2 or len(leaf) != length:
            raise ValueError("The bundle of entries is cut off.")
        leaves.append(leaf)
        at += 2 + length
    return leaves
