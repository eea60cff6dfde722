"""What the journal says about statistics: that there were visits, of nobody."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry


@entry("stats.counted")
@dataclass(frozen=True, kw_only=True)
class VisitsCounted(Entry):
    cells: int
    wording = _("Visits were counted without identifiers for “%(purpose)s”, in %(cells)s figures")
