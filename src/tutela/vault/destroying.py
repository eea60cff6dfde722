"""Destroying sealed values, and overwriting their shares once that has committed (ADR 0004)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from tutela.core.permits import Permit
from tutela.db import swift
from tutela.db.scope import after_commit, operator_scope, transaction_id
from tutela.vault import destroyed, endings, keystore, marks, people, pseudonyms, rows
from tutela.vault.attachments import storing
from tutela.vault.entering import ENDING, cover, enter
from tutela.vault.models import Record, Shred
from tutela.vault.models import Value as Row
from tutela.vault.values import Destroyed


def destroy(
    permit: Permit,
    *,
    record: UUID | None = None,
    fields: Collection[str] | None = None,
    again: bool = False,
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

    What goes is noted where a restored backup finds it (``endings``); ``again`` is for the replay
    after such a restore, when it was noted already.
    """
    if record is None and fields is None:
        return destroy_people([permit], again=again)[0]
    subject = enter(permit, ENDING)
    doomed = Row.objects.filter(operator_id=permit.operator, subject_id=subject)
    doomed = doomed if record is None else doomed.filter(record_id=record)
    doomed = doomed if fields is None else doomed.filter(field__in=fields)
    gone = list(doomed.select_for_update())
    cover(permit, {each.field for each in gone})
    deciding = transaction_id()
    Shred.objects.bulk_create(
        Shred(operator_id=permit.operator, slot=each.slot, transaction=deciding) for each in gone
    )
    doomed.delete()
    places = {(each.record_id, each.field) for each in gone}
    if not again:
        destroyed.note_parts(permit, subject, gone)
    removed = storing.remove(permit.operator, subject, places)
    index_rows = rows.drop_identifiers(permit.operator, subject, places)
    keys = rows.drop_what_is_empty(permit.operator, subject)
    marks.put(permit.operator, subject, {record for record, _ in places})
    if not Record.objects.filter(operator_id=permit.operator, subject_id=subject).exists():
        pseudonyms.erase(permit.operator, subject)
    if gone:
        after_commit(shred_now, permit.operator)
    return Destroyed(
        records=tuple(sorted({record for record, _ in places})),
        fields=tuple(sorted({field for _, field in places})),
        values=len(gone),
        keys=keys,
        index_rows=index_rows,
        chunks=removed,
    )


def destroy_people(permits: Sequence[Permit], *, again: bool = False) -> list[Destroyed]:
    """``destroy`` for many people whole, each with a permit of their own, by as many statements
    as for one; what went of each, in their order. All are of one operator.

    What follows the commit is done once for all of them, so that the disk is waited for once.
    """
    made = people.destroy(permits, again=again)
    if any(each.values for each in made):
        after_commit(shred_now, permits[0].operator)
    return made


def shred_pending(operator_id: UUID) -> int:
    """Overwrite the shares of values whose destruction has committed; the number of shares.

    Safe to repeat and to run twice at once: the row of work goes only after the disk has done
    it. Rows of the current transaction wait, because it may yet be rolled back.
    """
    endings.write(operator_id)
    work = Shred.objects.filter(operator_id=operator_id).exclude(transaction=transaction_id())
    slots = list(work.select_for_update(skip_locked=True).values_list("slot", flat=True))
    if slots:
        keystore.shred(operator_id, slots)
        Shred.objects.filter(operator_id=operator_id, slot__in=slots).delete()
    return len(slots)


def shred_now(operator_id: UUID) -> None:
    """The shares are on the disk when they are overwritten; that the rows of work are gone need
    not be: one that came back after a crash is carried out once more, and changes nothing."""
    with operator_scope(operator_id):
        swift.row("SELECT set_config('synchronous_commit', 'off', true)")
        shred_pending(operator_id)
