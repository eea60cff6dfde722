"""What the API kit asks of this room, in few statements: this is on the way of every request."""

from __future__ import annotations

import functools
import hmac
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from tutela.api.callers import Caller, Kept
from tutela.applications import rules
from tutela.applications.entries import ApplicationRefused
from tutela.applications.errors import KeyRefused
from tutela.applications.models import Application, Key
from tutela.core import clock
from tutela.core.vocabulary import Actor, ActorKind, Scope
from tutela.db import swift
from tutela.db.scope import LOCK_MAY_TAKE, STATEMENT_MAY_TAKE, operator_scope
from tutela.journal import actions as journal
from tutela.policy import actions as policies

_AUTHENTICATE = """
SELECT a.id, a.purposes::text, a.actions::text, a.functions::text, a.per_minute,
       k.digest, k.ends_at, k.used_at,
       set_config('statement_timeout', %s, true), set_config('lock_timeout', %s, true)
FROM applications_key k JOIN applications_application a
  ON (a.operator_id, a.id) = (k.operator_id, k.application_id)
WHERE (k.operator_id, k.prefix) = (%s, %s)
"""
_ALONE = "SELECT * FROM applications_caller(%s, %s)"
_CLAIM = """
INSERT INTO applications_reply (operator_id, application_id, name, digest, status, sealed, at)
VALUES (%s, %s, %s, %s, 0, '', %s) ON CONFLICT (operator_id, application_id, name) DO NOTHING
"""
_KEPT = """
SELECT digest, status, sealed FROM applications_reply
WHERE (operator_id, application_id, name) = (%s, %s, %s)
"""
_KEEP = """
UPDATE applications_reply SET status = %s, sealed = %s
WHERE (operator_id, application_id, name) = (%s, %s, %s)
"""


def operator_of(key: str) -> UUID | None:
    """Whose key it says it is; no database is asked."""
    parts = rules.parts(key)
    return policies.operator_id(parts.operator) if parts else None


def authenticate(operator: UUID, key: str) -> Caller:
    """The application of the key. Raises ``KeyRefused``, the same for whatever is wrong.

    From here on no statement and no lock of this transaction takes longer than it may.
    """
    parts = rules.parts(key)
    if parts is None:
        raise _refused()
    limits = (STATEMENT_MAY_TAKE, LOCK_MAY_TAKE)
    row = swift.row(_AUTHENTICATE, (*limits, operator, parts.prefix))
    caller, now = _caller(parts, row), clock.now()
    if row is not None and _is_to_note(row, now):
        _note_use(operator, parts.prefix, now)
    return caller


def authenticate_alone(operator: UUID, key: str) -> Caller:
    """The same outside of a transaction, in one statement."""
    parts = rules.parts(key)
    if parts is None:
        raise _refused()
    if connection.in_atomic_block:
        with operator_scope(operator):
            return authenticate(operator, key)
    row = swift.row(_ALONE, (operator, parts.prefix))
    caller, now = _caller(parts, row), clock.now()
    if row is not None and _is_to_note(row, now):
        with operator_scope(operator):
            _note_use(operator, parts.prefix, now)
    return caller


def _caller(parts: rules.Parts, row: tuple[Any, ...] | None) -> Caller:
    known = row[5] if row else ""
    right = hmac.compare_digest(known, rules.digest(parts.secret))
    if row is None or not right or not rules.works(row[6], clock.now()):
        raise _refused()
    scope, functions = _rights(row[1], row[2], row[3])
    return Caller(row[0], parts.prefix, scope, functions, row[4])


def _is_to_note(row: tuple[Any, ...], now: datetime) -> bool:
    used_at: datetime | None = row[7]
    return used_at is None or now >= used_at + rules.USED_STEP


def _refused() -> KeyRefused:
    return KeyRefused(
        _("This key is unknown, or it no longer works. Ask whoever manages applications for one.")
    )


def _note_use(operator: UUID, prefix: str, now: datetime) -> None:
    """Rows that another request is changing are passed over: it notes the same use."""
    found = Key.objects.filter(operator_id=operator, prefix=prefix)
    if found.select_for_update(skip_locked=True, of=("self",)).values_list("prefix").first():
        found.update(used_at=now)


@functools.lru_cache(maxsize=256)
def _rights(purposes: str, actions: str, functions: str) -> tuple[Scope, frozenset[str]]:
    scope = Scope(frozenset(json.loads(purposes)), frozenset(json.loads(actions)))
    return scope, frozenset(json.loads(functions))


def refused(operator: UUID, caller: Caller, function: str) -> None:
    """Journal that an application asked for what its key is not for."""
    row = Application.objects.get(operator_id=operator, id=caller.application)
    actor = Actor(ActorKind.APPLICATION, str(caller.application))
    entry = ApplicationRefused(application=row.slug, function=function, actor=actor)
    journal.append(operator, entry)


def claim(operator: UUID, application: UUID, name: bytes, digest: bytes) -> Kept | None:
    """Take ``name``; another transaction that has it is waited for, as the index demands.

    What it kept is visible to the second statement, which has a snapshot of its own.
    """
    if swift.run(_CLAIM, (operator, application, name, digest, clock.now())):
        return None
    row = swift.row(_KEPT, (operator, application, name))
    if row is None:
        raise LookupError("A name that is taken has no row.")
    return Kept(bytes(row[0]), row[1], bytes(row[2]))


def keep(operator: UUID, application: UUID, name: bytes, answer: Kept) -> None:
    swift.run(_KEEP, (answer.status, answer.sealed, operator, application, name))
