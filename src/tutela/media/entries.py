"""What the journal says about media."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called
from tutela.media.wording import KINDS, WAYS


@entry("media.added")
@dataclass(frozen=True, kw_only=True)
class MediumAdded(Entry):
    medium: UUID
    number: int
    medium_kind: str
    store: str
    wording = _("Medium № %(number)s was entered: %(medium_kind)s, in “%(store)s”")


@entry("media.issued")
@dataclass(frozen=True, kw_only=True)
class MediumIssued(Entry):
    medium: UUID
    number: int
    holder: str
    wording = _("Medium № %(number)s was issued to staff № %(holder)s")


@entry("media.returned")
@dataclass(frozen=True, kw_only=True)
class MediumReturned(Entry):
    medium: UUID
    number: int
    wording = _("Medium № %(number)s came back to its place")


@entry("media.destroyed")
@dataclass(frozen=True, kw_only=True)
class MediumDestroyed(Entry):
    medium: UUID
    number: int
    way: str
    wording = _("Medium № %(number)s was destroyed: %(way)s; an act was made")


@entry("media.checked")
@dataclass(frozen=True, kw_only=True)
class MediaChecked(Entry):
    check: UUID
    found: int
    missing: int
    wording = _("Media were looked for: found %(found)s, missing %(missing)s")


called("medium_kind", KINDS, kind=MediumAdded.kind)
called("way", WAYS, kind=MediumDestroyed.kind)
