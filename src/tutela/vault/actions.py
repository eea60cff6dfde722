"""What the vault offers to other rooms. The caller has opened ``operator_scope``.

Everything that touches values takes a permit of the current transaction. The gate holds the
person's standing locked for as long as the permit lives, so nothing here races with a withdrawal
or a destruction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from tutela.core import clock
from tutela.core.permits import Permit, check
from tutela.core.vocabulary import TRANSFER, Action, LawPurpose
from tutela.db.scope import operator_scope, transaction_id
from tutela.identity import actions as identity
from tutela.vault import keystore, references, rows
from tutela.vault.errors import FieldNotPermitted, NoSuchValue, PurposeNotPermitted, Unindexable
from tutela.vault.models import Identifier, Key, Record, Shred
from tutela.vault.models import Value as Row
from tutela.vault.passphrase import is_sealed
from tutela.vault.unsealing import listening
from tutela.vault.values import Destroyed, RecordRow, Value

__all__ = [
    "Destroyed",
    "RecordRow",
    "Value",
    "all_records",
    "correct",
    "destroy",
    "find",
    "history",
    "holdings",
    "is_sealed",
    "left_of_destroyed",
    "listening",
    "read",
    "records",
    "reference",
    "shred_pending",
    "store",
]

STORING = frozenset({Action.COLLECTION, Action.RECORDING})
READING = frozenset({Action.EXTRACTION, Action.USE}) | TRANSFER
CORRECTING = frozenset({Action.CLARIFICATION})
FINDING = frozenset({Action.EXTRACTION})
ENDING = frozenset({Action.DELETION, Action.DESTRUCTION})


def store(
    permit: Permit,
    *,
    record: UUID,
    point: str,
    purposes: tuple[str, ...],
    values: Mapping[str, str],
    source: str = "subject",
) -> None:
    """Seal ``values`` (field: text) into ``record``, which is made if it is new.

    A field the record already has stays as it is, so that a repeat stores nothing twice; only
    ``correct`` changes a value. ``purposes`` are added to those of the record and contain the
    permit's own. ``source`` is a slug that says who told: ``subject``, ``staff``, ``partner``.
    Raises ``FieldNotPermitted``, ``PurposeNotPermitted``, ``RecordExists`` (the record belongs
    to another point) and ``Unindexable``.
    """
    subject = _enter(permit, STORING, values)
    if permit.purpose not in purposes:
        raise PurposeNotPermitted("A record is kept for the purpose it was permitted for.")
    now = clock.now()
    rows.keep_record(
        Record(
            operator_id=permit.operator,
            subject_id=subject,
            id=record,
            point=point,
            purposes=list(purposes),
            source=source,
            received_at=now,
        )
    )
    current = rows.current(permit.operator, subject).filter(record_id=record)
    held = set(current.values_list("field", flat=True))
    fresh = {
        Row(
            operator_id=permit.operator,
            subject_id=subject,
            record_id=record,
            field=field,
            version=1,
            source=source,
            status="stated",
            received_at=now,
        ): text
        for field, text in values.items()
        if field not in held
    }
    rows.seal_in(permit.operator, subject, fresh)


def read(permit: Permit) -> list[Value]:
    """The current values of the permit's fields, by record and field.

    A purpose of the policy sees only the records that were taken for it: data collected for one
    purpose does not serve another (152-FZ article 5(3), GDPR article 5(1)(b); 004 2.17.2-3).
    What was destroyed and came back with an old copy of the database is passed over, and so is
    what is blocked (``Permit.left_out``).
    """
    return _open(permit, superseded=False)


def history(permit: Permit) -> list[Value]:
    """Earlier versions of the permit's fields, oldest first; they end with the value itself."""
    return _open(permit, superseded=True)


def find(permit: Permit, field: str, value: str) -> UUID | None:
    """The person who holds this identifying value, the longest holder if there are several.

    The longest, because a value somebody else later claims must not take over a sign-in. None
    also for a value that is not of the field's form.
    """
    check(
        permit,
        operator=permit.operator,
        subject=None,
        actions=FINDING,
        transaction=transaction_id(),
    )
    _cover(permit, (field,))
    try:
        return rows.find(permit.operator, field, value)
    except Unindexable:
        return None


def reference(operator_id: UUID, name: str) -> str:
    """The keyed digest of the name that the operator's own site has for a person."""
    return references.digest(operator_id, name)


def correct(permit: Permit, record: UUID, field: str, value: str) -> None:
    """Seal a new version of one value; the old one stays, sealed, until the value is destroyed
    (152-FZ article 20(3), GDPR article 16; 004 9.7). Raises ``NoSuchValue``."""
    subject = _enter(permit, CORRECTING, (field,))
    place = rows.current(permit.operator, subject).filter(record_id=record, field=field)
    old = place.select_for_update().first()
    if old is None:
        raise NoSuchValue("There is no such value to correct; look at the holdings first.")
    now = clock.now()
    place.update(superseded_at=now)
    rows.drop_identifiers(permit.operator, subject, {(record, field)})
    new = Row(
        operator_id=permit.operator,
        subject_id=subject,
        record_id=record,
        field=field,
        version=old.version + 1,
        source=permit.actor.kind,
        status="corrected",
        received_at=now,
    )
    rows.seal_in(permit.operator, subject, {new: value})


