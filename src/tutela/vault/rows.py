"""The rows of one person: sealing them, opening them, and what hangs on them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from tutela.core import clock
from tutela.db import swift
from tutela.policy import actions as policies
from tutela.vault import custody, index, keystore
from tutela.vault.errors import KeyLost, RecordExists, SealBroken, Unindexable
from tutela.vault.models import Identifier, Key, Record, Value
from tutela.vault.provenance import joined, parted
from tutela.vault.sealing import Place, new_key, seal, unseal, value_key

_FIND = """
SELECT (SELECT array_agg(name) FROM vault_operator_key
        WHERE operator_id = %(operator)s AND use = 'index' AND state IN ('current', 'leaving')),
       (SELECT subject_id FROM vault_identifier
        WHERE operator_id = %(operator)s AND field = %(field)s AND digest = ANY(%(digests)s)
        ORDER BY since, subject_id LIMIT 1)
"""
_TOGETHER = """
SELECT k.wrapper, k.wrapped, v.sealed FROM vault_value v
JOIN vault_key k ON (k.operator_id, k.subject_id) = (v.operator_id, v.subject_id)
WHERE v.operator_id = %s AND v.slot = %s
"""


def current(operator: UUID, subject: UUID) -> QuerySet[Value]:
    return Value.objects.filter(operator_id=operator, subject_id=subject, superseded_at=None)


def keep_record(record: Record) -> None:
    """Make the record, or add purposes to the one that is there."""
    if swift.add(record, unless_there=True):
        return
    kept = Record.objects.select_for_update().get(pk=record.pk)
    if kept.point != record.point:
        raise RecordExists("This record was made at another collection point; begin a new one.")
    if added := [each for each in record.purposes if each not in kept.purposes]:
        Record.objects.filter(pk=record.pk).update(purposes=[*kept.purposes, *added])


def seal_in(operator: UUID, subject: UUID, texts: Mapping[Value, str]) -> None:
    """Insert the rows, each with its text sealed and, if it identifies, its index entry."""
    if not texts:
        return
    keys = custody.hold(operator)
    data_key = _data_key_to_seal(subject, keys)
    shares = keystore.take(operator, len(texts))
    for (row, text), (slot, share) in zip(texts.items(), shares, strict=True):
        row.slot = slot
        row.sealed = seal(value_key(data_key, share), place(row), joined(text, row.reference))
    Value.objects.bulk_create(texts)
    index_values(keys, subject, texts)


def index_values(keys: custody.Held, subject: UUID, texts: Mapping[Value, str]) -> None:
    """Make people findable by those of the values that identify them."""
    operator = keys.operator
    identifying = policies.in_force(operator).fields
    entries = {row: text for row, text in texts.items() if identifying[row.field].identifies}
    index_key = keys.index() if entries else ""
    Identifier.objects.bulk_create(
        Identifier(
            operator_id=operator,
            field=row.field,
            digest=custody.digest(
                operator, row.field, _normal(operator, row.field, text), index_key
            ),
            subject_id=subject,
            record_id=row.record_id,
            since=row.received_at,
            key=index_key,
        )
        for row, text in entries.items()
    )


def open_all(operator: UUID, subject: UUID, sealed: Sequence[Value]) -> Iterator[tuple[Value, str]]:
    """Each row with its text; rows whose share was destroyed are passed over."""
    if not sealed:
        return
    yield from open_with(data_key_of(operator, subject), sealed)


def open_with(data_key: bytes, sealed: Sequence[Value]) -> Iterator[tuple[Value, str]]:
    """``open_all`` for rows of one person whose data key is at hand."""
    shares = keystore.shares(sealed[0].operator_id, [row.slot for row in sealed])
    for row, share in zip(sealed, shares, strict=True):
        if share is None:
            continue
        try:
            opened = unseal(value_key(data_key, share), place(row), bytes(row.sealed))
        except SealBroken:
            opened = open_renewed(row, share)
        text, row.reference = parted(opened)
        yield row, text


def find(operator: UUID, field: str, value: str) -> UUID | None:
    """Who holds this value, the longest holder first. Raises ``Unindexable``.

    The register of keys is read in the same statement: had a rotation gone from one index key
    to the next meanwhile, the digests would be of the wrong ones, and the search begins again.
    """
    normal = _normal(operator, field, value)
    names = _index_keys.get(operator) or custody.live_index_keys(operator)
    while True:
        digests = _digests(operator, field, normal, names)
        with connection.cursor() as cursor:
            asked: dict[str, Any] = {"operator": operator, "field": field, "digests": digests}
            cursor.execute(_FIND, asked)
            live, found = cursor.fetchone()
        if digests and live and set(live) <= set(names):
            _index_keys[operator] = tuple(live)
            return found  # type: ignore[no-any-return]
        names = custody.live_index_keys(operator)


def digest_or_none(operator: UUID, field: str, text: str, name: str) -> bytes | None:
    """The digest of a text under the index key ``name``; None if nobody could find by it, since
    the policy in force does not know the field or asks for another form."""
    if field not in policies.in_force(operator).fields:
        return None
    try:
        return custody.digest(operator, field, _normal(operator, field, text), name)
    except Unindexable:
        return None


_index_keys: dict[UUID, tuple[str, ...]] = {}
"""By which keys people were found last: a guess that every search verifies."""


def _digests(operator: UUID, field: str, normal: str, names: Sequence[str]) -> list[bytes]:
    """None at all if a key was retired and destroyed since ``names`` were the live ones."""
    try:
        return [custody.digest(operator, field, normal, name) for name in names]
    except KeyLost:
        if set(custody.live_index_keys(operator)) == set(names):
            raise
        return []


def _normal(operator: UUID, field: str, value: str) -> str:
    """The policy in force says of what kind the field is. Raises ``Unindexable``."""
    policy = policies.in_force(operator)
    return index.normalise(policy.fields[field].type, value, policy.operator.territory)


def drop_identifiers(operator: UUID, subject: UUID, places: Collection[tuple[UUID, str]]) -> int:
    """Remove the index entries made from these (record, field); how many there were."""
    held = Identifier.objects.filter(operator_id=operator, subject_id=subject)
    return sum(held.filter(record_id=record, field=field).delete()[0] for record, field in places)


def drop_what_is_empty(operator: UUID, subject: UUID) -> int:
    """Remove records without values, and the data key if no record is left; how many keys."""
    held = {"operator_id": operator, "subject_id": subject}
    values = Value.objects.filter(**held, record_id=OuterRef("id"))
    Record.objects.filter(~Exists(values), **held).delete()
    if Record.objects.filter(**held).exists():
        return 0
    return Key.objects.filter(**held).delete()[0]


def data_key_of(operator: UUID, subject: UUID) -> bytes:
    """The person's data key, unwrapped for the caller's transaction and remembered nowhere.

    Raises ``KeyLost``. If the key that wraps it is gone, a rotation may just have put another in
    its place, so the row is read once more.
    """
    row = _key_row(operator, subject)
    try:
        return custody.unwrap(operator, subject, row.wrapper, bytes(row.wrapped))
    except KeyLost:
        again = _key_row(operator, subject)
        if again.wrapper == row.wrapper:
            raise
        return custody.unwrap(operator, subject, again.wrapper, bytes(again.wrapped))


def _key_row(operator: UUID, subject: UUID) -> Key:
    found = Key.objects.filter(operator_id=operator, subject_id=subject).first()
    if found is None:
        raise KeyLost("Values have no data key; restore the row of their key from a backup.")
    return found


def _data_key_to_seal(subject: UUID, keys: custody.Held) -> bytes:
    """The person's data key, made if there is none. Its row is locked until the transaction ends,
    so that no rotation gives the person another one while this is sealing with it."""
    operator = keys.operator
    locked = Key.objects.select_for_update().filter(operator_id=operator, subject_id=subject)
    row = locked.first()
    if row is None:
        name = keys.wrapping()
        wrapped = custody.wrap(operator, subject, name, new_key())
        row = Key(
            operator_id=operator,
            subject_id=subject,
            wrapper=name,
            wrapped=wrapped,
            made_at=clock.now(),
        )
        Key.objects.bulk_create([row], ignore_conflicts=True)
        row = locked.get()
    return custody.unwrap(operator, subject, row.wrapper, bytes(row.wrapped))


def open_renewed(row: Value, share: bytes) -> str:
    """Open a value whose person got another data key since its row was read: key and value are
    read again, in one statement. Raises ``SealBroken`` if that was not the reason."""
    operator, subject = row.operator_id, row.subject_id
    with connection.cursor() as cursor:
        cursor.execute(_TOGETHER, [operator, row.slot])
        found = cursor.fetchone()
    if found is None:
        raise SealBroken("A sealed value does not open; restore its row from a backup.")
    wrapper, wrapped, sealed = found
    data_key = custody.unwrap(operator, subject, wrapper, bytes(wrapped))
    return unseal(value_key(data_key, share), place(row), bytes(sealed))


def place(row: Value) -> Place:
    return Place(row.operator_id, row.subject_id, row.record_id, row.field, row.version)
