"""What the journal says about runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called
from tutela.retention.wording import REASONS
from tutela.runs.wording import KINDS


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
called("run_kind", {str(slug): words for slug, words in KINDS.items()})
