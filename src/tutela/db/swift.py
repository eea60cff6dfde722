"""Statements of the hot path: prepared once for each connection, bound by the server.

Django writes the arguments into the text of every statement, so that the server parses and plans
it anew each time, and builds a model for each row. That costs more than the work itself where a
transaction is a handful of statements. Here a statement goes to psycopg as it is: same
connection, same transaction, plain rows back. Use it where a benchmark shows that it counts; the
rest stays with the models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import psycopg
from django.db import connection, models
from django.db.models.expressions import DatabaseDefault
from psycopg.rows import tuple_row

Rows = list[tuple[Any, ...]]
Arguments = Sequence[Any] | Mapping[str, Any]
M = TypeVar("M", bound=models.Model)


def rows(statement: str, arguments: Arguments = ()) -> Rows:
    """The rows a statement gives, in the transaction that Django has open, if any.

    ``jsonb`` comes as plain values. Raises Django's database errors.
    """
    with _cursor(statement, arguments) as cursor:
        return cursor.fetchall()


def row(statement: str, arguments: Arguments = ()) -> tuple[Any, ...] | None:
    """The first row, or None."""
    with _cursor(statement, arguments) as cursor:
        return cursor.fetchone()


def run(statement: str, arguments: Arguments = ()) -> int:
    """Carry out a statement that gives no rows; how many rows it touched."""
    with _cursor(statement, arguments) as cursor:
        return cursor.rowcount


def add(row: models.Model, *, unless_there: bool = False) -> bool:
    """Insert a row as ``save(force_insert=True)`` does; whether it was. Where it may be there
    already, nothing happens ``unless_there``. What the database fills by itself is not read back.
    """
    given = {
        each.column: each.get_db_prep_save(value, connection)
        for each in row._meta.concrete_fields  # noqa: SLF001 - Django's documented API
        if not isinstance(value := getattr(row, each.attname), DatabaseDefault)
    }
    statement = _insertion(row._meta.db_table, tuple(given), unless_there)  # noqa: SLF001
    return run(statement, tuple(given.values())) > 0


def change(row: models.Model, *names: str, by: Sequence[str]) -> bool:
    """Write the fields ``names`` of the row that the fields ``by`` name alone; whether it was."""
    options = row._meta  # noqa: SLF001 - Django's documented API
    fields = {each.name: each for each in options.concrete_fields}
    wanted = [fields[name] for name in (*names, *by)]
    values = [each.get_db_prep_save(getattr(row, each.attname), connection) for each in wanted]
    columns = [each.column for each in wanted]
    changed, key = columns[: len(names)], columns[len(names) :]
    return run(_changing(options.db_table, tuple(changed), tuple(key)), values) > 0


@lru_cache(maxsize=256)
def _changing(table: str, names: tuple[str, ...], key: tuple[str, ...]) -> str:
    given = ", ".join(f'"{name}" = %s' for name in names)
    found = " AND ".join(f'"{name}" = %s' for name in key)
    return f'UPDATE "{table}" SET {given} WHERE {found}'  # noqa: S608


def found(model: type[M], where: str, arguments: Arguments) -> list[M]:
    """The rows of a model of which ``where`` is true; it may end with an order, a limit or a lock,
    and names columns as the table does."""
    options = model._meta  # noqa: SLF001 - Django's documented API
    names = [each.attname for each in options.concrete_fields]
    statement = _selection(options.db_table, tuple(each.column for each in options.concrete_fields))
    return [model.from_db("default", names, each) for each in rows(statement + where, arguments)]


@lru_cache(maxsize=256)
def _selection(table: str, names: tuple[str, ...]) -> str:
    listed = ", ".join(f'"{name}"' for name in names)
    return f'SELECT {listed} FROM "{table}" WHERE '  # noqa: S608


@lru_cache(maxsize=256)
def _insertion(table: str, names: tuple[str, ...], unless_there: bool) -> str:  # noqa: FBT001
    listed = ", ".join(f'"{name}"' for name in names)
    places = ", ".join(["%s"] * len(names))
    ending = " ON CONFLICT DO NOTHING" if unless_there else ""
    return f'INSERT INTO "{table}" ({listed}) VALUES ({places}){ending}'  # noqa: S608


def _cursor(statement: str, arguments: Arguments) -> psycopg.Cursor[tuple[Any, ...]]:
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    raw = connection.connection
    cursor = psycopg.Cursor(raw, row_factory=tuple_row)
    # Django has switched preparing off, and it must stay off for Django's own statements: psycopg
    # would remember their texts, and Django writes the arguments into the text.
    raw.prepare_threshold = 0
    try:
        with connection.wrap_database_errors:
            return cursor.execute(statement, arguments, prepare=True, binary=True)
    finally:
        raw.prepare_threshold = None
