"""What the journal says about letters that arrive."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.intake.wording import ASKED, CHANNELS, PROOFS, REASONS
from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called


@entry("mail.received")
@dataclass(frozen=True, kw_only=True)
class MailReceived(Entry):
    """``digest`` is keyed; ``record`` has the original."""

    mail: UUID
    digest: str
    record: UUID | None = None
    asks: str
    reason: str
    wording = _("A letter came by mail: %(asks)s (%(reason)s)")


@entry("mail.set-aside")
@dataclass(frozen=True, kw_only=True)
class MailSetAside(Entry):
    mail: UUID
    digest: str
    reason: str
    wording = _("A message opened no case: %(reason)s")


@entry("mail.held")
@dataclass(frozen=True, kw_only=True)
class MailHeld(Entry):
    mail: UUID
    digest: str
    reason: str
    wording = _("A letter could not be sealed and waits for a person: %(reason)s")


@entry("mail.confirmed")
@dataclass(frozen=True, kw_only=True)
class MailConfirmed(Entry):
    mail: UUID
    proof: str
    wording = _("It is shown that the sender wrote the letter; by %(proof)s")


@entry("mail.settled")
@dataclass(frozen=True, kw_only=True)
class MailSettled(Entry):
    mail: UUID
    asks: str
    wording = _("A member of staff read a letter: %(asks)s")


@entry("mail.recognised")
@dataclass(frozen=True, kw_only=True)
class MailRecognised(Entry):
    """A letter from an address that nobody was known by turned out to be this person's."""

    mail: UUID
    sender: UUID
    wording = _("A letter from an unknown address was found to be from this person")


@entry("request.entered")
@dataclass(frozen=True, kw_only=True)
class RequestEntered(Entry):
    cause: UUID
    channel: str
    asks: str
    wording = _("A request was entered by a member of staff, received %(channel)s: %(asks)s")


for _kind in (MailReceived.kind, MailSettled.kind, RequestEntered.kind):
    called("asks", ASKED, kind=_kind)
for _kind in (MailReceived.kind, MailSetAside.kind, MailHeld.kind):
    called("reason", REASONS, kind=_kind)
called("proof", PROOFS, kind=MailConfirmed.kind)
called("channel", CHANNELS, kind=RequestEntered.kind)
