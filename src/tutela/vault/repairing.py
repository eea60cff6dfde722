"""Puts back what was changed or removed without authority: from a backup, or from history.

A record is put back as the backup has it, if the backup's own mark holds: every version of every
field, with its chunks; versions that came since and open are kept. What was destroyed lawfully
since the backup is never put back: it stands in ``endings``, and its share is gone. Each record is
one transaction; values are opened inside the vault only, to be sealed with today's data key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.vault import custody, damages, endings, keystore, marks, rows
from tutela.vault.attachments import chunks as files
from tutela.vault.attachments import storing
from tutela.vault.backups.copied import Copied
from tutela.vault.errors import SealBroken
from tutela.vault.models import Chunk, Damage, Identifier, Key, Record, Value
from tutela.vault.provenance import joined, parted
from tutela.vault.sealing import seal, unseal, value_key


@dataclass(frozen=True, slots=True)
class Repaired:
    """Records put back, and those that the source could not mend."""

    records: int = 0
    left: int = 0


def from_backup(operator: UUID, copied: Copied) -> Repaired:
    """Put back every record with an open damage that the backup can mend."""
    return _each(operator, lambda subject, record: _put_back(operator, subject, record, copied))


def from_history(operator: UUID) -> Repaired:
    """Where the current version of a value does not open, let the one before it be in force; what
    had been corrected by the broken one is lost, and only a backup brings it back."""
    return _each(operator, lambda subject, record: _step_back(operator, subject, record))


def _each(operator: UUID, mend: Callable[[UUID, UUID], str]) -> Repaired:
    with operator_scope(operator):
        open_ones = damages.open_damages(operator)
    places = sorted({(each.subject_id, each.record_id) for each in open_ones if each.record_id})
    mended = 0
    for subject, record in places:
        with operator_scope(operator):
            if how := mend(subject, record):
                mended += 1
                _settle(operator, subject, record, how)
    return Repaired(mended, len(places) - mended)


def _settle(operator: UUID, subject: UUID, record: UUID, how: str) -> None:
    still = {(each.kind, each.record) for each in damages.look(operator, subject)}
    rows_ = Damage.objects.filter(
        operator_id=operator, subject_id=subject, record_id=record, ended_at=None
    )
    for row in rows_:
        if (row.kind, record) not in still:
            damages.end(row, how)


def _put_back(operator: UUID, subject: UUID, record: UUID, copied: Copied) -> str:
    """“backup”, or nothing if the backup cannot mend this record."""
    whole, ended = endings.ended_places(operator, subject)
    gone = identity.destroyed(operator).filter(subject_id=subject).exists()
    row = next((each for each in copied.records[subject] if each.id == record), None)
    then = [each for each in copied.values[subject] if each.record_id == record]
    if whole or gone or row is None or not then or not _is_marked(row, then):
        return ""
    then = [each for each in then if (str(record), each.field) not in ended]
    texts = _opened(operator, subject, then, copied.keys.get(subject))
    if len(texts) < len(then) or not texts:
        return ""
    texts.update(_since(operator, subject, record, then))
    _write(operator, subject, row, texts, copied)
    return "backup"


def _is_marked(row: Record, values: list[Value]) -> bool:
    if row.mark is None:
        return True  # from before marks; what opens in its place is genuine all the same
    ordered = sorted(values, key=lambda each: (each.field, each.version))
    said = [{name: getattr(each, name) for name in marks.OF_VALUE} for each in ordered]
    return marks.over(row, said) == bytes(row.mark)


def _opened(
    operator: UUID, subject: UUID, values: list[Value], key: Key | None
) -> dict[Value, str]:
    """The values that open with the data key ``key``, each with its text."""
    if key is None or not values:
        return {}
    data_key = custody.unwrap(operator, subject, key.wrapper, bytes(key.wrapped))
    slots = [each.slot for each in values]
    lost = keystore.lost(operator, slots)
    found: dict[Value, str] = {}
    for value in values:
        if value.slot in lost:
            continue
        (share,) = keystore.shares(operator, [value.slot])
        if share is None:
            continue
        try:
            sealed = unseal(value_key(data_key, share), rows.place(value), bytes(value.sealed))
        except SealBroken:
            continue
        text, value.reference = parted(sealed)
        found[value] = text
    return found


def _since(operator: UUID, subject: UUID, record: UUID, then: list[Value]) -> dict[Value, str]:
    """What came after the backup and opens: later versions, and fields that were added."""
    newest: dict[str, int] = {}
    for each in then:
        newest[each.field] = max(each.version, newest.get(each.field, 0))
    now = Value.objects.filter(operator_id=operator, subject_id=subject, record_id=record)
    later = [each for each in now if each.version > newest.get(each.field, 0)]
    key = Key.objects.filter(operator_id=operator, subject_id=subject).first()
    return _opened(operator, subject, later, key)


def _write(
    operator: UUID, subject: UUID, row: Record, texts: dict[Value, str], copied: Copied
) -> None:
    own = {"operator_id": operator, "subject_id": subject}
    custody.hold(operator)
    Key.objects.filter(**own).select_for_update().first()
    if not Key.objects.filter(**own).exists():
        Key.objects.bulk_create([copied.keys[subject]])
    data_key = rows.data_key_of(operator, subject)
    here = {**own, "record_id": row.id}
    later = {each for each in texts if each not in set(copied.values[subject])}
    kept = {(each.field, each.version) for each in later}
    for old in Chunk.objects.filter(**here).defer("sealed"):
        if (old.field, old.version) not in kept:
            Chunk.objects.filter(pk=old.pk).delete()
    Value.objects.filter(**here).delete()
    Record.objects.filter(**own, id=row.id).delete()
    row.mark = None
    Record.objects.bulk_create([row])
    ordered = sorted(texts, key=lambda each: (each.field, each.version))
    _order(ordered)
    for value in ordered:
        (share,) = keystore.shares(operator, [value.slot])
        text = joined(texts[value], value.reference)
        value.sealed = seal(value_key(data_key, share or b""), rows.place(value), text)
    Value.objects.bulk_create(ordered)
    Chunk.objects.bulk_create(
        each
        for each in copied.chunks[subject]
        if each.record_id == row.id and (each.field, each.version) not in kept
    )
    _index_anew(operator, subject, row.id, texts)
    marks.put(operator, subject, {row.id})


def _order(values: list[Value]) -> None:
    """Only the last version of a field is current; each ends when the next one came."""
    for value, following in zip(values, [*values[1:], None], strict=True):
        if following is None or following.field != value.field:
            value.superseded_at = None
        elif value.superseded_at is None:
            value.superseded_at = following.received_at


def _index_anew(operator: UUID, subject: UUID, record: UUID, texts: dict[Value, str]) -> None:
    held = Identifier.objects.filter(operator_id=operator, subject_id=subject)
    held.filter(record_id=record).delete()
    current = {each: text for each, text in texts.items() if each.superseded_at is None}
    keys = custody.hold(operator)
    rows.index_values(
        keys, subject, {e: t for e, t in current.items() if files.manifest(t) is None}
    )


def _step_back(operator: UUID, subject: UUID, record: UUID) -> str:
    """“history”, or nothing if there is no earlier version that opens."""
    here = Value.objects.filter(operator_id=operator, subject_id=subject, record_id=record)
    values = list(here.select_for_update())
    key = Key.objects.filter(operator_id=operator, subject_id=subject).first()
    texts = _opened(operator, subject, values, key)
    broken = [each for each in values if each not in texts]
    if not broken:
        return ""
    for each in broken:
        if each.superseded_at is None and not any(good.field == each.field for good in texts):
            return ""
    for each in broken:
        here.filter(field=each.field, version=each.version).delete()
        storing.remove_version(each)
    ordered = sorted(texts, key=lambda each: (each.field, each.version))
    _order(ordered)
    for each in ordered:
        here.filter(field=each.field, version=each.version).update(superseded_at=each.superseded_at)
    _index_anew(operator, subject, record, texts)
    marks.put(operator, subject, {record})
    return "history"
