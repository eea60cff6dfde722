"""An installation for the length of one benchmark: a home of its own with an embedded server."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Home:
    """``app_url`` is of the role that serves people, ``owner_url`` of the owner of the tables."""

    path: Path
    app_url: str
    owner_url: str


@contextlib.contextmanager
def fresh_home(kept: Path | None = None) -> Iterator[Home]:
    """A running, migrated, empty installation; everything of it is removed afterwards, unless it is
    to be ``kept`` in a folder, where the next one goes on from it.

    Call it before anything of Django is used in the process.
    """
    path = kept or Path(tempfile.mkdtemp(prefix="tutela-benchmark-"))
    os.environ["TUTELA_HOME"] = str(path)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tutela.settings")
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ.pop(name, None)
    import django

    django.setup()
    from tutela import app

    app.wire()
    from tutela.cli.database import opened

    try:
        with opened(join=False) as server:
            if server is None:
                raise RuntimeError("The embedded server was not started; unset DATABASE_URL.")
            yield Home(path, server.app_url, server.owner_url)
    finally:
        if kept is None:
            shutil.rmtree(path, ignore_errors=True)
