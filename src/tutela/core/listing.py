"""Looks at the home that every request takes: several times as fast as by ``pathlib``."""

from __future__ import annotations

import os


def names(folder: str) -> list[str]:
    """What lies in a folder; nothing if there is none."""
    try:
        return os.listdir(folder)  # noqa: PTH208 - this is what it is for
    except (FileNotFoundError, NotADirectoryError):
        return []


def stamp(path: str) -> tuple[int, int]:
    """What tells a file from itself before it was written to or replaced. Raises ``OSError``."""
    found = os.stat(path)  # noqa: PTH116 - this is what it is for
    return found.st_ino, found.st_size


def is_there(path: str) -> bool:
    return os.path.exists(path)  # noqa: PTH110 - this is what it is for
