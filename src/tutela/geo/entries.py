"""What the journal says about places; never where somebody is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.geo.wording import HOW
from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called


@entry("geo.kept")
@dataclass(frozen=True, kw_only=True)
class PlaceKept(Entry):
    """``precision`` in metres; 0 for a typed address."""

    record: UUID
    how: str
    precision: int
    wording = _("Where the person is was kept for “%(purpose)s”: %(how)s")


@entry("geo.removed")
@dataclass(frozen=True, kw_only=True)
class PlaceRemoved(Entry):
    records: int
    wording = _("Where the person is was removed: %(records)s records")


called("how", HOW, kind=PlaceKept.kind)
