"""The register of an operator's keys: which one is in use, and that nobody uses one that was left.

A transaction that wraps a data key or writes to the blind index calls ``hold`` first: it learns the
current keys and keeps them current until it ends. A rotation makes the next key current with
``switch`` once it is ``alone``, that is after those transactions; whatever comes later uses the
new key. So once the rotation has taken over every row of the old key, none can appear again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from tutela.core import clock
from tutela.core.canonical import sha256_hex
from tutela.journal import actions as journal
from tutela.vault import index, keyfiles
from tutela.vault.entries import KeyMade
from tutela.vault.models import OperatorKey, State, Use
from tutela.vault.wrappers import choice

_HELD = """
SELECT pg_advisory_xact_lock_shared(hashtextextended('tutela.vault.keys.' || %s, 0));
SELECT use, name FROM vault_operator_key WHERE operator_id = %s AND state = 'current'
"""
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('tutela.vault.keys.' || %s, 0))"
_FIRST = "SELECT pg_advisory_xact_lock(hashtextextended('tutela.vault.first-key.' || %s, 0))"
_INDEX_FILE = "index"
_LIVE = (State.CURRENT, State.LEAVING)


@dataclass(frozen=True, slots=True)
class Held:
    """The operator's keys that are current until the transaction ends."""

    operator: UUID
    names: Mapping[str, str]

    def wrapping(self) -> str:
        return self.names.get(Use.WRAPPING) or _first(self.operator, Use.WRAPPING)

    def index(self) -> str:
        return self.names.get(Use.INDEX) or _first(self.operator, Use.INDEX)


def hold(operator: UUID) -> Held:
    """The current keys, which stay current until this transaction ends.

    Call it before any row is locked. The lock comes in a statement of its own, so that the
    register is read as it is once the lock is held.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [str(operator), operator])
        cursor.nextset()
        return Held(operator, dict(cursor.fetchall()))


def alone(operator: UUID) -> None:
    """Wait until no transaction uses the current keys, and keep others from it until this ends."""
    with connection.cursor() as cursor:
        cursor.execute(_ALONE, [str(operator)])


def switch(operator: UUID, use: Use) -> str:
    """Make a new key current; its name. The caller is ``alone``.

    The key before it is ``leaving``. If this transaction fails, the key that was made is found
    and used the next time.
    """
    known = OperatorKey.objects.filter(operator_id=operator, use=use)
    name = _fresh(operator, use, set(known.values_list("name", flat=True)))
    known.filter(state=State.CURRENT).update(state=State.LEAVING, changed_at=clock.now())
    _enter(operator, use, name)
    return name


def live_index_keys(operator: UUID) -> tuple[str, ...]:
    """The index keys by which rows may be found, the current one first."""
    live = OperatorKey.objects.filter(operator_id=operator, use=Use.INDEX, state__in=_LIVE)
    names = tuple(live.order_by("state", "-made_at").values_list("name", flat=True))
    return names or (_first(operator, Use.INDEX),)


def wrap(operator: UUID, subject: UUID, name: str, key: bytes) -> bytes:
    return choice.behind(name).wrap(operator, subject, name, key)


def unwrap(operator: UUID, subject: UUID, name: str, wrapped: bytes) -> bytes:
    return choice.behind(name).unwrap(operator, subject, name, wrapped)


def digest(operator: UUID, field: str, normal: str, name: str) -> bytes:
    """The digest of a normalised value under the index key ``name``."""
    key = keyfiles.key(operator, _INDEX_FILE, name.removeprefix("index:"))
    return index.digest(key, operator, field, normal)


def destroy(operator: UUID, use: str, name: str) -> None:
    """Destroy a key that protects nothing any more; safe to repeat."""
    if use == Use.INDEX:
        keyfiles.destroy(operator, name.removeprefix("index:"))
    else:
        choice.behind(name).destroy(operator, name)


def fingerprint(name: str) -> str:
    """What the journal calls a key: a hash, because names of keys are not always opaque to it."""
    return sha256_hex(name.encode())[:32]


def _first(operator: UUID, use: Use) -> str:
    """Take the operator's first key into the register: the one that lies there from before, or
    one made now. One transaction at a time, so that two do not make two."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, [str(operator)])
    current = OperatorKey.objects.filter(operator_id=operator, use=use, state=State.CURRENT)
    found = current.values_list("name", flat=True).first()
    if found is None:
        found = _fresh(operator, use, ())
        _enter(operator, use, found)
    return found


def _fresh(operator: UUID, use: Use, known: Iterable[str]) -> str:
    if use is Use.WRAPPING:
        return choice.chosen_for(operator).fresh(operator, frozenset(known))
    names = frozenset(each.removeprefix("index:") for each in known)
    return f"index:{keyfiles.fresh(operator, _INDEX_FILE, names)}"


def _enter(operator: UUID, use: Use, name: str) -> None:
    now = clock.now()
    OperatorKey.objects.create(
        operator_id=operator,
        use=use,
        name=name,
        state=State.CURRENT,
        made_at=now,
        changed_at=now,
    )
    journal.append(operator, KeyMade(use=use.value, key=fingerprint(name)))
