"""Copies of the whole database by ``pg_dump``, and a database made from one by ``pg_restore``.

A copy is one snapshot, taken while everything runs. Who takes it must see past row-level
security: the embedded server's superuser, or the role in DATABASE_BACKUP_URL.

A copy is put back into a database of another name first. Only when it is whole do the two change
their names, in one transaction, so that a kill leaves either the old one or the new one in place.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import psycopg
from django.conf import settings
from django.db import connection, connections
from psycopg import sql

from tutela.core.errors import Conflict, TutelaError
from tutela.db import dropping
from tutela.db.address import settings_of, socket_url
from tutela.db.binaries import find_binaries
from tutela.db.cluster import SUPERUSER, Cluster
from tutela.db.connect import OWNER_ALIAS, inside
from tutela.db.locks import read_running
from tutela.db.migrate import grant_runtime_roles

_READ = 64 * 1024
_COMING, _GOING = "_restoring", "_replaced"


class CannotDump(TutelaError):
    """PostgreSQL could not copy the database, or may not see all of it."""


class DatabaseBusy(Conflict):
    """Somebody else uses the database that is to be replaced."""


def dump() -> Iterator[bytes]:
    """The database in use in PostgreSQL's custom format, part by part. Raises ``CannotDump``."""
    described = _who_sees_all()
    _check_sees_all(described)
    arguments = ["--format=custom", "--no-owner", "--no-acl", *_at(described)]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [find_binaries().program("pg_dump"), *arguments],
            env=_surroundings(described),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
        )
        assert process.stdout is not None  # noqa: S101 - asked for above
        try:
            while part := process.stdout.read(_READ):
                yield part
            if process.wait():
                raise CannotDump(f"PostgreSQL could not copy the database: {_last(said)}")
        finally:
            process.stdout.close()
            if process.poll() is None:
                process.kill()
                process.wait()


def load(parts: Iterable[bytes]) -> str:
    """Make a database from a copy, beside the one in use; its name. What a killed attempt left is
    cleared away. Raises ``CannotDump``."""
    name = _own_name() + _COMING
    with _beside():
        dropping.drop_database(name)
        _run("CREATE DATABASE {name} TEMPLATE template0", name=name)
    described = {**connections.settings[OWNER_ALIAS], "NAME": name}
    arguments = ["--no-owner", "--no-acl", "--exit-on-error", *_at(described)]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [find_binaries().program("pg_restore"), *arguments],
            env=_surroundings(described),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        assert process.stdin is not None  # noqa: S101 - asked for above
        try:
            for part in parts:
                try:
                    process.stdin.write(part)
                except BrokenPipeError:
                    break
            process.stdin.close()
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.wait():
            raise CannotDump(f"PostgreSQL could not put the copy back: {_last(said)}")
    with inside(name, role_of=OWNER_ALIAS):
        grant_runtime_roles()
    return name


def take_the_place(name: str) -> None:
    """Let the database ``name`` be the one in use, and drop the one that was.

    Raises ``DatabaseBusy`` while somebody else is connected to it.
    """
    own = _own_name()
    connections.close_all()
    with _beside():
        dropping.drop_database(own + _GOING)
        try:
            with connection.cursor() as cursor:
                cursor.execute("BEGIN")
                _run("ALTER DATABASE {own} RENAME TO {gone}", own=own, gone=own + _GOING)
                _run("ALTER DATABASE {name} RENAME TO {own}", name=name, own=own)
                cursor.execute("COMMIT")
        except Exception as error:
            if getattr(error.__cause__, "sqlstate", "") != "55006":  # object in use
                raise
            raise DatabaseBusy(
                "The database is in use; stop every tutela up and tutela worker, then repeat."
            ) from None
        dropping.drop_database(own + _GOING)


def drop(name: str) -> None:
    """Drop a database that ``load`` has made."""
    with _beside():
        dropping.drop_database(name)


