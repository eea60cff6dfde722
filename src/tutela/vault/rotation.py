"""Changing keys while people go on reading, writing, finding and destroying.

A rotation is a row; its work is done page by page, each page in one transaction that moves the
row on. Killed anywhere it goes on where it was, from the command or from the sweep. It never
waits for a lock: whom somebody else is working on is passed over and taken in the next pass, so
it stands in nobody's way for longer than a page, and in no deadlock at all.

    operator  each data key is wrapped with the operator's new key
    index     each digest of the blind index is made with the new index key; until the end people
              are found under both
    data      each person gets a new data key, and what is sealed for them is sealed with it

Values are opened inside the vault only, to be sealed again or digested; they are handed to nobody,
so no permit is asked (152-FZ article 19: protecting is a duty, not a use).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import OperationalError, transaction
from django.db.models import QuerySet

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.registry import Registry
from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.vault import custody, keystore, rows
from tutela.vault.entries import KeyDestroyed, RotationBegun, RotationEnded
from tutela.vault.models import Identifier, Key, OperatorKey, Rotation, State, Use, Value
from tutela.vault.sealing import new_key, seal, unseal, value_key

PAGE = 25
"""People in one transaction; a writer waits for a page at the longest."""
_BEGINNING = UUID(int=0)


class Kind(StrEnum):
    """Which keys are changed."""

    OPERATOR = "operator"
    INDEX = "index"
    DATA = "data"


_USES = {Kind.OPERATOR: Use.WRAPPING, Kind.INDEX: Use.INDEX}

Resealer = Callable[[UUID, UUID, bytes, bytes], None]
"""Seals anew what is sealed with the data key of (operator, subject), from the old key to the new
one. Locks its rows with ``nowait`` and lets ``OperationalError`` through if they are taken."""

RESEALERS: Registry[Resealer] = Registry("resealer of what a data key seals")
"""Every table with something that a data key seals has one, or a rotation would lose it."""


def begin(operator: UUID, kind: Kind, *, destroy_old: bool = False) -> UUID:
    """Begin to change this kind of keys, or go on with what was begun; its identifier.

    From the commit on, the new key is the one that is used. ``destroy_old`` destroys the old key
    in the end; else it is retired, and opens a copy of the database from before.
    """
    with operator_scope(operator):
        custody.alone(operator)
        if (found := _open_one(operator, kind)) is not None:
            return found.id
        new = custody.switch(operator, _USES[kind]) if kind in _USES else ""
        row = Rotation(
            operator_id=operator,
            id=new_id(),
            kind=kind,
            new=new,
            destroy_old=destroy_old,
            after=_BEGINNING,
            until=_last(operator),
            began_at=clock.now(),
        )
        row.total = _pending(row).values("subject_id").distinct().count()
        row.save(force_insert=True)
        journal.append(operator, RotationBegun(rotation=str(row.id), of=kind))
        return row.id


class Outcome(StrEnum):
    """How a step ended: more is left; nobody could be taken over just now; all is done."""

    MORE = "more"
    BUSY = "busy"
    ENDED = "ended"


def step(operator: UUID, rotation: UUID, *, page: int = PAGE) -> Outcome:
    """Take one page of people over to the new key.

    It is busy while another process has this rotation in hand, or others work on all of the page.
    """
    with operator_scope(operator):
        held = custody.hold(operator)
        found = Rotation.objects.select_for_update(skip_locked=True, no_key=True)
        row = found.filter(operator_id=operator, id=rotation, ended_at=None).first()
        if row is None:
            return Outcome.BUSY if is_open(operator, rotation) else Outcome.ENDED
        people = _page(row, page)
        renewed = sum(_renew(row, held, subject) for subject in people)
        row.done += renewed
        row.after = people[-1] if people else _BEGINNING
        if not people and not _pending(row).exists():
            _end(row)
        row.save(update_fields=["done", "after", "ended_at"])
        if row.ended_at is not None:
            return Outcome.ENDED
        return Outcome.BUSY if people and not renewed else Outcome.MORE


def is_open(operator: UUID, rotation: UUID) -> bool:
    return Rotation.objects.filter(operator_id=operator, id=rotation, ended_at=None).exists()


def open_ones(operator: UUID) -> list[Rotation]:
    """The rotations that have begun and not ended."""
    return list(Rotation.objects.filter(operator_id=operator, ended_at=None).order_by("began_at"))


def progress(operator: UUID, rotation: UUID) -> tuple[int, int]:
    """How many people were taken over, and how many there were to take over."""
    with operator_scope(operator):
        row = Rotation.objects.get(operator_id=operator, id=rotation)
        return row.done, max(row.total, row.done)


def retire_for_good(operator: UUID) -> int:
    """Decide that every retired key is destroyed; how many. ``end_keys`` does it."""
    retired = OperatorKey.objects.filter(operator_id=operator, state=State.RETIRED)
    return retired.update(state=State.ENDING, changed_at=clock.now())


def end_keys(operator: UUID) -> int:
    """Destroy the keys of which it is decided, the oldest first; how many.

    The deed comes between two transactions, and may be repeated: a key whose end is decided is
    destroyed at last, whenever somebody is killed.
    """
    with operator_scope(operator):
        ending = OperatorKey.objects.filter(operator_id=operator, state=State.ENDING)
        keys = list(ending.order_by("made_at").values_list("use", "name"))
    ended = 0
    for use, name in keys:
        custody.destroy(operator, use, name)
        with operator_scope(operator):
            row = OperatorKey.objects.filter(operator_id=operator, use=use, name=name)
            if row.filter(state=State.ENDING).update(state=State.DESTROYED, changed_at=clock.now()):
                called = custody.fingerprint(name)
                journal.append(operator, KeyDestroyed(use=use, key=called))
                ended += 1
    return ended


def _last(operator: UUID) -> UUID | None:
    """The last person who has a data key."""
    people = Key.objects.filter(operator_id=operator).order_by("-subject_id")
    return people.values_list("subject_id", flat=True).first()


def _open_one(operator: UUID, kind: Kind) -> Rotation | None:
    return Rotation.objects.filter(operator_id=operator, kind=kind, ended_at=None).first()


def _pending(row: Rotation) -> QuerySet[Any]:
    """What is still of an old key."""
    people = Key.objects.filter(operator_id=row.operator_id)
    match row.kind:
        case Kind.OPERATOR:
            return people.exclude(wrapper=row.new)
        case Kind.INDEX:
            return Identifier.objects.filter(operator_id=row.operator_id).exclude(key=row.new)
        case _:
            if row.until is None:
                return people.none()
            return people.filter(subject_id__lte=row.until).exclude(renewed_by=row.id)


def _page(row: Rotation, size: int) -> list[UUID]:
    left = _pending(row).filter(subject_id__gt=row.after).order_by("subject_id")
    return list(left.values_list("subject_id", flat=True).distinct()[:size])


def _renew(row: Rotation, held: custody.Held, subject: UUID) -> bool:
    """Take one person over; False if somebody else is working on them, or they are gone."""
    try:
        with transaction.atomic():
            return _RENEW[Kind(row.kind)](row, held, subject)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != "55P03":  # lock not available
            raise
        return False


def _locked_key(row: Rotation, subject: UUID) -> Key | None:
    found = Key.objects.select_for_update(skip_locked=True)
    return found.filter(operator_id=row.operator_id, subject_id=subject).first()


def _wrap_anew(row: Rotation, _held: custody.Held, subject: UUID) -> bool:
    key = _locked_key(row, subject)
    if key is None:
        return False
    operator = row.operator_id
    if key.wrapper != row.new:
        data_key = custody.unwrap(operator, subject, key.wrapper, bytes(key.wrapped))
        wrapped = custody.wrap(operator, subject, row.new, data_key)
        Key.objects.filter(pk=key.pk).update(wrapper=row.new, wrapped=wrapped)
    return True


def _digest_anew(row: Rotation, _held: custody.Held, subject: UUID) -> bool:
    """An entry whose value cannot be found by any more, is destroyed, or has no value, goes."""
    operator = row.operator_id
    old = Identifier.objects.filter(operator_id=operator, subject_id=subject).exclude(key=row.new)
    entries = {(each.record_id, each.field): each for each in old.select_for_update(nowait=True)}
    current = [
        each for each in rows.current(operator, subject) if (each.record_id, each.field) in entries
    ]
    texts = {
        (value.record_id, value.field): text
        for value, text in rows.open_all(operator, subject, current)
    }
    for place, entry in entries.items():
        mine = Identifier.objects.filter(pk=entry.pk)
        digest = (
            rows.digest_or_none(operator, entry.field, texts[place], row.new)
            if place in texts
            else None
        )
        if digest is None:
            mine.delete()
        else:
            mine.update(digest=digest, key=row.new)
    return True


def _seal_anew(row: Rotation, held: custody.Held, subject: UUID) -> bool:
    key = _locked_key(row, subject)
    if key is None:
        return False
    operator = row.operator_id
    old, new = custody.unwrap(operator, subject, key.wrapper, bytes(key.wrapped)), new_key()
    for reseal in RESEALERS.values():
        reseal(operator, subject, old, new)
    name = held.wrapping()
    Key.objects.filter(pk=key.pk).update(
        wrapper=name,
        wrapped=custody.wrap(operator, subject, name, new),
        made_at=clock.now(),
        renewed_by=row.id,
    )
    return True


def _reseal_values(operator: UUID, subject: UUID, old: bytes, new: bytes) -> None:
    """The shares stay where they are: a copy of the database from before goes on opening with
    the keys of today, and what was destroyed goes on being destroyed."""
    found = Value.objects.filter(operator_id=operator, subject_id=subject)
    values = list(found.select_for_update(nowait=True))
    shares = keystore.shares(operator, [each.slot for each in values])
    for value, share in zip(values, shares, strict=True):
        if share is None:
            continue
        place = rows.place(value)
        text = unseal(value_key(old, share), place, bytes(value.sealed))
        found.filter(slot=value.slot).update(sealed=seal(value_key(new, share), place, text))


RESEALERS.register("vault.values", _reseal_values)

_RENEW: dict[Kind, Callable[[Rotation, custody.Held, UUID], bool]] = {
    Kind.OPERATOR: _wrap_anew,
    Kind.INDEX: _digest_anew,
    Kind.DATA: _seal_anew,
}


def _end(row: Rotation) -> None:
    """Nothing is left of the old keys: ``custody.switch`` has seen to it that nothing is added."""
    row.ended_at = clock.now()
    if (kind := Kind(row.kind)) in _USES:
        left = OperatorKey.objects.filter(
            operator_id=row.operator_id, use=_USES[kind], state=State.LEAVING
        )
        after = State.ENDING if row.destroy_old else State.RETIRED
        left.update(state=after, changed_at=row.ended_at)
    journal.append(
        row.operator_id, RotationEnded(rotation=str(row.id), of=row.kind, people=row.done)
    )
