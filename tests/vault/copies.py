"""A copy of the whole database as it is now, in which a test then goes on: a restore."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator

from django.db import connection, connections

from tutela.db.connect import inside
from tutela.db.dropping import drop_database
from tutela.db.installation import installation_id
from tutela.journal import tasks
from tutela.vault import restoring


@contextlib.contextmanager
def copy_of_the_database() -> Iterator[str]:
    """The name of a copy; everything in it, the name of the installation too, is as it is now."""
    source = connection.settings_dict["NAME"]
    name = f"tutela_copy_{secrets.token_hex(6)}"
    installation_id()
    connections.close_all()
    with inside("postgres"), connection.cursor() as cursor:
        # nobody may look on while it is copied, nor a thread that another test has left behind
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = %s AND usename = current_user",
            [source],
        )
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
    try:
        yield name
    finally:
        with inside("postgres"):
            drop_database(name)


@contextlib.contextmanager
def restored(name: str) -> Iterator[None]:
    """Go on in the copy, as a process that has just started."""
    with inside(name):
        restoring.forget()
        tasks.forget()
        yield
    restoring.forget()
    tasks.forget()


__all__ = ["copy_of_the_database", "restored"]
