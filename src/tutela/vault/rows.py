"""The rows of one person: sealing them, opening them, and what hangs on them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from tutela.core import clock
from tutela.policy import actions as policies
from tutela.vault import index, keystore
from tutela.vault.errors import KeyLost, RecordExists
from tutela.vault.keys import FileWrapper, KeyWrapper, Wrapped
from tutela.vault.models import Identifier, Key, Record, Value
from tutela.vault.sealing import Place, new_key, seal, unseal, value_key

WRAPPER: KeyWrapper = FileWrapper()


def current(operator: UUID, subject: UUID) -> QuerySet[Value]:
    return Value.objects.filter(operator_id=operator, subject_id=subject, superseded_at=None)


def keep_record(record: Record) -> None:
    """Make the record, or add purposes to the one that is there."""
    Record.objects.bulk_create([record], ignore_conflicts=True)
    kept = Record.objects.select_for_update().get(pk=record.pk)
    if kept.point != record.point:
        raise RecordExists("This record was made at another collection point; begin a new one.")
    if added := [each for each in record.purposes if each not in kept.purposes]:
        Record.objects.filter(pk=record.pk).update(purposes=[*kept.purposes, *added])


def seal_in(operator: UUID, subject: UUID, texts: Mapping[Value, str]) -> None:
    """Insert the rows, each with its text sealed and, if it identifies, its index entry."""
    if not texts:
        return
    data_key = _data_key(operator, subject, make=True)
    shares = keystore.allocate(operator, len(texts))
    for (row, text), (slot, share) in zip(texts.items(), shares, strict=True):
        row.slot = slot
        row.sealed = seal(value_key(data_key, share), _place(row), text)
    Value.objects.bulk_create(texts)
    identifying = policies.in_force(operator).fields
    Identifier.objects.bulk_create(
        Identifier(
            operator_id=operator,
            field=row.field,
            digest=digest_of(operator, row.field, text),
            subject_id=subject,
            record_id=row.record_id,
            since=row.received_at,
        )
        for row, text in texts.items()
        if identifying[row.field].identifies
    )


def open_all(operator: UUID, subject: UUID, sealed: Sequence[Value]) -> Iterator[tuple[Value, str]]:
    """Each row with its text; rows whose share was destroyed are passed over."""
    if not sealed:
        return
    data_key = _data_key(operator, subject, make=False)
    shares = keystore.shares(operator, [row.slot for row in sealed])
    for row, share in zip(sealed, shares, strict=True):
        if share is not None:
            key = value_key(data_key, share)
            yield row, unseal(key, _place(row), bytes(row.sealed))


def digest_of(operator: UUID, field: str, value: str) -> bytes:
    """Raises ``Unindexable``. The policy in force says of what kind the field is."""
    policy = policies.in_force(operator)
    normal = index.normalise(policy.fields[field].type, value, policy.operator.territory)
    return index.digest(operator, field, normal)


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


def _data_key(operator: UUID, subject: UUID, *, make: bool) -> bytes:
    """The person's data key, unwrapped for the caller's transaction and remembered nowhere."""
    found = Key.objects.filter(operator_id=operator, subject_id=subject)
    if make and not found.exists():
        wrapped = WRAPPER.wrap(operator, subject, new_key())
        row = Key(
            operator_id=operator,
            subject_id=subject,
            wrapper=wrapped.wrapper,
            wrapped=wrapped.data,
            made_at=clock.now(),
        )
        Key.objects.bulk_create([row], ignore_conflicts=True)
    kept = found.first()
    if kept is None:
        raise KeyLost("Values have no data key; restore the row of their key from a backup.")
    return WRAPPER.unwrap(operator, subject, Wrapped(kept.wrapper, bytes(kept.wrapped)))


def _place(row: Value) -> Place:
    return Place(row.operator_id, row.subject_id, row.record_id, row.field, row.version)
