"""Side (a): the same rows in an ordinary PostgreSQL table with indexes on the metadata.

``Logged`` is the same with one line of log for each operation, in the same statement: the least
that leaves any evidence. What lies between the two is the price of having a log at all.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from benchmarks.gdprbench.facts import PURPOSES, TTL, USERS, data, metadata, owner_of
from benchmarks.gdprbench.side import PAGE, Missing
from benchmarks.measuring import timed

_COLUMNS = ("pur", "usr", "obj", "dec", "acl", "shr", "src", "cat")
_TABLE = f"""
CREATE TABLE gdpr_record (
    key text PRIMARY KEY, {", ".join(f"{each} text NOT NULL" for each in _COLUMNS)},
    ttl timestamptz NOT NULL, data text NOT NULL
);
CREATE TABLE gdpr_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, usr text NOT NULL, at timestamptz NOT NULL,
    operation text NOT NULL, key text NOT NULL
);
"""
_INDEXES = (
    *(f"CREATE INDEX ON gdpr_record ({each})" for each in (*_COLUMNS, "ttl")),
    "CREATE INDEX ON gdpr_log (usr, id)",
)
_ALL = f"key, {', '.join(_COLUMNS)}, ttl, data"
_INSERT = f"INSERT INTO gdpr_record ({_ALL}) VALUES ({', '.join(['%s'] * 11)})"


PLAIN, LOGGED = "public", "gdpr_logged"
"""The schemas in which the two kinds have their tables."""


def _connected(url: str, schema: str = PLAIN, **more: Any) -> psycopg.Connection[Any]:
    return psycopg.connect(url, autocommit=True, options=f"-c search_path={schema}", **more)


def create(url: str, app: str, records: int, schema: str = PLAIN) -> None:
    """Make the tables anew and fill them, as their owner."""
    now = datetime.now(UTC)
    with _connected(url, schema) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        cursor.execute("DROP TABLE IF EXISTS gdpr_record, gdpr_log")
        cursor.execute(_TABLE)
        with cursor.copy(f"COPY gdpr_record ({_ALL}) FROM STDIN") as copy:
            for n in range(records):
                copy.write_row(_row(n, now))
        with cursor.copy("COPY gdpr_log (usr, at, operation, key) FROM STDIN") as copy:
            for n in range(records):
                copy.write_row((f"user{n % USERS}", now, "create", f"key{n}"))
        for statement in _INDEXES:
            cursor.execute(statement)
        cursor.execute("ANALYZE gdpr_record, gdpr_log")
        for grant in ("USAGE ON SCHEMA " + schema, "ALL ON gdpr_record, gdpr_log"):
            cursor.execute(
                psycopg.sql.SQL("GRANT {} TO {}").format(
                    psycopg.sql.SQL(grant), psycopg.sql.Identifier(app)
                )
            )


def _row(n: int, now: datetime) -> tuple[object, ...]:
    return (
        f"key{n}",
        *metadata(n).values(),
        now + timedelta(seconds=TTL[n % len(TTL)]),
        data(n),
    )


class Plain:
    """One client with a connection of its own; each operation is one statement and commits."""

    decisions = 0

    schema = PLAIN

    def __init__(self, url: str) -> None:
        self._db = _connected(url, self.schema, prepare_threshold=1)
        self._cursor = self._db.cursor(binary=True)

    def close(self) -> None:
        self._db.close()

    def _run(self, n: int, statement: str, *arguments: object) -> psycopg.Cursor[Any]:
        """Carry out a statement of the operation on number ``n``."""
        del n
        return self._cursor.execute(statement, arguments)

    def _all(self, n: int, statement: str, *arguments: object) -> list[tuple[Any, ...]]:
        return self._run(n, statement, *arguments).fetchall()

    def create(self, n: int) -> None:
        self._run(n, _INSERT, *_row(n, datetime.now(UTC)))

    def delete_by_key(self, n: int) -> None:
        self._run(n, "DELETE FROM gdpr_record WHERE key = %s", f"key{n}")

    def update_metadata_by_purpose(self, n: int) -> None:
        self._run(
            n,
            "UPDATE gdpr_record SET shr = %s WHERE key IN "
            "(SELECT key FROM gdpr_record WHERE pur = %s ORDER BY key LIMIT %s FOR UPDATE)",
            f"shr{n % 10}",
            f"purpose{n % PURPOSES}",
            PAGE,
        )

    def update_metadata_by_user(self, n: int) -> None:
        self._run(
            n,
            "UPDATE gdpr_record SET shr = %s WHERE key IN "
            "(SELECT key FROM gdpr_record WHERE usr = %s ORDER BY key FOR UPDATE)",
            f"shr{n % 10}",
            f"user{n % USERS}",
        )

    def read_by_user(self, n: int) -> None:
        found = self._all(
            n,
            f"SELECT {_ALL} FROM gdpr_record WHERE usr = %s",
            f"user{n % USERS}",
        )
        for key, *_, text in found:
            number, _version = owner_of(text)
            if (key, number % USERS) != (f"key{number}", n % USERS):
                raise AssertionError("A record of another user was read.")

    def read_metadata_by_key(self, n: int) -> None:
        found = self._all(
            n,
            f"SELECT {', '.join(_COLUMNS)}, ttl FROM gdpr_record WHERE key = %s",
            f"key{n}",
        )
        if not found:
            raise Missing(n)
        told = dict(zip((each.upper() for each in _COLUMNS), found[0], strict=False))
        if {**told, "SHR": ""} != {**metadata(n), "SHR": ""}:
            raise AssertionError("The metadata is of another record.")

    def update_data(self, n: int, version: int) -> None:
        self._run(
            n,
            "UPDATE gdpr_record SET data = %s WHERE key = %s",
            data(n, version),
            f"key{n}",
        )

    def update_metadata_by_key(self, n: int, version: int) -> None:
        self._run(
            n,
            "UPDATE gdpr_record SET shr = %s WHERE key = %s",
            metadata(n, version)["SHR"],
            f"key{n}",
        )

    def read_by_key(self, n: int) -> None:
        found = self._all(n, "SELECT data FROM gdpr_record WHERE key = %s", f"key{n}")
        if not found:
            raise Missing(n)
        if owner_of(found[0][0])[0] != n:
            raise AssertionError("Another record was read.")

    def read_by_purpose(self, n: int) -> None:
        found = self._all(
            n,
            "SELECT data FROM gdpr_record WHERE pur = %s ORDER BY key LIMIT %s",
            f"purpose{n % PURPOSES}",
            PAGE,
        )
        for (text,) in found:
            if owner_of(text)[0] % PURPOSES != n % PURPOSES:
                raise AssertionError("A record of another purpose was read.")

    def read_by_object(self, n: int) -> None:
        found = self._all(
            n,
            "SELECT data FROM gdpr_record WHERE obj = %s ORDER BY key LIMIT %s",
            f"obj{n % 100}",
            PAGE,
        )
        for (text,) in found:
            if owner_of(text)[0] % 100 != n % 100:
                raise AssertionError("A record with another objection was read.")

    def read_metadata_by_user(self, n: int) -> None:
        found = self._all(
            n,
            f"SELECT key, {', '.join(_COLUMNS)}, ttl FROM gdpr_record WHERE usr = %s",
            f"user{n % USERS}",
        )
        if any(line[2] != f"user{n % USERS}" for line in found):
            raise AssertionError("Metadata of another user was read.")

    def read_logs(self, n: int) -> None:
        found = self._all(
            n,
            "SELECT id, at, operation, key FROM gdpr_log WHERE usr = %s ORDER BY id DESC LIMIT 10",
            f"user{n % USERS}",
        )
        if not found:
            raise AssertionError("A user has no log.")

    def verify_deletion(self, n: int) -> None:
        if not self._all(n, "SELECT 1 FROM gdpr_record WHERE key = %s", f"key{n}"):
            raise Missing(n)


class Logged(Plain):
    """Each operation writes its line of the log with it."""

    schema = LOGGED

    def _run(self, n: int, statement: str, *arguments: object) -> psycopg.Cursor[Any]:
        return self._cursor.execute(
            "WITH written AS (INSERT INTO gdpr_log (usr, at, operation, key) "
            f"VALUES (%s, now(), %s, %s)) {statement}",
            (f"user{n % USERS}", statement[:6], f"key{n}", *arguments),
        )


def waits(url: str, times: int) -> list[float]:
    """Seconds until one row is on the disk: what nothing that is journalled can do without."""
    statement = "INSERT INTO gdpr_log (usr, at, operation, key) VALUES ('', now(), 'wait', '')"
    with _connected(url, prepare_threshold=0) as connection:
        return [timed(lambda: connection.execute(statement)) for _ in range(times)]


def expire(url: str, later: timedelta, schema: str = PLAIN) -> int:
    """Delete what is over by then; how many records."""
    with _connected(url, schema) as connection:
        return connection.execute(
            "DELETE FROM gdpr_record WHERE ttl <= %s", (datetime.now(UTC) + later,)
        ).rowcount


def left(url: str, schema: str = PLAIN) -> set[int]:
    """The numbers of the records that are there, each read and checked."""
    with _connected(url, schema) as connection:
        found = connection.execute("SELECT data FROM gdpr_record").fetchall()
    return {owner_of(text)[0] for (text,) in found}
