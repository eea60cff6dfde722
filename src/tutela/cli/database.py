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
    """The database does not answer or would not protect what it holds; the message says which
    database is meant, because that of the home is nobody's setting."""

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
        _check(server)
        bring_up_to_date(progress)
        yield server
    finally:
        connections.close_all()
        if server is not None:
            server.stop()


def _check(server: Server | Joined | None) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
            )
            (unprotected,) = cursor.fetchone()
    except OperationalError as error:
        reason = " ".join(str(error).split())
        raise DatabaseUnusable(_silent(server, reason)) from None
    if unprotected:
        where = "the database of this home" if server else _NAMED
        raise DatabaseUnusable(
            f"The role in {where} may see past row-level security, so one operator's data would "
            "not be kept from another's. Use a role with neither SUPERUSER nor BYPASSRLS."
        )


_NAMED = "DATABASE_URL"


def _silent(server: Server | Joined | None, reason: str) -> str:
    if server is None:
        return f"The database in {_NAMED} does not answer: {reason}."
    if isinstance(server, Joined):
        return (
            "The database that another Tutela runs in this home does not answer: "
            f"{reason}. It may be starting or stopping: wait a moment and try again; if it stays "
            "so, stop that process and start it anew."
        )
    return (
        f"The embedded database of this home does not answer: {reason}. Look into its log under "
        "the home, and start again."
    )
