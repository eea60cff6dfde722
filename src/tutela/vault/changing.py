"""Storing, correcting and destroying one record in the statement in which the gate decides.

Sealing and marking need what is there, and the statement writes what was sealed; so the record is
read first (``HELD``), with the standing. What was read is confirmed by the record's mark, which is
over all that the record is and holds: the statement changes nothing unless it finds the same mark
and the same data key, under its locks. ``vault.store``, ``correct`` and ``destroy`` do the same in
some twenty statements and remain the specification; a test holds the two together.

A record from before marks, a file, a field by which people are found, a person without a data
key: these are ``None`` here and go the longer way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from tutela.core.ids import new_id
from tutela.core.permits import Permit, check
from tutela.core.vocabulary import Action
from tutela.db import swift
from tutela.journal import actions as journal
from tutela.policy.model import Policy
from tutela.vault import custody, destroying, endings, keystore, marks
from tutela.vault.actions import CORRECTING, FROM_SUBJECT, STORING, no_such_value, told_by
from tutela.vault.ending_lines import Line
from tutela.vault.entering import ENDING, cover
from tutela.vault.entries import PartDestroyed
from tutela.vault.errors import FieldNotPermitted, PurposeNotPermitted, UnfitText
from tutela.vault.models import Record
from tutela.vault.provenance import Provenance, joined
from tutela.vault.sealing import Place, seal, value_key
from tutela.vault.values import Destroyed

UNCONFIRMED = 0
"""In place of a transaction in the permit that prepares a change: it opens and writes nothing; only
the statement that confirms the decision does, in the transaction that journals it."""

COLUMNS = ", ".join(
    (
        *("k.wrapper", "k.wrapped", "r.point", "r.purposes", "r.source", "r.received_at", "r.mark"),
        *(f"v.{name}" for name in marks.OF_VALUE),
    )
)
_OF_RECORD = 7
HELD = """
LEFT JOIN LATERAL (
    SELECT * FROM vault_key k WHERE peeked.digest IS NOT NULL
      AND k.operator_id = %(operator)s AND k.subject_id = %(subject)s
) AS k ON true
LEFT JOIN LATERAL (
    SELECT * FROM vault_record r WHERE peeked.digest IS NOT NULL
      AND r.operator_id = %(operator)s AND r.subject_id = %(subject)s AND r.id = %(record)s
) AS r ON true
LEFT JOIN vault_value v ON (v.operator_id, v.subject_id, v.record_id)
    = (r.operator_id, r.subject_id, r.id)
ORDER BY v.field, v.version
"""
"""Joined to a statement that gives the ``digest`` of the policy as ``peeked``: one record, if there
is one, and the person's data key."""

_PUT, _TAKE, _NONE = "put", "take", "none"
CALLED = {
    _PUT: "vault_put(confirmed, %(asked)s::jsonb, %(change)s::jsonb, %(sealed)s, %(key)s, "
    "%(before)s, %(after)s)",
    _TAKE: "vault_take(confirmed, %(asked)s::jsonb, %(change)s::jsonb, %(before)s)",
    _NONE: "vault_none(confirmed, %(asked)s::jsonb, %(record)s)",
}
"""The functions of the database, by the kind of a change, with what they are told: joined to a
statement that gives ``confirmed``."""
_TAKEN = "SELECT vault_taken(%s, %s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Change:
    """Which of ``CALLED`` carries it out, with which arguments; ``done`` takes what that gives."""

    kind: str
    arguments: Mapping[str, Any]
    done: Callable[[Sequence[Any]], Any]


@dataclass(frozen=True, slots=True)
class Held:
    """What ``HELD`` gave of one record: its data key, its row and its values' without the sealed
    bytes."""

    operator: UUID
    subject: UUID
    record: UUID
    moment: datetime
    wrapper: str | None
    wrapped: bytes
    row: Record | None
    values: list[dict[str, Any]]
    finding: frozenset[str]
    """The fields by which the policy lets people be found."""

    @classmethod
    def of(
        cls,
        found: swift.Rows,
        policy: Policy,
        place: tuple[UUID, UUID, UUID],
        moment: datetime,
    ) -> Held:
        """Made of the rows that ``COLUMNS`` of ``HELD`` gave, of at least one."""
        wrapper, wrapped, point, purposes, source, received_at, mark = found[0][:_OF_RECORD]
        operator, subject, record = place
        row = None
        if point is not None:
            row = Record(
                operator_id=operator,
                subject_id=subject,
                id=record,
                point=point,
                purposes=purposes,
                source=source,
                received_at=received_at,
                mark=mark,
            )
        each = [dict(zip(marks.OF_VALUE, line[_OF_RECORD:], strict=True)) for line in found]
        values = [line for line in each if line["field"] is not None]
        finding = frozenset(name for name, field in policy.fields.items() if field.identifies)
        return cls(*place, moment, wrapper, wrapped, row, values, finding)

    def seals(self, fields: Collection[str]) -> bool:
        """Whether these fields can be sealed here: there is a data key, and none of them is one
        to find people by."""
        return self.wrapper is not None and bool(fields) and self.finding.isdisjoint(fields)

    @property
    def current(self) -> dict[str, dict[str, Any]]:
        return {each["field"]: each for each in self.values if each["superseded_at"] is None}


