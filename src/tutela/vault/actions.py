"""What the vault offers to other rooms. The caller has opened ``operator_scope``.

Everything that touches values takes a permit of the current transaction. The gate holds the
person's standing locked for as long as the permit lives, so nothing here races with a withdrawal
or a destruction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from tutela.core import clock
from tutela.core.permits import Permit, check
from tutela.core.vocabulary import TRANSFER, Action, Actor, ActorKind, LawPurpose
from tutela.db.scope import operator_scope, transaction_id
from tutela.vault import (
    confirming,
    marks,
    pseudonyms,
    references,
    rows,
)
from tutela.vault.attachments import chunks, storing
from tutela.vault.attachments.errors import UnfitFile
from tutela.vault.attachments.examining import Clean, examine
from tutela.vault.confirming import Mark, status_marks
from tutela.vault.destroying import destroy, destroy_people, shred_pending
from tutela.vault.endings import WITHDRAWN
from tutela.vault.endings import note as note_ending
from tutela.vault.entering import cover, enter
from tutela.vault.errors import (
    NoSuchRecord,
    NoSuchValue,
    PurposeNotPermitted,
    UnfitText,
    Unindexable,
)
from tutela.vault.holding import (
    all_records,
    count_of,
    holder_of,
    holdings,
    left_in,
    left_of_destroyed,
    records,
    records_beyond,
    records_with_files,
    values_by_field,
)
from tutela.vault.models import Record
from tutela.vault.models import Value as Row
from tutela.vault.owning import Owned, held_by_others_too
from tutela.vault.passphrase import is_sealed
from tutela.vault.people import held_by, left_of
from tutela.vault.provenance import STAFF, SUBJECT, Provenance
from tutela.vault.reading import (
    DEPERSONALISING,
    READING,
    history,
    latest,
    look,
    look_in_parts,
    open_file,
    read,
    read_to_depersonalise,
)
from tutela.vault.unsealing import listening
from tutela.vault.values import Destroyed, FileFacts, OpenFile, RecordRow, Seen, Value

__all__ = [
    "WITHDRAWN",
    "Clean",
    "Destroyed",
    "FileFacts",
    "Mark",
    "OpenFile",
    "Owned",
    "Provenance",
    "RecordRow",
    "Seen",
    "UnfitFile",
    "Value",
    "all_records",
    "confirm",
    "correct",
    "count_of",
    "destroy",
    "destroy_people",
    "destroy_pseudonym_keys",
    "destroy_pseudonyms",
    "examine",
    "find",
    "held_by",
    "held_by_others_too",
    "history",
    "holder_of",
    "holdings",
    "is_sealed",
    "latest",
    "lead_back",
    "left_in",
    "left_of",
    "left_of_destroyed",
    "listening",
    "look",
    "look_in_parts",
    "name_of_value",
    "note_ending",
    "open_file",
    "owned",
    "pseudonym",
    "pseudonym_scopes",
    "read",
    "read_to_depersonalise",
    "records",
    "records_beyond",
    "records_with_files",
    "reference",
    "shred_pending",
    "status_marks",
    "store",
    "values_by_field",
]

STORING = frozenset({Action.COLLECTION, Action.RECORDING})
CORRECTING = frozenset({Action.CLARIFICATION})
FINDING = frozenset({Action.EXTRACTION})
PSEUDONYMISING = frozenset({Action.USE, Action.DEPERSONALIZATION}) | TRANSFER
FROM_SUBJECT = Provenance()
_TOLD_BY = {ActorKind.SUBJECT: SUBJECT, ActorKind.REPRESENTATIVE: SUBJECT}


def store(
    permit: Permit,
    *,
    record: UUID,
    point: str,
    purposes: tuple[str, ...],
    values: Mapping[str, str],
    provenance: Provenance = FROM_SUBJECT,
    files: Mapping[str, Clean] | None = None,
) -> None:
    """Seal ``values`` (field: text) into ``record``, which is made if it is new.

    A field the record already has stays as it is, so that a repeat stores nothing twice; only
    ``correct`` changes a value. ``purposes`` are added to those of the record and contain the
    permit's own. ``provenance`` says where all of it is from. ``files`` (field: examined file)
    are sealed chunk by chunk beside them. Raises ``FieldNotPermitted``, ``PurposeNotPermitted``,
    ``RecordExists`` (the record belongs to another point), ``Unindexable`` and ``UnfitText``.
    """
    subject = enter(permit, STORING, (*values, *(files or ())))
    if permit.purpose not in purposes:
        raise PurposeNotPermitted("A record is kept for the purpose it was permitted for.")
    if any("\x00" in text for text in values.values()):
        raise UnfitText("The value holds a character that no text contains; leave it out.")
    now = clock.now()
    rows.keep_record(
        Record(
            operator_id=permit.operator,
            subject_id=subject,
            id=record,
            point=point,
            purposes=list(purposes),
            source=provenance.kind,
            received_at=now,
        )
    )
    current = rows.current(permit.operator, subject).filter(record_id=record)
    held = set(current.values_list("field", flat=True))
    blank = partial(_blank, (permit.operator, subject, record), provenance, now)
    texts = {blank(field): text for field, text in values.items() if field not in held}
    sent = {blank(field): file for field, file in (files or {}).items() if field not in held}
    known = {
        row: chunks.describe(file.media.name, storing.parts(file.content))
        for row, file in sent.items()
    }
    rows.seal_in(
        permit.operator, subject, texts | {row: each.text() for row, each in known.items()}
    )
    for row, file in sent.items():
        storing.keep(row, rows.place(row), known[row], file.content)
    marks.put(permit.operator, subject, {record})


def _blank(
    where: tuple[UUID, UUID, UUID], provenance: Provenance, now: datetime, field: str
) -> Row:
    """The first version of a field of this operator, person and record, with nothing in it yet."""
    operator, subject, record = where
    row = Row(
        operator_id=operator,
        subject_id=subject,
        record_id=record,
        field=field,
        version=1,
        source=provenance.kind,
        status="stated",
        received_at=now,
    )
    row.reference = provenance.reference
    return row


def owned(permit: Permit) -> Owned:
    """By what the person of a permit to read is found: see ``owning.Owned``."""
    return Owned.of(permit.operator, enter(permit, READING))


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
    cover(permit, (field,))
    try:
        return rows.find(permit.operator, field, value)
    except Unindexable:
        return None


def reference(operator_id: UUID, name: str) -> str:
    """The keyed digest of the name that the operator's own site has for a person."""
    return references.digest(operator_id, name)