def records(operator_id: UUID, subject: UUID) -> list[RecordRow]:
    """The person's records, oldest first, without their values."""
    found = Record.objects.filter(operator_id=operator_id, subject_id=subject)
    return [
        RecordRow(row.id, row.point, tuple(row.purposes), row.source, row.received_at)
        for row in found.order_by("received_at", "id")
    ]


def holdings(operator_id: UUID, subject: UUID) -> dict[UUID, frozenset[str]]:
    """The fields held in each record, without their values."""
    held: dict[UUID, set[str]] = {}
    for record, field in rows.current(operator_id, subject).values_list("record_id", "field"):
        held.setdefault(record, set()).add(field)
    return {record: frozenset(fields) for record, fields in held.items()}


def left_of_destroyed(operator_id: UUID) -> int:
    """Rows of any kind about people of whom nothing may be left; anything but 0 is a breach."""
    gone = identity.destroyed(operator_id)
    return sum(
        table.objects.filter(operator_id=operator_id, subject_id__in=gone).count()
        for table in (Key, Record, Row, Identifier)
    )


def all_records(operator_id: UUID) -> QuerySet[Record, UUID]:
    """The ids of every record there is, as a query that others may look into."""
    return Record.objects.filter(operator_id=operator_id).values_list("id", flat=True)


def destroy(
    permit: Permit, *, record: UUID | None = None, fields: Collection[str] | None = None
) -> Destroyed:
    """Destroy a person whole, or a record, or some fields, with history and blind index.

    The permit must cover every field that goes. Where nothing of the person stays, the data key
    goes too. Repeating it destroys nothing more and says so with zeros.

    A deleted row is not gone: PostgreSQL keeps it in dead tuples until vacuum, in the
    write-ahead log until that is recycled, and in any copy of its files. An overwriting UPDATE
    would only write one row more. What makes all of those unreadable is the share in the key
    store: this transaction leaves a row of work for each slot, and the slot is overwritten once
    it has committed, by ``shred_pending`` right after or by the sweep (152-FZ article 3(8): it
    becomes impossible to restore the content; 004 1.16).
    """
    subject = _enter(permit, ENDING)
    doomed = Row.objects.filter(operator_id=permit.operator, subject_id=subject)
    doomed = doomed if record is None else doomed.filter(record_id=record)
    doomed = doomed if fields is None else doomed.filter(field__in=fields)
    gone = list(doomed.select_for_update())
    _cover(permit, {each.field for each in gone})
    deciding = transaction_id()
    Shred.objects.bulk_create(
        Shred(operator_id=permit.operator, slot=each.slot, transaction=deciding) for each in gone
    )
    doomed.delete()
    places = {(each.record_id, each.field) for each in gone}
    index_rows = rows.drop_identifiers(permit.operator, subject, places)
    keys = rows.drop_what_is_empty(permit.operator, subject)
    if gone:
        transaction.on_commit(lambda: _shred_now(permit.operator), robust=True)
    return Destroyed(
        records=tuple(sorted({record for record, _ in places})),
        fields=tuple(sorted({field for _, field in places})),
        values=len(gone),
        keys=keys,
        index_rows=index_rows,
    )


def shred_pending(operator_id: UUID) -> int:
    """Overwrite the shares of values whose destruction has committed; the number of shares.

    Safe to repeat and to run twice at once: the row of work goes only after the disk has done
    it. Rows of the current transaction wait, because it may yet be rolled back.
    """
    work = Shred.objects.filter(operator_id=operator_id).exclude(transaction=transaction_id())
    slots = list(work.select_for_update(skip_locked=True).values_list("slot", flat=True))
    if slots:
        keystore.shred(operator_id, slots)
        Shred.objects.filter(operator_id=operator_id, slot__in=slots).delete()
    return len(slots)


def _shred_now(operator_id: UUID) -> None:
    with operator_scope(operator_id):
        shred_pending(operator_id)


def _enter(permit: Permit, actions: frozenset[Action], fields: Iterable[str] = ()) -> UUID:
    """The person the permit is about, after every check of the permit."""
    subject = permit.subject
    check(
        permit,
        operator=permit.operator,
        subject=subject,
        actions=actions,
        transaction=transaction_id(),
    )
    if subject is None:
        raise FieldNotPermitted("The permit names no person; ask the gate about one.")
    _cover(permit, fields)
    return subject


def _cover(permit: Permit, fields: Iterable[str]) -> None:
    if beyond := sorted(set(fields) - permit.fields):
        raise FieldNotPermitted(f"The permit does not cover {', '.join(beyond)}.")


def _open(permit: Permit, *, superseded: bool) -> list[Value]:
    subject = _enter(permit, READING)
    kept = {
        row.id: row
        for row in records(permit.operator, subject)
        if permit.purpose in (*LawPurpose, *row.purposes)
    }
    wanted = Row.objects.filter(
        operator_id=permit.operator,
        subject_id=subject,
        record_id__in=kept,
        field__in=permit.fields,
        superseded_at__isnull=not superseded,
    ).order_by("record_id", "field", "version")
    found = [row for row in wanted if not _is_left_out(permit, row)]
    return [
        Value(
            record=row.record_id,
            field=row.field,
            value=text,
            point=kept[row.record_id].point,
            received_at=row.received_at,
            source=row.source,
            status=row.status,
            version=row.version,
            superseded_at=row.superseded_at,
        )
        for row, text in rows.open_all(permit.operator, subject, found)
    ]


def _is_left_out(permit: Permit, row: Row) -> bool:
    record = str(row.record_id)
    return not permit.left_out.isdisjoint({(record, ""), (record, row.field)})
