"""Statements of the hot path: prepared once for each connection, bound by the server.

Django writes the arguments into the text of every statement, so that the server parses and plans
it anew each time, and builds a model for each row. That costs more than the work itself where a
transaction is a handful of statements. Here a statement goes to psycopg as it is: same
connection, same transaction, plain rows back. Use it where a benchmark shows that it counts; the
rest stays with the models.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import tuple_row

Rows = list[tuple[Any, ...]]


def rows(statement: str, arguments: Sequence[Any] = ()) -> Rows:
    """The rows a statement gives, in the transaction that Django has open, if any.

    ``jsonb`` comes as plain values. Raises Django's database errors.
    """
    with _cursor(statement, arguments) as cursor:
        return cursor.fetchall()


def row(statement: str, arguments: Sequence[Any] = ()) -> tuple[Any, ...] | None:
    """The first row, or None."""
    with _cursor(statement, arguments) as cursor:
        return cursor.fetchone()


def run(statement: str, arguments: Sequence[Any] = ()) -> int:
    """Carry out a statement that gives no rows; how many rows it touched."""
    with _cursor(statement, arguments) as cursor:
        return cursor.rowcount


def _cursor(statement: str, arguments: Sequence[Any]) -> psycopg.Cursor[tuple[Any, ...]]:
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    cursor = psycopg.Cursor(connection.connection, row_factory=tuple_row)
    with connection.wrap_database_errors:
        return cursor.execute(statement, arguments, prepare=True, binary=True)
