"""Finds what was changed, removed or added behind Tutela's back, person by person.

What should be there is known from four places that one hand does not reach together: each value
authenticates itself in its place (``sealing``), each record carries a mark over all it holds
(``marks``), the shares lie outside of the database (``keystore``), and the journal, which can only
grow and is signed, names every record whose end was scheduled. What was destroyed lawfully is in
``endings`` and is no damage (001 5.5.7, 004 7.5.7).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.vault import endings, keystore, marks, rows
from tutela.vault.attachments import chunks, storing
from tutela.vault.entries import DamageEnded, DamageFound
from tutela.vault.errors import KeyLost, SealBroken
from tutela.vault.models import Damage, Identifier, Record, Round, Value
from tutela.vault.provenance import parted
from tutela.vault.sealing import unseal, value_key

PEOPLE = 10
"""How many people one look of the sweep takes."""
PAUSE = timedelta(hours=24)
"""From the beginning of one round over everybody to the next."""
_BEGINNING = UUID(int=0)
_SCHEDULED, _DESTROYED = "retention.scheduled", "retention.destroyed"
_MANY = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """``kind`` is one of ``wording.DAMAGE``; ``field`` and ``version`` where one value is meant."""

    kind: str
    record: UUID | None = None
    field: str = ""
    version: int = 0


def look(operator: UUID, subject: UUID) -> list[Found]:
    """What is wrong with what is held of a person now. A record from before marks gets one."""
    if identity.destroyed(operator).filter(subject_id=subject).exists():
        return []
    records = list(Record.objects.filter(operator_id=operator, subject_id=subject))
    values = list(Value.objects.filter(operator_id=operator, subject_id=subject))
    texts, broken = _open(operator, subject, values)
    known = {each.id for each in records}
    strays = sorted({each.record_id for each in values} - known)
    return [
        *(Found("record-unknown", each) for each in strays),
        *_marks(operator, subject, records),
        *broken,
        *_index(operator, subject, texts),
        *(Found("record-lost", each) for each in _lost(operator, subject, known)),
    ]


def _marks(operator: UUID, subject: UUID, records: Iterable[Record]) -> Iterator[Found]:
    for record in records:
        if record.mark is None:
            marks.put(operator, subject, {record.id})
        elif not marks.holds(record):
            yield Found("record-changed", record.id)


def _open(
    operator: UUID, subject: UUID, values: list[Value]
) -> tuple[dict[tuple[UUID, str], str], list[Found]]:
    """The texts of current values by place, and which values do not open."""
    texts: dict[tuple[UUID, str], str] = {}
    broken: list[Found] = []
    slots = [each.slot for each in values]
    lost = keystore.lost(operator, slots) if slots else set()
    there = [each for each in values if each.slot not in lost]
    broken += [_at("share-lost", each) for each in values if each.slot in lost]
    if not there:
        return texts, broken
    shares = keystore.shares(operator, [each.slot for each in there])
    try:
        data_key = rows.data_key_of(operator, subject)
    except (KeyLost, SealBroken):
        return texts, [*broken, *(_at("value-changed", each) for each in there)]
    for value, share in zip(there, shares, strict=True):
        if share is None:
            continue
        try:
            text, _reference = parted(_unsealed(value, data_key, share))
            if known := chunks.manifest(text):
                storing.fetch(value, rows.place(value), known)
        except SealBroken:
            broken.append(_at("value-changed", value))
            continue
        if value.superseded_at is None:
            texts[value.record_id, value.field] = text
    return texts, broken


def _unsealed(value: Value, data_key: bytes, share: bytes) -> str:
    try:
        return unseal(value_key(data_key, share), rows.place(value), bytes(value.sealed))
    except SealBroken:
        return rows.open_renewed(value, share)


def _at(kind: str, value: Value) -> Found:
    return Found(kind, value.record_id, value.field, value.version)


def _index(operator: UUID, subject: UUID, texts: dict[tuple[UUID, str], str]) -> Iterator[Found]:
    """Every identifying value can be found by, and nobody by a value that is not held."""
    fields = policies.in_force(operator).fields
    held = Identifier.objects.filter(operator_id=operator, subject_id=subject)
    entries = {(each.record_id, each.field): each for each in held}
    for place, text in texts.items():
        record, field = place
        if field not in fields or not fields[field].identifies:
            continue
        entry = entries.get(place)
        wanted = rows.digest_or_none(operator, field, text, entry.key) if entry else b""
        if entry is None or (wanted is not None and wanted != bytes(entry.digest)):
            yield Found("index-changed", record, field)
    places = set(
        Value.objects.filter(
            operator_id=operator, subject_id=subject, superseded_at=None
        ).values_list("record_id", "field")
    )
    for record, field in sorted(set(entries) - places):
        yield Found("index-changed", record, field)


def _lost(operator: UUID, subject: UUID, known: set[UUID]) -> list[UUID]:
    """Records of which the journal says that their end was scheduled, and that neither are there
    nor were destroyed. Where something was destroyed before endings were noted, nothing is said."""
    scheduled = journal.entries(operator, subject=subject, kinds=[_SCHEDULED], limit=_MANY)
    whole, places = endings.ended_places(operator, subject)
    ended = {record for record, _field in places}
    wanted = {str(each.data["record"]) for each in scheduled}
    missing = wanted - {str(each) for each in known} - ended
    if whole or not missing:
        return []
    destroyed = journal.entries(operator, subject=subject, kinds=[_DESTROYED], limit=_MANY)
    if len(destroyed) > endings.times_destroyed(operator, subject):
        return []
    return sorted(UUID(each) for each in missing)


def examine(operator: UUID, subject: UUID) -> list[Damage]:
    """Look at a person, enter what is new and close what is whole again, both in the journal;
    what is open now.

    Others write meanwhile, and a look reads by several statements: only what a second look finds
    too is there.
    """
    found = look(operator, subject)
    if found:
        again = look(operator, subject)
        found = [each for each in found if each in again]
    open_ones = Damage.objects.filter(operator_id=operator, subject_id=subject, ended_at=None)
    known = {Found(each.kind, each.record_id, each.field, each.version): each for each in open_ones}
    for each in found:
        if each not in known:
            _enter(operator, subject, each)
    for each, row in known.items():
        if each not in found:
            end(row, "whole")
    return list(open_ones.all())


def _enter(operator: UUID, subject: UUID, each: Found) -> None:
    row = Damage.objects.create(
        operator_id=operator,
        subject_id=subject,
        id=new_id(),
        kind=each.kind,
        record_id=each.record,
        field=each.field,
        version=each.version,
        found_at=clock.now(),
    )
    journal.append(
        operator,
        DamageFound(
            subject=subject,
            damage=row.id,
            what=each.kind,
            record=each.record,
            fields=(each.field,) if each.field else (),
        ),
    )


def end(row: Damage, how: str) -> None:
    """Settle what was found; ``how`` is one of ``wording.SETTLED``."""
    Damage.objects.filter(pk=row.pk).update(ended_at=clock.now(), ended_how=how)
    journal.append(row.operator_id, DamageEnded(subject=row.subject_id, damage=row.id, how=how))


def open_damages(operator: UUID) -> list[Damage]:
    """What was found and is not settled, the oldest first."""
    return list(Damage.objects.filter(operator_id=operator, ended_at=None).order_by("found_at"))


def people_after(operator: UUID, after: UUID, limit: int) -> list[UUID]:
    """The next people of whom something is held or the journal speaks."""
    held = Value.objects.filter(operator_id=operator, subject_id__gt=after)
    ids = held.order_by("subject_id").values_list("subject_id", flat=True).distinct()[:limit]
    return sorted({*ids, *journal.people_after(operator, after, limit)})[:limit]


def go_round(operator: UUID, now: datetime, people: int = PEOPLE) -> int:
    """Look at the next people of the round; how many. A round begins a day after the one before
    it began. Each person is looked at in a transaction of their own."""
    with operator_scope(operator):
        row, _made = Round.objects.get_or_create(
            operator_id=operator,
            defaults={"after": _BEGINNING, "began_at": now, "next_at": now},
        )
        if now < row.next_at:
            return 0
        if row.after == _BEGINNING:
            row.began_at, row.people = now, 0
        next_ones = people_after(operator, row.after, people)
    for subject in next_ones:
        with operator_scope(operator):
            examine(operator, subject)
    with operator_scope(operator):
        row.people += len(next_ones)
        row.after = next_ones[-1] if next_ones else _BEGINNING
        if len(next_ones) < people:
            row.after, row.ended_at, row.ended_people = _BEGINNING, now, row.people
            row.next_at = max(row.began_at + PAUSE, now)
        row.save()
    return len(next_ones)


def count(operator: UUID, subject: UUID) -> int:
    """How many values of a person there are, earlier versions included."""
    return Value.objects.filter(operator_id=operator, subject_id=subject).count()


def not_opening(operator: UUID, subject: UUID) -> int:
    """How many of them do not open."""
    values = list(Value.objects.filter(operator_id=operator, subject_id=subject))
    return len(_open(operator, subject, values)[1])
