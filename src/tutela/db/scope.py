"""Every statement runs for one operator: row-level security shows that operator's rows only."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from tutela.db import swift

_ENTER = """
SELECT current_setting('tutela.operator', true), set_config('tutela.operator', %s, true)
"""
_ENTER_PATIENT = """
SELECT current_setting('tutela.operator', true), set_config('tutela.operator', %s, true),
       set_config('statement_timeout', %s, true), set_config('lock_timeout', %s, true)
"""
_LEAVE = "SELECT set_config('tutela.operator', %s, true)"
STATEMENT_MAY_TAKE = "10s"
LOCK_MAY_TAKE = "5s"
"""How long a caller who waits for an answer is let wait."""
_FACTS = "tutela_facts"
"""The attribute of the thread's own connection that holds ``facts`` while a scope is open."""
_PATIENCE = "tutela_patience"


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
            limits = _patience() if whole else None
            entered = swift.row(
                _ENTER_PATIENT if limits else _ENTER, (str(operator), *(limits or ()))
            )
            previous = entered[0] if entered else ""
            yield
            if not whole and previous != str(operator):
                # The end of a whole transaction takes the setting with it.
                swift.run(_LEAVE, (previous or "",))
        finally:
            if whole:
                setattr(connection, _FACTS, None)


@contextlib.contextmanager
def patient(*, statements: str, locks: str) -> Iterator[None]:
    """No statement of a scope that begins within takes longer than ``statements``, and none waits
    longer than ``locks`` for others; times as PostgreSQL writes them."""
    setattr(connection, _PATIENCE, (statements, locks))
    try:
        yield
    finally:
        setattr(connection, _PATIENCE, None)


def _patience() -> tuple[str, str] | None:
    found: tuple[str, str] | None = getattr(connection, _PATIENCE, None)
    return found


def lock_may_take() -> str:
    """How long a statement outside of a scope may wait for others; zero for ever."""
    found = _patience()
    return found[1] if found else "0"


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


def after_commit(work: Callable[[UUID], object], operator_id: UUID) -> None:
    """Do ``work`` for the operator once this transaction has committed, and only once, however
    often it is asked for. What it raises hinders nothing else."""
    for each in connection.run_on_commit:
        waiting = each[1]
        if isinstance(waiting, partial) and (waiting.func, waiting.args) == (work, (operator_id,)):
            return
    transaction.on_commit(partial(work, operator_id), robust=True)
