"""Opens the database for a command: the one that is named, the one that runs, or our own."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection, connections

from tutela.cli.say import progress
from tutela.core.errors import TutelaError
from tutela.db.connect import point
from tutela.db.migrate import bring_up_to_date
from tutela.db.server import Joined, Server, open_server, wait_for_server


class DatabaseUnusable(TutelaError):
    """The database in DATABASE_URL does not answer or would not protect what it holds."""

    status = 503


@contextlib.contextmanager
def opened(*, join: bool = True, wait: bool = False) -> Iterator[Server | Joined | None]:
    """Tables that are up to date, for the length of a command.

    With DATABASE_URL that database, and None is yielded. Otherwise the embedded server of the
    home: with ``join`` the one another process may be running, else only one of our own; with
    ``wait`` only that of another process, and never one of our own.
    """
    server: Server | Joined | None = None
    if not os.environ.get("DATABASE_URL"):
        home = Path(settings.TUTELA_HOME)
        server = wait_for_server(home, progress) if wait else open_server(home, progress, join=join)
        point(server.app_url, server.owner_url)
    try:
        _check()
        bring_up_to_date(progress)
        yield server
    finally:
        connections.close_all()
        if server is not None:
            server.stop()


def _check() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
            )
            (unprotected,) = cursor.fetchone()
    except OperationalError as error:
        reason = " ".join(str(error).split())
        raise DatabaseUnusable(f"The database in DATABASE_URL does not answer: {reason}.") from None
    if unprotected:
        raise DatabaseUnusable(
            "The role in DATABASE_URL may see past row-level security, so one operator's data "
            "would not be kept from another's. Use a role with neither SUPERUSER nor BYPASSRLS."
        )
