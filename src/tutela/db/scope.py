"""Every statement runs for one operator: row-level security shows that operator's rows only."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from uuid import UUID

from django.db import connection, transaction


@contextlib.contextmanager
def operator_scope(operator: UUID) -> Iterator[None]:
    """One transaction in which only ``operator``'s rows exist. Nesting makes a savepoint.

    Outside of a scope every protected table reads as empty and refuses writes.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('tutela.operator', true)")
        (previous,) = cursor.fetchone()
        cursor.execute("SELECT set_config('tutela.operator', %s, true)", [str(operator)])
        yield
        cursor.execute("SELECT set_config('tutela.operator', %s, true)", [previous or ""])


def transaction_id() -> int:
    """The identifier of the current database transaction; permits are bound to it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        (value,) = cursor.fetchone()
    return int(value)
