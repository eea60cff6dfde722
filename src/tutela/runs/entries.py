"""What the journal says about runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called
from tutela.retention.wording import REASONS
from tutela.runs.wording import KINDS, WHYS


@entry("run.opened")
@dataclass(frozen=True, kw_only=True)
class RunOpened(Entry):
    run: UUID
    run_kind: str
    carry_at: datetime
    wording = _("A run was opened: %(run_kind)s; it is carried out from %(carry_at)s on")


@entry("run.decided")
@dataclass(frozen=True, kw_only=True)
class RunDecided(Entry):
    run: UUID
    run_kind: str
    wording = _("A second person agreed to the run: %(run_kind)s")


@entry("run.cancelled")
@dataclass(frozen=True, kw_only=True)
class RunCancelled(Entry):
    run: UUID
    run_kind: str
    wording = _("A run was called off: %(run_kind)s")


@entry("run.waits")
@dataclass(frozen=True, kw_only=True)
class RunWaits(Entry):
    """``why`` is a slug of what stands in the way."""

    run: UUID
    why: str
    wording = _("Somebody’s data cannot be dealt with now (%(why)s); the run tries again tomorrow")


@entry("run.noticed")
@dataclass(frozen=True, kw_only=True)
class RunNoticed(Entry):
    run: UUID
    run_kind: str
    letters: int
    wording = _("Everybody concerned is written to: %(run_kind)s; letters: %(letters)s")


@entry("run.handed-over")
@dataclass(frozen=True, kw_only=True)
class RunHandedOver(Entry):
    """Somebody's data, with consents, holds and prohibitions, was sealed for the buyer."""

    run: UUID
    recipient: str
    fields: tuple[str, ...]
    wording = _("%(recipient)s takes the data over: %(fields)s")


@entry("run.closed")
@dataclass(frozen=True, kw_only=True)
class IntakeClosed(Entry):
    run: UUID
    wording = _("The operator is wound up: nothing is taken in any more")


@entry("run.reopened")
@dataclass(frozen=True, kw_only=True)
class IntakeReopened(Entry):
    run: UUID
    wording = _("The run was called off: data is taken in again")


@entry("run.file-destroyed")
@dataclass(frozen=True, kw_only=True)
class RunFileDestroyed(Entry):
    """``why`` is a slug of ``WHYS``."""

    run: UUID
    why: str
    people: int
    wording = _("The sealed file for the buyer was destroyed (%(why)s); people in it: %(people)s")


@entry("run.ended")
@dataclass(frozen=True, kw_only=True)
class RunEnded(Entry):
    run: UUID
    run_kind: str
    people: int
    handed: int
    destroyed: int
    kept: int
    wording = _(
        "A run has ended, and an act was made: %(run_kind)s; people %(people)s, handed over "
        "%(handed)s, destroyed %(destroyed)s, kept on a ground %(kept)s"
    )


called("why", {str(slug): words for slug, words in REASONS.items()}, kind=RunWaits.kind)
called("why", {str(slug): words for slug, words in WHYS.items()}, kind=RunFileDestroyed.kind)
called("run_kind", {str(slug): words for slug, words in KINDS.items()})
