"""Shared fixtures. Tests run on a real PostgreSQL: ``DATABASE_URL`` if it is set."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

os.environ.setdefault("TUTELA_HOME", tempfile.mkdtemp(prefix="tutela-tests-"))


def _compile_translations() -> None:
    """What the build does (``hatch_build``), for a checkout that was edited since."""
    for source in Path(__file__).parents[1].joinpath("src").rglob("*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            draft = compiled.with_suffix(f".{os.getpid()}")
            polib.pofile(str(source)).save_as_mofile(str(draft))
            draft.replace(compiled)


_compile_translations()


@pytest.fixture(autouse=True, scope="session")
def _evidence_is_cleared_between_tests() -> Iterator[None]:
    """Django truncates all tables after a transactional test; evidence refuses that, so the
    owner of the tables sets the triggers aside for the length of that one transaction."""
    from django.db.backends.postgresql.operations import DatabaseOperations  # noqa: PLC0415

    guarded = DatabaseOperations.sql_flush

    def sql_flush(self, style, tables, **options):
        names = [self.quote_name(each) for each in tables]
        return [
            *(f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in names),
            *guarded(self, style, tables, **options),
            *(f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in names),
        ]

    DatabaseOperations.sql_flush = sql_flush
    yield
    DatabaseOperations.sql_flush = guarded
