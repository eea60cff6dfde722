"""Storing, correcting and destroying one record in two statements: one reads it together with the
person's standing, and one confirms the decision, journals it and changes the record, or does
nothing (ADR 0024).

What is read first is not held. The second statement locks the standing and the record and compares
both with what was read; if either has changed, everything of it is taken back and it all begins
anew. As with looks, only permits outside of a transaction come this way; everything else takes the
longer one, which stays the specification: ``tests/gate/test_changing.py`` holds this to it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import OperationalError
from psycopg.errors import DeadlockDetected, SerializationFailure

from tutela.core import clock
from tutela.core.permits import Permit
from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.gate import actions, at_once
from tutela.gate.actions import Refusal
from tutela.gate.rules import Operation
from tutela.vault import actions as vault
from tutela.vault import changing
from tutela.vault.changing import Change, Held
from tutela.vault.errors import KeyLost
from tutela.vault.provenance import Provenance
from tutela.vault.values import Destroyed

_PEEK = f"""
SELECT peeked.state, peeked.digest, {changing.COLUMNS}
FROM gate_peek(%(operator)s, %(subject)s, %(moment)s) AS peeked {changing.HELD}
"""  # noqa: S608 - made of this module's and the vault's own text
_CHANGE = {
    kind: f"SELECT confirmed, done.* FROM gate_confirm(%(asked)s::jsonb) AS confirmed "  # noqa: S608
    f"CROSS JOIN LATERAL {called} AS done WHERE confirmed IS NOT NULL"
    for kind, called in changing.CALLED.items()
}
_OF_STANDING = 2
Prepare = Callable[[Permit, Held], Change | None]


def store(
    operation: Operation,
    *,
    record: UUID,
    point: str,
    purposes: tuple[str, ...],
    values: Mapping[str, str],
    provenance: Provenance = vault.FROM_SUBJECT,
) -> Refusal | None:
    """Store ``values`` in ``record`` as ``vault.store`` does, if the gate permits it."""

    def prepare(permit: Permit, held: Held) -> Change | None:
        return changing.store(
            permit, held, point=point, purposes=purposes, values=values, provenance=provenance
        )

    def longer(permit: Permit) -> None:
        vault.store(
            permit,
            record=record,
            point=point,
            purposes=purposes,
            values=values,
            provenance=provenance,
        )

    return _done(operation, record, prepare, longer)  # type: ignore[no-any-return]


def correct(
    operation: Operation,
    record: UUID,
    field: str,
    value: str,
    provenance: Provenance | None = None,
) -> Refusal | None:
    """Correct one value as ``vault.correct`` does, if the gate permits it. Raises
    ``NoSuchValue``."""

    def prepare(permit: Permit, held: Held) -> Change | None:
        return changing.correct(permit, held, field, value, provenance)

    def longer(permit: Permit) -> None:
        vault.correct(permit, record, field, value, provenance)

    return _done(operation, record, prepare, longer)  # type: ignore[no-any-return]


def destroy(operation: Operation, record: UUID) -> Destroyed | Refusal:
    """Destroy one record as ``vault.destroy`` does, if the gate permits it."""

    def longer(permit: Permit) -> Destroyed:
        return vault.destroy(permit, record=record)

    return _done(operation, record, changing.destroy, longer)  # type: ignore[no-any-return]


def _done(
    operation: Operation, record: UUID, prepare: Prepare, longer: Callable[[Permit], Any]
) -> Any:
    if operation.subject is not None and at_once.fits(operation):
        for _ in range(at_once.TRIES):
            try:
                attempt = _attempt(operation, operation.subject, record, prepare)
            except OperationalError as error:
                if not isinstance(error.__cause__, SerializationFailure | DeadlockDetected):
                    raise
                continue
            if attempt is None:
                break
            if attempt:
                return attempt[0]
    with operator_scope(operation.operator):
        answer = actions.decide(operation)
        return answer if isinstance(answer, Refusal) else longer(answer)


def _attempt(
    operation: Operation, subject: UUID, record: UUID, prepare: Prepare
) -> tuple[Any, ...] | None:
    """What the change gave; nothing if the standing was another meanwhile; None where the longer
    way has to be taken."""
    now, operator = clock.now(), operation.operator
    place = {"operator": operator, "subject": subject, "record": record, "moment": now}
    found = swift.rows(_PEEK, place)
    state, digest = found[0][:_OF_STANDING]
    known = at_once.recalled(operator, subject, state, digest, now)
    prepared = at_once.prepared(operation, known, now) if known else None
    if known is None or prepared is None:
        return None
    policy = known.table.policy
    held = Held.of([row[_OF_STANDING:] for row in found], policy, (operator, subject, record), now)
    permit = actions.permit_of(operation, prepared.decision, frozenset(), changing.UNCONFIRMED)
    change = None
    with contextlib.suppress(KeyLost):  # a rotation may have ended the key meanwhile
        change = prepare(permit, held)
    if change is None:
        return None
    rows = swift.rows(_CHANGE[change.kind], {"asked": prepared.asked, **change.arguments})
    if not rows:
        return ()
    at_once.remember_use(operation, now.date())
    return (change.done(rows[0][1:]),)
