"""Cosignatures: what outside witnesses signed of this log (C2SP tlog-cosignature)."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.errors import TutelaError
from tutela.journal import notes, store
from tutela.journal.entries import Cosigned
from tutela.journal.models import Checkpoint, Cosignature, Witness
from tutela.journal.notes import NoteError, TreeHead, WitnessKey


class NotWitnessed(TutelaError):
    """What was given is no checkpoint of this log with a signature by that witness."""


def keep(operator_id: UUID, note: str, witness: str) -> datetime:
    """Keep the signature of ``witness`` (his verifier key) under a checkpoint of this log, and say
    so in the journal; the moment at which he says he saw it. Keeping it again does nothing.

    Raises ``NotWitnessed``.
    """
    try:
        key = WitnessKey.parse(witness)
        text, lines = notes.split(note)
        head = TreeHead.parse(text)
        line, seen = key.find(text, lines)
    except NoteError as error:
        raise NotWitnessed(_REFUSED[error.fault]()) from error
    ours = Checkpoint.objects.filter(operator_id=operator_id, size=head.size).first()
    if ours is None or notes.split(ours.note)[0] != text:
        raise NotWitnessed(
            _("The witness signed a checkpoint that this log never had; keep it, it is evidence.")
        )
    Witness.objects.bulk_create(
        [Witness(operator_id=operator_id, key_id=key.key_id, verifier=witness, since=clock.now())],
        ignore_conflicts=True,
    )
    row = Cosignature(
        operator_id=operator_id,
        size=head.size,
        key_id=key.key_id,
        line=line,
        seen_at=datetime.fromtimestamp(seen, UTC),
    )
    if not Cosignature.objects.filter(pk=row.pk).exists():
        row.save(force_insert=True)
        store.insert(operator_id, Cosigned(size=head.size, witness=key.public.hex()))
    return row.seen_at


def witnessed(operator_id: UUID) -> str | None:
    """The largest checkpoint that a witness signed, with every signature under it."""
    last = Cosignature.objects.filter(operator_id=operator_id).order_by("-size").first()
    if last is None:
        return None
    checkpoint = Checkpoint.objects.get(operator_id=operator_id, size=last.size)
    lines = Cosignature.objects.filter(operator_id=operator_id, size=last.size).order_by("key_id")
    return checkpoint.note + "".join(f"{each.line}\n" for each in lines)


_REFUSED = {
    notes.Fault.MALFORMED: lambda: _("This is no signed checkpoint, or no key of a witness."),
    notes.Fault.UNKNOWN_KEY: lambda: _("The checkpoint has no signature by this witness."),
    notes.Fault.WRONG_SIGNATURE: lambda: _(
        "The signature of the witness is wrong: the checkpoint was altered."
    ),
}
