"""Every statement runs for one operator: row-level security shows that operator's rows only."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from tutela.db import swift

_ENTER = """
SELECT current_setting('tutela.operator', true), set_config('tutela.operator', %s, true)
"""
_LEAVE = "SELECT set_config('tutela.operator', %s, true)"


_FACTS = "tutela_facts"
"""The attribute of the thread's own connection that holds ``facts`` while a scope is open."""


@contextlib.contextmanager
def operator_scope(operator: UUID) -> Iterator[None]:
    """One transaction in which only ``operator``'s rows exist. Nesting makes a savepoint.

    Outside of a scope every protected table reads as empty and refuses writes.
    """
    whole = not connection.in_atomic_block
    with transaction.atomic():
        if whole:
            setattr(connection, _FACTS, {})
        try:
            previous, _ = swift.row(_ENTER, (str(operator),)) or ("", "")
            yield
            if not whole and previous != str(operator):
                # The end of a whole transaction takes the setting with it.
                swift.run(_LEAVE, (previous or "",))
        finally:
            if whole:
                setattr(connection, _FACTS, None)


def facts() -> dict[Any, Any]:
    """A place for what holds until the transaction of the outermost scope ends.

    Where the transaction was begun by somebody else, nobody knows when it ends: then every call
    gives an empty place, and so everything is asked anew.
    """
    known: dict[Any, Any] | None = getattr(connection, _FACTS, None)
    return {} if known is None else known


def transaction_id() -> int:
    """The identifier of the current database transaction; permits are bound to it."""
    known = facts()
    if "transaction" not in known:
        found = swift.row("SELECT pg_current_xact_id()::text::bigint")
        known["transaction"] = int(found[0]) if found else 0
    return int(known["transaction"])