def store(
    permit: Permit,
    held: Held,
    *,
    point: str,
    purposes: tuple[str, ...],
    values: Mapping[str, str],
    provenance: Provenance = FROM_SUBJECT,
) -> Change | None:
    """The change that ``vault.store`` would make; raises what that raises."""
    _enter(permit, held, STORING, values)
    if permit.purpose not in purposes:
        raise PurposeNotPermitted("A record is kept for the purpose it was permitted for.")
    row = held.row
    texts = {field: text for field, text in values.items() if field not in held.current}
    if not held.seals(texts):
        return None
    if row is None:
        row = Record(
            operator_id=held.operator,
            subject_id=held.subject,
            id=held.record,
            point=point,
            purposes=list(purposes),
            source=provenance.kind,
            received_at=held.moment,
        )
    elif row.mark is None or row.point != point or not set(purposes) <= set(row.purposes):
        return None
    return _put(held, row, texts, provenance)


def correct(
    permit: Permit, held: Held, field: str, value: str, provenance: Provenance | None = None
) -> Change | None:
    """The change that ``vault.correct`` would make; raises what that raises."""
    _enter(permit, held, CORRECTING, {field: value})
    told = told_by(permit) if provenance is None else provenance
    old = held.current.get(field)
    if old is None:
        raise no_such_value(is_kept=held.row is not None)
    if held.row is None or held.row.mark is None or not held.seals({field}):
        return None
    old["superseded_at"] = held.moment
    return _put(held, held.row, {field: value}, told, version=old["version"] + 1)


def destroy(permit: Permit, held: Held) -> Change | None:
    """The change that ``vault.destroy`` of the record would make; raises what that raises."""
    _enter(permit, held, ENDING, {})
    cover(permit, {each["field"] for each in held.values})
    if held.row is None:
        return Change(_NONE, {"record": held.record}, lambda _found: _NOTHING)
    if held.row.mark is None or not held.values:
        return None
    fields = sorted({each["field"] for each in held.values})
    content = {
        "whole": False,
        "places": {str(held.record): fields},
        "slots": sorted(each["slot"] for each in held.values),
    }
    ending = Line(0, new_id(), held.subject, endings.DESTROYED, held.moment, content)
    said = PartDestroyed(
        subject=held.subject,
        actor=permit.actor,
        action=permit.action,
        purpose=permit.purpose,
        clause=permit.clause,
        record=held.record,
        fields=tuple(fields),
    )
    entry = journal.filled(journal.template(said), held.subject, permit.actor)
    change = {
        "record": str(held.record),
        "ending": str(ending.id),
        "kind": ending.kind,
        "content": content,
        "moment": held.moment.isoformat(),
        "entry": json.loads(entry),
    }

    def done(found: Sequence[Any]) -> Destroyed:
        keys, index_rows, chunks, *last = found
        transaction.on_commit(lambda: _end(held.operator, ending, *last), robust=True)
        return Destroyed((held.record,), tuple(fields), len(held.values), keys, index_rows, chunks)

    arguments = {"change": json.dumps(change), "before": held.row.mark}
    return Change(_TAKE, arguments, done)


_NOTHING = Destroyed((), (), 0, 0, 0, 0)
"""What was destroyed where nothing was left; whoever asks twice is told so."""


def _end(operator: UUID, ending: Line, highest: int, installation: UUID | None) -> None:
    """What ``destroy`` does once it has committed: the line, the shares, and that both are done."""
    number = None
    if installation is not None:  # a private database has no name of its own
        place = endings.path(operator, installation)
        number = endings.write_next(operator, ending, highest, place)
    if number is None:
        destroying.shred_now(operator)
        return
    slots = list(ending.content["slots"])
    keystore.shred(operator, slots)
    swift.row(_TAKEN, (operator, ending.subject, ending.id, number, slots))


def _enter(
    permit: Permit, held: Held, actions: frozenset[Action], texts: Mapping[str, str]
) -> None:
    subject = permit.subject
    check(
        permit,
        operator=held.operator,
        subject=held.subject,
        actions=actions,
        transaction=UNCONFIRMED,
    )
    if subject is None:
        raise FieldNotPermitted("The permit names no person; ask the gate about one.")
    cover(permit, texts)
    if any("\x00" in text for text in texts.values()):
        raise UnfitText("The value holds a character that no text contains; leave it out.")


def _put(
    held: Held, row: Record, texts: Mapping[str, str], provenance: Provenance, version: int = 1
) -> Change:
    status = "corrected" if version > 1 else "stated"
    shares = keystore.take(held.operator, len(texts))
    data_key = custody.unwrap(held.operator, held.subject, held.wrapper or "", held.wrapped)
    sealed, added = [], []
    for (field, text), (slot, share) in zip(texts.items(), shares, strict=True):
        place = Place(held.operator, held.subject, held.record, field, version)
        sealed.append(seal(value_key(data_key, share), place, joined(text, provenance.reference)))
        told = {"source": provenance.kind, "status": status, "received_at": held.moment}
        added.append({"field": field, "version": version, "slot": slot, **told, **marks.UNCHANGED})
    after = sorted([*held.values, *added], key=lambda each: (each["field"], each["version"]))
    change = {
        "record": str(held.record),
        "point": row.point,
        "purposes": row.purposes,
        "source": provenance.kind,
        "status": status,
        "moment": held.moment.isoformat(),
        "version": version,
        "fields": list(texts),
        "slots": [slot for slot, _share in shares],
    }
    arguments = {
        "change": json.dumps(change),
        "sealed": sealed,
        "key": held.wrapped,
        "before": row.mark,
        "after": marks.over(row, after),
    }
    return Change(_PUT, arguments, lambda _found: None)
