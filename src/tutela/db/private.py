"""Databases made in a moment from a template: for rehearsals and tests that need one alone."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator

from django.db import DEFAULT_DB_ALIAS, connection
from psycopg import sql

from tutela.core.errors import TutelaError
from tutela.db import dropping
from tutela.db.connect import OWNER_ALIAS, inside
from tutela.db.installation import take_name_away
from tutela.db.migrate import bring_up_to_date, fingerprint, one_at_a_time

_PREFIX = "tutela_private_"


class NoPrivateDatabase(TutelaError):
    """The database role may not create databases."""


@contextlib.contextmanager
def _maintenance() -> Iterator[None]:
    """Work as the owner, outside of any database that is copied or dropped."""
    with inside("postgres", role_of=OWNER_ALIAS):
        yield


def _run(statement: str, **names: str) -> None:
    identifiers = {key: sql.Identifier(name) for key, name in names.items()}
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(**identifiers).as_string(connection.connection))


def _exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def _template() -> str:
    """The name of a migrated, empty database; made on first use and after each new migration.

    Its name carries the fingerprint of the migrations, so an outdated one is never taken. It is
    built under another name first: half a template is never seen.
    """
    name = f"tutela_template_{fingerprint()[:16]}"
    if _exists(name):
        return name
    with one_at_a_time(DEFAULT_DB_ALIAS):
        if _exists(name):
            return name
        unfinished = f"{name}_unfinished"
        dropping.drop_database(unfinished)
        _run("CREATE DATABASE {name} TEMPLATE template0", name=unfinished)
        with inside(unfinished, role_of=OWNER_ALIAS):
            bring_up_to_date(lambda _line: None, DEFAULT_DB_ALIAS)
            take_name_away()
        _run("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false", name=unfinished)
        _run("ALTER DATABASE {name} RENAME TO {final}", name=unfinished, final=name)
    return name


def fresh_database(name: str) -> None:
    """Create the migrated, empty database ``name`` beside the one in use.

    The first call on a server migrates a template, later ones copy it in a fraction of a second.
    Raises ``NoPrivateDatabase`` if the owner's role may not create databases.
    """
    with _maintenance():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            )
            if not cursor.fetchone()[0]:
                raise NoPrivateDatabase(
                    "This needs a database of its own, and the role in DATABASE_OWNER_URL may not "
                    "create one: run ALTER ROLE … CREATEDB, or unset DATABASE_URL to use the "
                    "embedded server."
                )
        _run("CREATE DATABASE {name} TEMPLATE {template}", name=name, template=_template())


def drop_database(name: str) -> None:
    with _maintenance():
        dropping.drop_database(name)


@contextlib.contextmanager
def private_database(*, as_owner: bool = False) -> Iterator[str]:
    """Work in a fresh database of one's own, in this thread only; it is dropped afterwards.

    Rooms called inside see nothing of the database that was in use, and that one sees nothing of
    them. They act with the rights of the runtime role, or of the owner with ``as_owner``.
    """
    name = _PREFIX + secrets.token_hex(8)
    fresh_database(name)
    try:
        with inside(name, role_of=OWNER_ALIAS if as_owner else None):
            yield name
    finally:
        drop_database(name)
