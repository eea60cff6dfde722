"""What the journal says about forms and letters."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry


@entry("form.received")
@dataclass(frozen=True, kw_only=True)
class FormReceived(Entry):
    record: UUID
    point: str
    wording = _("A form was received at “%(point)s” and kept as record %(record)s")


@entry("letter.sent")
@dataclass(frozen=True, kw_only=True)
class LetterSent(Entry):
    letter: UUID
    kind_of_letter: str
    wording = _("The letter “%(kind_of_letter)s” was sent")


@entry("letter.undeliverable")
@dataclass(frozen=True, kw_only=True)
class LetterUndeliverable(Entry):
    letter: UUID
    kind_of_letter: str
    reason: str
    wording = _("The letter “%(kind_of_letter)s” could not be sent: %(reason)s")


@entry("identifiers.revealed")
@dataclass(frozen=True, kw_only=True)
class IdentifiersRevealed(Entry):
    reason: str
    fields: tuple[str, ...]
    wording = _("Hidden fields were shown to a member of staff; reason: %(reason)s")


@entry("outcome.recorded")
@dataclass(frozen=True, kw_only=True)
class OutcomeRecorded(Entry):
    obligation: UUID
    outcome: str
    wording = _("The outcome “%(outcome)s” was recorded for obligation %(obligation)s")
