"""A home in which people have lived for a season, made once for a run of tests and then copied."""

from __future__ import annotations

import atexit
import fcntl
import functools
import os
import shutil
import tempfile
from pathlib import Path

from tests.campaigns.processes import Installation


@functools.cache
def _shared() -> Path:
    """The folder of the run of tests; a campaign that is run by itself makes its own."""
    if folder := os.environ.get("TUTELA_TESTS_SHARED"):
        return Path(folder)
    made = Path(tempfile.mkdtemp(prefix="tutela-lived-in-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def _lived_in() -> Installation:
    """Made by whichever process of the run needs it first; the others wait for it."""
    folder = _shared()
    made, whole = Installation(folder / "home"), folder / "lived-in"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            with made.running():
                pass
            whole.touch()
    return made


def lived_in(home: Path) -> Installation:
    """A demonstration of its own in ``home``, with the people in it, not yet started."""
    return _lived_in().copy_to(home)
