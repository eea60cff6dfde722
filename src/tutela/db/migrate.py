"""Brings the tables up to date, quickly when they already are, and grants the runtime role."""

from __future__ import annotations

import contextlib
import functools
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import sql

from tutela.db.cluster import APP
from tutela.db.connect import OWNER_ALIAS

_LOCK = 0x7475_7465_6C61  # one migration at a time in one database
_FINGERPRINT = "migrations"


@functools.cache
def fingerprint() -> str:
    """A hash over every migration file of every installed room and package."""
    state = hashlib.sha256(django.__version__.encode())
    for config in apps.get_app_configs():
        for path in sorted(Path(config.path, "migrations").glob("*.py")):
            state.update(f"{config.label}/{path.name}\n".encode() + path.read_bytes())
    return state.hexdigest()


def _recorded(alias: str) -> str | None:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT to_regclass('db_fact') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return None
        cursor.execute("SELECT value FROM db_fact WHERE name = %s", [_FINGERPRINT])
        row = cursor.fetchone()
    return str(row[0]) if row else None


def up_to_date(alias: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether the tables are those this program was written for."""
    return _recorded(alias) == fingerprint()


@contextlib.contextmanager
def one_at_a_time(alias: str) -> Iterator[None]:
    """Hold the lock of those who change tables in the database behind ``alias``."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def bring_up_to_date(say: Callable[[str], None], alias: str = OWNER_ALIAS) -> bool:
    """Apply the missing migrations as the owner; whether there were any.

    One query when there are none. Two processes that start at once wait for each other.
    """
    wanted = fingerprint()
    if _recorded(alias) == wanted:
        return False
    with one_at_a_time(alias):
        if _recorded(alias) == wanted:
            return False
        say("Preparing the tables")
        call_command("migrate", database=alias, verbosity=0, interactive=False)
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "INSERT INTO db_fact (name, value) VALUES (%s, %s) "
                "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [_FINGERPRINT, wanted],
            )
    return True


_GRANT = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE INSERT, UPDATE, DELETE ON django_migrations, db_fact FROM {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role};
"""


_EVIDENCE = """
SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE tgname = relname || '_append_only' AND NOT tgisinternal
"""


def grant_runtime_roles(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """Let the role that serves people use rows, and nothing else. Runs after every migration.

    It never gets TRUNCATE, ownership or the migrations' own tables, and may only add to the
    tables of evidence (``rls.append_only``).
    """
    connection = connections[using]
    roles = {APP, str(connections.settings[DEFAULT_DB_ALIAS]["USER"])}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND rolname <> current_user",
            [sorted(roles)],
        )
        for (role,) in cursor.fetchall():
            statements = sql.SQL(_GRANT).format(role=sql.Identifier(role))
            cursor.execute(statements.as_string(connection.connection))
            cursor.execute(_EVIDENCE)
            for (table,) in cursor.fetchall():
                statement = sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(
                    sql.Identifier(table), sql.Identifier(role)
                )
                cursor.execute(statement.as_string(connection.connection))
