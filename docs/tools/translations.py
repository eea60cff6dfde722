"""Compiles translations that were edited since they were compiled, as building the package does."""

from __future__ import annotations

import os
from pathlib import Path

import polib

SOURCE = Path(__file__).parents[2] / "src"


def compile_stale() -> None:
    for source in SOURCE.rglob("*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            draft = compiled.with_suffix(f".{os.getpid()}")
            polib.pofile(str(source)).save_as_mofile(str(draft))
            draft.replace(compiled)
