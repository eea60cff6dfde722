"""A connection past the application, as the role that serves people, and rows to try it on.

The rows are made from the catalogue of the database, one for each of two operators in every table
that has an operator, so that a table nobody thought of is tried as well.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

from tutela.db.cluster import APP, OWNER, SUPERUSER
from tutela.db.tables import TABLES

HERE, THERE = UUID(int=0xA11CE), UUID(int=0xB0B)
"""Two operators whose rows are there for the length of a module, in the tables alone."""

OF_OPERATORS = sorted(
    name
    for name, table in TABLES.items()
    if any(field.name == "operator_id" for field in table.model._meta.fields)
)

_COLUMNS = """
SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
AND attgenerated = '' AND attidentity = '' AND attnotnull AND NOT atthasdef
"""
_SOMETHING = {
    "uuid": "gen_random_uuid()",
    "text": "'x'",
    "character varying": "'x'",
    "timestamp with time zone": "now()",
    "date": "current_date",
    "boolean": "false",
    "bytea": "decode(repeat('07', 32), 'hex')",
    "jsonb": "'{}'",
    "bigint[]": "'{1}'",
}
_FITTING = {"decided_by": "'somebody else'"}
"""Where the first value of a kind would break what a table checks by itself."""
_EVEN_EVIDENCE = "SET session_replication_role = replica"


def connect(user: str = APP, database: str | None = None) -> psycopg.Connection[Any]:
    """Log in to the tests' own server as one of its roles; each statement is a transaction."""
    if os.environ.get("DATABASE_URL"):
        pytest.skip("logs in as the roles of the embedded server, and another one is named")
    where = connection.settings_dict
    secrets = Path(settings.TUTELA_HOME, "database-passwords.json").read_text(encoding="utf-8")
    return psycopg.connect(
        host=where["HOST"],
        port=where["PORT"],
        user=user,
        password=json.loads(secrets)[user],
        dbname=database or str(where["NAME"]),
        autocommit=True,
        prepare_threshold=None,  # what is tried twice is asked anew
    )


@contextlib.contextmanager
def rows_of_two() -> Iterator[None]:
    """A row of each operator in every table; whoever put them there takes them away again."""
    with connect(SUPERUSER) as superuser:
        superuser.execute(_EVEN_EVIDENCE)
        try:
            for table in OF_OPERATORS:
                for operator in (HERE, THERE):
                    _put(superuser, table, operator)
            yield
        finally:
            for table in OF_OPERATORS:
                superuser.execute(
                    sql.SQL("DELETE FROM {} WHERE operator_id = ANY(%s)").format(
                        sql.Identifier(table)
                    ),
                    [[HERE, THERE]],
                )


def _put(superuser: psycopg.Connection[Any], table: str, operator: UUID) -> None:
    needed = dict(superuser.execute(_COLUMNS, [table]).fetchall()) | {"operator_id": "uuid"}
    values = [
        sql.Literal(operator)
        if name == "operator_id"
        else sql.SQL(_FITTING.get(name) or _SOMETHING.get(kind, "1"))
        for name, kind in needed.items()
    ]
    superuser.execute(
        sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, needed)),
            sql.SQL(", ").join(values),
        )
    )


@contextlib.contextmanager
def secret_of_the_owner() -> Iterator[int]:
    """A large object of the role that owns the tables; its number."""
    with connect(OWNER) as owner:
        ((number,),) = owner.execute("SELECT lo_from_bytea(0, 'of the owner')").fetchall()
        try:
            yield int(number)
        finally:
            owner.execute("SELECT lo_unlink(%s)", [number])
