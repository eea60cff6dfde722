"""A home in which people have lived for a season, made once for a run of tests and then copied."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from tests.campaigns.processes import Installation


@functools.cache
def _lived_in() -> Installation:
    folder = Path(tempfile.mkdtemp(prefix="tutela-lived-in-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = Installation(folder / "home")
    with made.running():
        pass
    return made


def lived_in(home: Path) -> Installation:
    """A demonstration of its own in ``home``, with the people in it, not yet started."""
    return _lived_in().copy_to(home)
