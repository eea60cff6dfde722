"""Shared fixtures. Tests run on a real PostgreSQL: ``DATABASE_URL`` if it is set, else an
embedded one that is started for the session and thrown away after it."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from docs.tools.translations import compile_stale

pytest_plugins = ("tests.web.browser",)  # one browser for all tests that look at pages

# How fast examples come tells of the machine and what else it does, not of the code.
hypothesis.settings.register_profile(
    "anywhere", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("anywhere")

_mine = "TUTELA_TESTS_SHARED" not in os.environ
if _mine:
    os.environ["TUTELA_TESTS_SHARED"] = tempfile.mkdtemp(prefix="tutela-tests-shared-")
_shared = Path(os.environ["TUTELA_TESTS_SHARED"])
"""A folder of all processes of one run: the first one makes it and takes it away."""
_home = Path(tempfile.mkdtemp(prefix="tutela-tests-"))
os.environ["TUTELA_HOME"] = str(_home)


compile_stale()
gc.disable()  # until everything is collected: what is loaded stays, and is no garbage


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def pytest_configure() -> None:
    """Django's settings were read before this file, so the home is set there too."""
    from django.conf import settings  # noqa: PLC0415

    settings.TUTELA_HOME = _home


def pytest_sessionstart() -> None:
    """What may be skipped on a person's machine has to be there where everything is checked."""
    if os.environ.get("CI") != "true":
        return
    browser = os.environ.get("TUTELA_CHROMIUM", "/usr/bin/chromium")
    lacking = [name for name in (browser, "pdftotext") if shutil.which(name) is None]
    if lacking:
        pytest.exit(f"These programs are needed under CI: {', '.join(lacking)}", returncode=2)


def pytest_unconfigure() -> None:
    shutil.rmtree(_home, ignore_errors=True)
    if _mine:
        shutil.rmtree(_shared, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """The first test that needs a database starts the server, unless one was named.

    The live server answers in threads whose connections end with each answer: one that a browser
    keeps waiting would hold on to the database at the end of all tests.
    """
    from django.db import connections  # noqa: PLC0415

    if os.environ.get("DATABASE_URL"):
        connections.settings["default"]["CONN_MAX_AGE"] = 0
        yield
        return
    from tutela.db.connect import point  # noqa: PLC0415
    from tutela.db.server import open_server  # noqa: PLC0415

    server = open_server(_home)
    point(server.owner_url, server.owner_url)
    connections.settings["default"]["CONN_MAX_AGE"] = 0
    yield
    server.stop()


@pytest.fixture
def as_app_role(db: None) -> Callable[[], contextlib.AbstractContextManager[None]]:
    """``with as_app_role():`` does what follows with the rights of the role that serves people."""
    from django.db import connection  # noqa: PLC0415

    @contextlib.contextmanager
    def role() -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE tutela_app")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")

    return role


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


@pytest.fixture(autouse=True)
def _the_process_is_left_as_it_was() -> Iterator[None]:
    """A test may install a clock or tell the engine of other operators; the next one finds the
    rooms wired as they are in every process."""
    from tutela import app  # noqa: PLC0415
    from tutela.core import clock  # noqa: PLC0415
    from tutela.jobs import engine  # noqa: PLC0415
    from tutela.retention import evidence  # noqa: PLC0415

    app.wire()
    evidence.look_anew()
    installed, providers = clock.installed(), list(engine._providers)
    yield
    clock.install(installed)
    engine._providers[:] = providers
