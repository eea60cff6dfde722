"""What the journal says about forms and letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called
from tutela.requests.case_wording import ASKERS, CHANNELS, DECISIONS, MOVES, REVIEWS
from tutela.requests.kinds import KINDS
from tutela.requests.official_wording import SIGNED_BY
from tutela.requests.wording import LETTERS, RECORDED, REVEAL_REASONS, UNDELIVERABLE


@entry("form.received")
@dataclass(frozen=True, kw_only=True)
class FormReceived(Entry):
    record: UUID
    point: str
    wording = _("The form “%(point)s” was received and sealed")


@entry("official.checked")
@dataclass(frozen=True, kw_only=True)
class OfficialChecked(Entry):
    request: UUID
    signed_by: str
    asked: int
    granted: int
    told: bool
    wording = _(
        "An official request was checked: signed by %(signed_by)s; it asks for %(asked)s fields, "
        "%(granted)s answer it; %(told)s"
    )


@entry("official.given")
@dataclass(frozen=True, kw_only=True)
class OfficialGiven(Entry):
    request: UUID
    recipient: str
    fields: tuple[str, ...]
    wording = _("A state body was given %(fields)s at its lawful request")


@entry("letter.sent")
@dataclass(frozen=True, kw_only=True)
class LetterSent(Entry):
    letter: UUID
    kind_of_letter: str
    wording = _("A letter was sent: %(kind_of_letter)s")


@entry("letter.undeliverable")
@dataclass(frozen=True, kw_only=True)
class LetterUndeliverable(Entry):
    letter: UUID
    kind_of_letter: str
    reason: str
    wording = _("A letter could not be sent (%(kind_of_letter)s): %(reason)s")


@entry("version.announced")
@dataclass(frozen=True, kw_only=True)
class VersionAnnounced(Entry):
    """Everybody it concerns was written to; ``letters`` is how many."""

    number: int
    letters: int
    kind_of_letter: str
    wording = _("People were told of version %(number)s by mail (%(letters)s): %(kind_of_letter)s")


@entry("identifiers.revealed")
@dataclass(frozen=True, kw_only=True)
class IdentifiersRevealed(Entry):
    reason: str
    fields: tuple[str, ...]
    wording = _("A member of staff looked at hidden data (%(fields)s) %(reason)s")


@entry("outcome.recorded")
@dataclass(frozen=True, kw_only=True)
class OutcomeRecorded(Entry):
    obligation: UUID
    outcome: str
    wording = _("A member of staff recorded the outcome: %(outcome)s")


@dataclass(frozen=True, kw_only=True)
class _AboutRequest(Entry):
    request: UUID
    kind_of_request: str


@entry("request.opened")
@dataclass(frozen=True, kw_only=True)
class RequestOpened(_AboutRequest):
    channel: str
    asker: str
    received: datetime
    wording = _("A request was registered: %(kind_of_request)s, %(channel)s, asked by %(asker)s")


@entry("request.moved")
@dataclass(frozen=True, kw_only=True)
class RequestMoved(_AboutRequest):
    step: str
    wording = _("Request “%(kind_of_request)s”: %(step)s")


@entry("request.ended")
@dataclass(frozen=True, kw_only=True)
class RequestEnded(_AboutRequest):
    decision: str
    in_time: bool
    wording = _("Request “%(kind_of_request)s” ended: %(decision)s, %(in_time)s")


@entry("request.others-reviewed")
@dataclass(frozen=True, kw_only=True)
class OthersReviewed(_AboutRequest):
    hidden: int
    shown: int
    wording = _(
        "Request “%(kind_of_request)s”: it was decided what of other people is hidden in the "
        "answer; hidden: %(hidden)s, shown: %(shown)s"
    )


@dataclass(frozen=True, kw_only=True)
class _AboutRecipient(Entry):
    request: UUID
    recipient: str


@entry("recipient.told")
@dataclass(frozen=True, kw_only=True)
class RecipientTold(_AboutRecipient):
    wording = _("%(recipient)s was told to follow what was done with the data")


@entry("recipient.acknowledged")
@dataclass(frozen=True, kw_only=True)
class RecallAcknowledged(_AboutRecipient):
    wording = _("%(recipient)s has confirmed that it followed")


@entry("recipient.reminded")
@dataclass(frozen=True, kw_only=True)
class RecallReminded(_AboutRecipient):
    wording = _("%(recipient)s has not confirmed yet; staff were reminded")


@entry("package.made")
@dataclass(frozen=True, kw_only=True)
class PackageMade(Entry):
    package: UUID
    wording = _("An address for everything about the person was made; it works once")


@entry("package.taken")
@dataclass(frozen=True, kw_only=True)
class PackageTaken(Entry):
    package: UUID
    values: int
    left_out: int
    wording = _("Everything about the person was taken: %(values)s values; left out: %(left_out)s")


@entry("calendar.opened")
@dataclass(frozen=True, kw_only=True)
class CalendarOpened(Entry):
    wording = _("A member of staff made an address for their own calendar")


@entry("calendar.closed")
@dataclass(frozen=True, kw_only=True)
class CalendarClosed(Entry):
    wording = _("A member of staff ended the address of their own calendar")


@dataclass(frozen=True, kw_only=True)
class _AboutMachineDecision(Entry):
    decision_made: UUID
    rule: str


@entry("machine.decided")
@dataclass(frozen=True, kw_only=True)
class MachineDecided(_AboutMachineDecision):
    takes_effect: bool
    wording = _(
        "A machine decided alone, by the rule “%(rule)s”; it takes effect: %(takes_effect)s"
    )


@entry("machine.reviewed")
@dataclass(frozen=True, kw_only=True)
class MachineDecisionReviewed(_AboutMachineDecision):
    found: str
    wording = _("A person looked at the decision that the rule “%(rule)s” made: %(found)s")


called("found", REVIEWS)
called("kind_of_request", {slug: each.title for slug, each in KINDS.items()})
called("channel", CHANNELS, kind=RequestOpened.kind)
called("asker", ASKERS)
called("step", MOVES)
called("decision", DECISIONS, kind=RequestEnded.kind)
called("kind_of_letter", LETTERS)
called("outcome", RECORDED, kind=OutcomeRecorded.kind)
called("reason", REVEAL_REASONS, kind=IdentifiersRevealed.kind)
called("reason", UNDELIVERABLE, kind=LetterUndeliverable.kind)
called("signed_by", SIGNED_BY)
called(
    "told",
    {True: _("the person is told of it"), False: _("a law forbids to tell the person")},
    kind=OfficialChecked.kind,
)


@entry("request.demand-carried-out")
@dataclass(frozen=True, kw_only=True)
class DemandCarriedOut(Entry):
    """``act`` is the act of the destruction, if the data was destroyed and not blocked."""

    request: UUID
    effect: str
    fields: tuple[str, ...]
    act: UUID | None
    wording = _("A demand of an authority was carried out (%(effect)s): %(fields)s")


called(
    "effect",
    {"block": _("a block"), "destroy": _("a destruction")},
    kind=DemandCarriedOut.kind,
)
