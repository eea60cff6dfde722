"""What the journal says about the end of data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy as n_

from tutela.journal.entries import Entry, Row, entry
from tutela.journal.naming import called, counted, last, name_of
from tutela.retention.wording import GROUNDS, HOLD_GROUNDS, PURGE_REASONS, REASONS


@entry("retention.scheduled")
@dataclass(frozen=True, kw_only=True)
class Scheduled(Entry):
    record: UUID
    rule: str
    ends_at: datetime | None
    until: str
    wording = _("The storage of the form’s data will end: %(until)s")


@entry("retention.gave-way")
@dataclass(frozen=True, kw_only=True)
class RuleGaveWay(Entry):
    """The policy puts the rule ``to`` above ``rule`` for what it ends of the record."""

    record: UUID
    rule: str
    to: str
    wording = _("The rule “%(rule)s” gave way to the rule “%(to)s”, which the policy puts above it")


@entry("retention.purge-asked")
@dataclass(frozen=True, kw_only=True)
class PurgeAsked(Entry):
    """``reason`` is a slug of ``PURGE_REASONS``."""

    purge: UUID
    reason: str
    people: int
    wording = _("Staff asked for a purge (%(reason)s); people whose data has ended: %(people)s")


@entry("retention.purge-agreed")
@dataclass(frozen=True, kw_only=True)
class PurgeAgreed(Entry):
    purge: UUID
    wording = _("A second person agreed to a purge")


@entry("retention.purge-cancelled")
@dataclass(frozen=True, kw_only=True)
class PurgeCancelled(Entry):
    purge: UUID
    wording = _("A purge was called off")


@entry("retention.purge-ended")
@dataclass(frozen=True, kw_only=True)
class PurgeEnded(Entry):
    purge: UUID
    acts: int
    left: int
    wording = _("A purge has ended: acts %(acts)s, still to be tried again %(left)s")


@entry("retention.destroyed")
@dataclass(frozen=True, kw_only=True)
class DataDestroyed(Entry):
    act: UUID
    whole: bool
    values: int
    records: int
    keys: int
    index_rows: int
    wording = _("Destroyed: %(values)s in %(records)s; an act was made")


@entry("retention.kept")
@dataclass(frozen=True, kw_only=True)
class DataKept(Entry):
    grounds: tuple[str, ...]
    obligation: UUID | None
    wording = _("Nothing was destroyed, because everything is still needed: %(grounds)s")


@entry("retention.evidence-ended")
@dataclass(frozen=True, kw_only=True)
class EvidenceEnded(Entry):
    """What the journal knew of a person who was destroyed before is removed. It names nobody: the
    act does."""

    act: UUID
    entries: int
    wording = _(
        "The term of evidence about a destroyed person was over, and an act was made; entries "
        "removed: %(entries)s"
    )


@entry("retention.impossible")
@dataclass(frozen=True, kw_only=True)
class DestructionImpossible(Entry):
    act: UUID
    reason: str
    blocked: bool
    wording = _(
        "Destruction is impossible in its term (%(reason)s); the person’s data is %(blocked)s; "
        "an act was made"
    )


@entry("retention.processors-done")
@dataclass(frozen=True, kw_only=True)
class ProcessorsDone(Entry):
    """All processors that held what an act destroyed have confirmed; an act says so."""

    act: UUID
    processors: int
    wording = _(
        "Every processor has destroyed its copy too, and an act was made; processors: "
        "%(processors)s"
    )


@entry("retention.scrubbed")
@dataclass(frozen=True, kw_only=True)
class FilesScrubbed(Entry):
    """The files of the database were rewritten and, if they could be reached, searched for what
    was destroyed; an act says with what outcome."""

    act: UUID
    looked_for: int
    proven: bool
    wording = _(
        "The files of the database were written anew, and an act was made; destroyed values looked "
        "for: %(looked_for)s, %(proven)s"
    )


@entry("retention.attempt-failed")
@dataclass(frozen=True, kw_only=True)
class SweepFailed(Entry):
    attempts: int
    reason: str
    wording = _("Attempt %(attempts)s to destroy data past its term failed: %(reason)s")


@entry("retention.blocked")
@dataclass(frozen=True, kw_only=True)
class EndedDataBlocked(Entry):
    reason: str
    wording = _(
        "The term has ended, but the data cannot be destroyed now (%(reason)s); it is blocked"
    )


@entry("retention.obstacle-opened")
@dataclass(frozen=True, kw_only=True)
class ObstacleOpened(Entry):
    obstacle: UUID
    reason: str
    wording = _("A reason why the data cannot be destroyed now was registered: %(reason)s")


@entry("retention.obstacle-closed")
@dataclass(frozen=True, kw_only=True)
class ObstacleClosed(Entry):
    obstacle: UUID
    reason: str
    wording = _("What stood in the way of the destruction is gone: %(reason)s")


@entry("retention.held")
@dataclass(frozen=True, kw_only=True)
class DataHeld(Entry):
    hold: UUID
    ground: str
    fields: tuple[str, ...]
    until: datetime | None
    wording = _("Fields are kept on the ground “%(ground)s”: %(fields)s")


@entry("retention.released")
@dataclass(frozen=True, kw_only=True)
class HoldReleased(Entry):
    hold: UUID
    ground: str
    reason: str = ""
    wording = _("Fields are no longer kept on the ground “%(ground)s”")


@entry("retention.contract-started")
@dataclass(frozen=True, kw_only=True)
class ContractStarted(Entry):
    contract: UUID
    purposes: tuple[str, ...]
    wording = _("An agreement with the person began; it carries: %(purposes)s")


@entry("retention.contract-ended")
@dataclass(frozen=True, kw_only=True)
class ContractEnded(Entry):
    contract: UUID
    wording = _("An agreement with the person ended")


@entry("retention.purpose-reached")
@dataclass(frozen=True, kw_only=True)
class PurposeReached(Entry):
    fact: UUID
    purposes: tuple[str, ...]
    wording = _("The data has served its purpose: %(purposes)s")


def _until(row: Row, value: Any) -> str | None:
    """By when, or after which event, a record ends."""
    if "ends_at" in row.data:
        return _BY % {"moment": last(datetime.fromisoformat(row.data["ends_at"]))}
    return _AFTER % {"event": name_of(row, "event", value)}


_BY = _("by %(moment)s")
_AFTER = _("after the event “%(event)s”")
_REASONS = {
    **{str(slug): words for slug, words in REASONS.items()},
    **{f"obstacle.{slug}": words for slug, words in REASONS.items()},
}

called("until", _until, kind=Scheduled.kind)
called("values", counted(n_("%(count)d value", "%(count)d values", "count")))
called("records", counted(n_("%(count)d record", "%(count)d records", "count")))
called("blocked", {True: _("blocked"), False: _("not blocked")}, kind=DestructionImpossible.kind)
called(
    "proven",
    {True: _("none was found in any file"), False: _("the files could not be searched")},
    kind=FilesScrubbed.kind,
)
called("grounds", GROUNDS)
called("ground", {**GROUNDS, **HOLD_GROUNDS})
called("reason", _REASONS)
called("reason", PURGE_REASONS, kind=PurgeAsked.kind)