def rows_of(parts: Iterable[bytes], tables: Iterable[str]) -> Iterator[bytes]:
    """What ``pg_restore`` writes of the rows of some tables of a copy: text with COPY blocks."""
    chosen = [f"--table={table}" for table in tables]
    with tempfile.NamedTemporaryFile(prefix="tutela-") as copy, tempfile.TemporaryFile() as said:
        for part in parts:
            copy.write(part)
        copy.flush()
        process = subprocess.Popen(
            [
                find_binaries().program("pg_restore"),
                *("--data-only", "--file=-", *chosen, copy.name),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
        )
        assert process.stdout is not None  # noqa: S101 - asked for above
        with process:
            yield from process.stdout
        if process.returncode:
            raise CannotDump(f"PostgreSQL could not read the copy: {_last(said)}")


def is_empty() -> bool:
    """Whether the database in use serves no operator yet, so that nothing is lost with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('policy_operator') IS NULL")
        if cursor.fetchone()[0]:
            return True
        cursor.execute("SELECT NOT EXISTS (SELECT 1 FROM policy_operator)")
        return bool(cursor.fetchone()[0])


def _who_sees_all() -> dict[str, object]:
    """Settings of a connection to the database in use that sees the rows of every operator."""
    if url := os.environ.get("DATABASE_BACKUP_URL"):
        return {**settings_of(url), "NAME": _own_name()}
    home = Path(settings.TUTELA_HOME)
    running = None if os.environ.get("DATABASE_URL") else read_running(home)
    if running is None:
        return {**connections.settings[OWNER_ALIAS], "NAME": _own_name()}
    password = Cluster(home, find_binaries()).passwords()[SUPERUSER]
    url = socket_url(
        user=SUPERUSER,
        password=password,
        folder=running.folder,
        port=running.port,
        database=_own_name(),
    )
    return settings_of(url)


def _check_sees_all(described: dict[str, object]) -> None:
    try:
        with psycopg.connect(
            host=str(described["HOST"]),
            port=str(described["PORT"]),
            user=str(described["USER"]),
            password=str(described["PASSWORD"]),
            dbname=str(described["NAME"]),
            **described.get("OPTIONS", {}),  # type: ignore[arg-type]
        ) as there:
            found = there.execute(
                "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError as error:
        reason = " ".join(str(error).split())
        raise CannotDump(f"The database to back up does not answer: {reason}") from None
    if not found or not found[0]:
        raise CannotDump(
            "The role that copies the database must see past row-level security. Make one with "
            "BYPASSRLS and the right to read every table, and name it in DATABASE_BACKUP_URL."
        )


def _beside() -> contextlib.AbstractContextManager[None]:
    return inside("postgres", role_of=OWNER_ALIAS)


def _own_name() -> str:
    return str(connection.settings_dict["NAME"])


def _run(statement: str, **names: str) -> None:
    identifiers = {key: sql.Identifier(name) for key, name in names.items()}
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(**identifiers).as_string(connection.connection))


def _at(described: dict[str, object]) -> list[str]:
    options = {"--host": "HOST", "--port": "PORT", "--username": "USER", "--dbname": "NAME"}
    given = [f"{option}={described[name]}" for option, name in options.items() if described[name]]
    return [*given, "--no-password"]


def _surroundings(described: dict[str, object]) -> dict[str, str]:
    """The password goes by the environment, where no other user of the machine reads it."""
    options = described.get("OPTIONS") or {}
    assert isinstance(options, dict)  # noqa: S101 - made by settings_of
    variables = {f"PG{name.upper()}": str(value) for name, value in options.items()}
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, **variables, "LC_ALL": "C", "PGPASSWORD": str(described["PASSWORD"])}


def _last(said: IO[bytes]) -> str:
    """The last line of what the program said; it names objects, never what is in them."""
    said.seek(0)
    lines = [line for line in said.read().decode(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it gave no reason"
