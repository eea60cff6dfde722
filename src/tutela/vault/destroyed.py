"""Notes what a destruction takes, so that it can be repeated after a restore."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.db import swift
from tutela.journal import actions as journal
from tutela.vault import endings
from tutela.vault.endings import DESTROYED
from tutela.vault.entries import PartDestroyed

_KNOWN = """
SELECT subject_id FROM vault_ending
WHERE operator_id = %s AND subject_id = ANY(%s) AND kind = %s AND content @> '{"whole": true}'
"""


class Gone(Protocol):
    """A row of a sealed value that is deleted."""

    @property
    def record_id(self) -> UUID: ...
    @property
    def field(self) -> str: ...
    @property
    def slot(self) -> int: ...


def note_whole(operator: UUID, gone: Mapping[UUID, Sequence[Gone]]) -> None:
    """What goes of each person who goes whole, for the file beside the shares: who has it can
    destroy it again in a copy from before. Of somebody without values it is noted once."""
    empty = [subject for subject, rows in gone.items() if not rows]
    known = {each for (each,) in swift.rows(_KNOWN, (operator, empty, DESTROYED))} if empty else ()
    notes = [
        (subject, new_id(), _said(rows, whole=True))
        for subject, rows in gone.items()
        if subject not in known
    ]
    endings.note_many(operator, DESTROYED, notes)


def note_parts(permit: Permit, subject: UUID, gone: Iterable[Gone]) -> None:
    """The same where something of the person stays, and for the journal too."""
    said = _said(gone, whole=False)
    if not said["places"]:
        return
    endings.note(permit.operator, subject, DESTROYED, said, id=new_id())
    journal.append_many(
        permit.operator,
        [
            PartDestroyed(
                subject=subject,
                actor=permit.actor,
                action=permit.action,
                purpose=permit.purpose,
                clause=permit.clause,
                record=UUID(record),
                fields=tuple(fields),
            )
            for record, fields in said["places"].items()
        ],
    )


def _said(gone: Iterable[Gone], *, whole: bool) -> dict[str, Any]:
    places: dict[str, set[str]] = {}
    slots = []
    for each in gone:
        places.setdefault(str(each.record_id), set()).add(each.field)
        slots.append(each.slot)
    ordered = {record: sorted(fields) for record, fields in sorted(places.items())}
    return {"whole": whole, "places": ordered, "slots": sorted(slots)}
