"""Keeps demonstrations and real data apart: a home holds one or the other, for good."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from tutela.core.errors import Conflict
from tutela.db.locks import Lock, in_use

_DEMO, _REAL, _UNFINISHED = "demonstration", "installation", "moving-in"
_KEPT = frozenset({"lock", "postgres.lock", _DEMO})
_DYING = 120.0  # seconds within which a killed server is gone


class WrongHome(Conflict):
    """The home holds the other kind of data."""


def is_demo(home: Path) -> bool:
    """Whether ``home`` holds a demonstration."""
    return (home / _DEMO).exists()


def holds_real_data(home: Path) -> bool:
    """Whether ``home`` was claimed for real data, and so has been served from before."""
    return (home / _REAL).exists()


def claim_for_demo(home: Path) -> None:
    """Mark ``home`` as a demonstration's; raises ``WrongHome`` if real data may lie in it."""
    if is_demo(home):
        return
    if holds_real_data(home) or (home / "keys").exists():
        raise WrongHome(
            f"{home} holds the data of tutela up. Give the demonstration a folder of its own: "
            f"tutela demo --home {home}-demo"
        )
    _mark(home, _DEMO, "This folder holds a demonstration of Tutela and may be deleted.")


def claim_for_real_data(home: Path) -> None:
    """Raises ``WrongHome`` if ``home`` holds a demonstration and the database lies in it."""
    if is_demo(home) and not os.environ.get("DATABASE_URL"):
        raise WrongHome(
            f"{home} holds a demonstration. Give real data a folder of its own with --home or "
            "TUTELA_HOME, or delete this one first."
        )
    _mark(home, _REAL, "This folder holds the keys and data of Tutela. Keep it, and back it up.")


def claim_as_it_is(home: Path) -> None:
    """A home that holds a demonstration stays one; any other holds real data from now on."""
    if not is_demo(home):
        claim_for_real_data(home)


def _mark(home: Path, name: str, words: str) -> None:
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / name).write_text(f"{words}\n", encoding="utf-8")


def was_cut_off(home: Path) -> bool:
    """Whether the first start of a demonstration was stopped while people were moving in."""
    return is_demo(home) and (home / _UNFINISHED).exists()


@contextlib.contextmanager
def moving_in(home: Path) -> Iterator[None]:
    """What happens inside is worth nothing by half: ``was_cut_off`` tells if it did not end."""
    (home / _UNFINISHED).touch()
    yield
    (home / _UNFINISHED).unlink()


def begin_anew(home: Path) -> None:
    """Delete everything of a demonstration; raises ``HomeInUse`` while it runs.

    A server that was killed a moment ago is waited for.
    """
    if not is_demo(home):
        return
    held, files = Lock(home / "lock"), Lock(home / "postgres.lock")
    try:
        if not held.take() or not files.wait(_DYING, lambda _seconds: None):
            raise in_use(home)
        for path in home.iterdir():
            if path.name in _KEPT:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    finally:
        files.release()
        held.release()