def correct(
    permit: Permit, record: UUID, field: str, value: str, provenance: Provenance | None = None
) -> None:
    """Seal a new version of one value; the old one stays, sealed, until the value is destroyed
    (152-FZ article 20(3), GDPR article 16; 004 9.7). Without a ``provenance`` it is from the
    person, or was written down by staff, by who acts. Raises ``NoSuchValue``."""
    if "\x00" in value:
        raise UnfitText("The value holds a character that no text contains; leave it out.")
    told = told_by(permit) if provenance is None else provenance
    subject = enter(permit, CORRECTING, (field,))
    place = rows.current(permit.operator, subject).filter(record_id=record, field=field)
    old = place.select_for_update().first()
    if old is None:
        kept = Record.objects.filter(operator_id=permit.operator, subject_id=subject, id=record)
        raise no_such_value(is_kept=kept.exists())
    now = clock.now()
    place.update(superseded_at=now)
    rows.drop_identifiers(permit.operator, subject, {(record, field)})
    new = Row(
        operator_id=permit.operator,
        subject_id=subject,
        record_id=record,
        field=field,
        version=old.version + 1,
        source=told.kind,
        status="corrected",
        received_at=now,
    )
    new.reference = told.reference
    rows.seal_in(permit.operator, subject, {new: value})
    marks.put(permit.operator, subject, {record})


def no_such_value(*, is_kept: bool) -> NoSuchValue:
    """What is said of a value that is not there to correct, in a record that is kept or not."""
    if is_kept:
        return NoSuchValue("There is no such value to correct; look at the holdings first.")
    return NoSuchRecord("There is no such record to correct; look at the holdings first.")


def told_by(permit: Permit) -> Provenance:
    """Where a correction is from if nobody says: the person, or what staff wrote down."""
    return Provenance(_TOLD_BY.get(permit.actor.kind, STAFF))


def confirm(
    permit: Permit, record: UUID, fields: Collection[str], *, how: str, law: str = ""
) -> int:
    """Note that current values were found right, by whom and how; see ``confirming.confirm``."""
    subject = enter(permit, CORRECTING, fields)
    count = confirming.confirm(permit, subject, record, fields, how=how, law=law)
    marks.put(permit.operator, subject, {record})
    return count


def pseudonym(permit: Permit) -> str:
    """The person's pseudonym for the purpose and the recipient of a permit to use or hand over
    data; the same every time. See ``pseudonyms``."""
    return pseudonyms.pseudonym(permit, enter(permit, PSEUDONYMISING))


def name_of_value(permit: Permit, purpose: str, recipient: str, text: str) -> str:
    """What a value is called where it may not be told; its key lies apart from what is so named,
    and ``destroy_pseudonyms`` of the same purpose and recipient destroys it."""
    enter(permit, DEPERSONALISING)
    return pseudonyms.name_of_value(permit.operator, pseudonyms.scope_of(purpose, recipient), text)


def lead_back(permit: Permit, name: str) -> UUID | None:
    """The person behind a pseudonym, by a permit for ``reidentification``; journalled."""
    check(
        permit,
        operator=permit.operator,
        subject=None,
        actions=FINDING,
        transaction=transaction_id(),
    )
    if permit.purpose != LawPurpose.REIDENTIFICATION:
        raise PurposeNotPermitted("Ask the gate for the purpose of leading a pseudonym back.")
    return pseudonyms.lead_back(permit, name)


def pseudonym_scopes(operator_id: UUID) -> list[tuple[str, int]]:
    """The uses that have pseudonyms from which something leads back, and for how many people."""
    return pseudonyms.scopes(operator_id)


def destroy_pseudonyms(
    operator_id: UUID, purpose: str, recipient: str = "", *, actor: Actor
) -> bool:
    """Destroy what leads back from the pseudonyms of a purpose and recipient; False if nothing
    does any more."""
    done = pseudonyms.destroy_scope(operator_id, pseudonyms.scope_of(purpose, recipient), actor)
    transaction.on_commit(lambda: _destroy_keys_now(operator_id), robust=True)
    return done


def destroy_pseudonym_keys(operator_id: UUID) -> int:
    """Overwrite the keys of destroyed scopes; how many. Safe to repeat."""
    return pseudonyms.destroy_keys(operator_id)


def _destroy_keys_now(operator_id: UUID) -> None:
    with operator_scope(operator_id):
        destroy_pseudonym_keys(operator_id)
