"""Kernel locks on a home folder: who runs here, and whether an old server is really gone.

The kernel drops a lock when the last process that holds it ends, however it ends, so a lock can
never be stale. A process number in a file can.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from tutela.core.errors import Conflict

_LOOK_EVERY = 0.05  # seconds


@dataclass(frozen=True, slots=True)
class Running:
    """What the holder of a home tells others: its process, PostgreSQL's socket, its address."""

    process: int
    folder: str = ""
    port: int = 0
    address: str = ""


class Lock:
    """An exclusive lock on a file; a child process that is handed ``handle`` holds it too."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self) -> bool:
        """Whether the lock is ours now; never waits."""
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def wait(self, patience: float, meanwhile: Callable[[float], None]) -> bool:
        """Take the lock within ``patience`` seconds; ``meanwhile`` hears how many have passed."""
        began = time.monotonic()
        while not self.take():
            waited = time.monotonic() - began
            if waited > patience:
                return False
            meanwhile(waited)
            time.sleep(_LOOK_EVERY)
        return True

    def release(self) -> None:
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1


class HomeInUse(Conflict):
    """Another process runs Tutela from this home folder."""


def read_running(home: Path) -> Running | None:
    """What the process that runs from ``home`` has told, or None if it has told nothing yet."""
    try:
        return Running(**json.loads((home / "running.json").read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def tell_running(home: Path, running: Running) -> None:
    """Write ``running.json`` in one step, so that nobody reads half of it."""
    unfinished = home / f"running.json.{os.getpid()}"
    unfinished.write_text(json.dumps(asdict(running)), encoding="utf-8")
    unfinished.chmod(0o600)
    unfinished.replace(home / "running.json")


def in_use(home: Path) -> HomeInUse:
    """The sentence for a second start in the same home."""
    running = read_running(home)
    who = f"process {running.process}" if running else "a process that is just starting"
    if running and running.address:
        who += f", at {running.address}"
    return HomeInUse(
        f"Tutela already runs from {home} ({who}). "
        "Stop it first, or give this one a folder of its own with --home."
    )
