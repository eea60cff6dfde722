"""What the journal says about promises and their terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called, limit

MOTIVES = {
    "volume": _("the request is large"),
    "complexity": _("the request is complex"),
    "identity-check": _("it must be verified who asks"),
    "third-party": _("somebody else has to answer first"),
    "other-language": _("it has to be translated"),
}
"""Why a term is extended; the slugs are ``rules.EXTENSION_REASONS``."""

AWAITED = {
    "identity": _("proof of who asks is awaited"),
    "signed-form": _("the signed form is awaited"),
    "clarification": _("a clarification of the request is awaited"),
}
"""What a clock waits for while it stands still; the slugs are those of the policy format."""
WENT_ON = {"came": _("it has come"), "over": _("the longest time allowed for it is over")}


@dataclass(frozen=True, kw_only=True)
class AboutObligation(Entry):
    obligation: UUID
    promise: str


@entry("obligation.opened")
@dataclass(frozen=True, kw_only=True)
class ObligationOpened(AboutObligation):
    event: str
    outcome: str
    cause: UUID
    due_at: datetime
    wording = _("%(event)s: “%(promise)s” is due by %(due_at)s")


@entry("obligation.discharged")
@dataclass(frozen=True, kw_only=True)
class ObligationDischarged(AboutObligation):
    in_time: bool
    wording = _("“%(promise)s” was carried out %(in_time)s")


@entry("obligation.late")
@dataclass(frozen=True, kw_only=True)
class ObligationLate(AboutObligation):
    due_at: datetime
    wording = _("“%(promise)s” was due by %(due_at)s, was not carried out and is late")


@entry("obligation.attempt-failed")
@dataclass(frozen=True, kw_only=True)
class AttemptFailed(AboutObligation):
    attempts: int
    reason: str
    again_at: datetime
    wording = _(
        "Attempt %(attempts)s at “%(promise)s” failed: %(reason)s. The next is at %(again_at)s"
    )


@entry("obligation.extended")
@dataclass(frozen=True, kw_only=True)
class ObligationExtended(AboutObligation):
    reason: str
    notice: UUID | None
    due_before: datetime
    due_at: datetime
    wording = _(
        "The term of “%(promise)s” was extended with a motivated notice (%(reason)s): "
        "it was due by %(due_before)s and is now due by %(due_at)s"
    )


@entry("obligation.paused")
@dataclass(frozen=True, kw_only=True)
class ObligationPaused(AboutObligation):
    awaited: str
    until: datetime
    notice: UUID | None
    due_before: datetime
    due_at: datetime
    wording = _(
        "The clock of “%(promise)s” stands still, because %(awaited)s, until %(until)s at the "
        "latest: it was due by %(due_before)s and is then due by %(due_at)s"
    )


@entry("obligation.resumed")
@dataclass(frozen=True, kw_only=True)
class ObligationResumed(AboutObligation):
    awaited: str
    because: str
    due_at: datetime
    wording = _("The clock of “%(promise)s” goes on, because %(because)s; it is due by %(due_at)s")


@entry("obligation.cancelled")
@dataclass(frozen=True, kw_only=True)
class ObligationCancelled(AboutObligation):
    reason: str
    wording = _("“%(promise)s” fell away: %(reason)s")


@entry("obligation.fallback-opened")
@dataclass(frozen=True, kw_only=True)
class FallbackOpened(AboutObligation):
    fallback: UUID
    due_at: datetime
    wording = _(
        "“%(promise)s” cannot be carried out in its term; the longer term that the policy "
        "sets for this case ends on %(due_at)s"
    )


called("due_at", limit)
called("due_before", limit)
called("until", limit, kind=ObligationPaused.kind)
called("awaited", AWAITED)
called("because", WENT_ON, kind=ObligationResumed.kind)
called("in_time", {True: _("in time"), False: _("too late")})
called("reason", MOTIVES, kind=ObligationExtended.kind)
