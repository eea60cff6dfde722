"""What the journal says about processors that are told to destroy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called, limit
from tutela.processors.wording import ENDED, FAILURES, WAYS
from tutela.retention.wording import PROOFS


@entry("processor.commanded")
@dataclass(frozen=True, kw_only=True)
class ProcessorCommanded(Entry):
    """With a destruction, a processor is to destroy its copy."""

    command: UUID
    act: UUID
    recipient: str
    fields: tuple[str, ...]
    due_at: datetime | None
    wording = _("%(recipient)s is to destroy its copy, by %(due_at)s: %(fields)s")


@entry("processor.told")
@dataclass(frozen=True, kw_only=True)
class ProcessorTold(Entry):
    command: UUID
    recipient: str
    by: str
    reminder: int
    wording = _("%(recipient)s was told to destroy its copy %(by)s; reminders so far: %(reminder)s")


@entry("processor.not-told")
@dataclass(frozen=True, kw_only=True)
class ProcessorNotTold(Entry):
    command: UUID
    recipient: str
    attempts: int
    why: str
    wording = _("%(recipient)s could not be told (attempt %(attempts)s): %(why)s")


@entry("processor.overdue")
@dataclass(frozen=True, kw_only=True)
class ProcessorOverdue(Entry):
    command: UUID
    recipient: str
    wording = _("%(recipient)s has not confirmed in its term that its copy is destroyed")


@entry("processor.acknowledged")
@dataclass(frozen=True, kw_only=True)
class ProcessorAcknowledged(Entry):
    """``reference`` is the number or date of what proves it, where staff entered it."""

    command: UUID
    recipient: str
    outcome: str
    how: str
    wording = _("%(recipient)s has answered: %(outcome)s; %(how)s")


called("due_at", limit, kind=ProcessorCommanded.kind)
called("by", WAYS, kind=ProcessorTold.kind)
called("why", FAILURES, kind=ProcessorNotTold.kind)
called("outcome", ENDED, kind=ProcessorAcknowledged.kind)
called("how", PROOFS, kind=ProcessorAcknowledged.kind)
