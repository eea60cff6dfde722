"""What the journal says about what devices send; never an item itself."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry


@entry("technical.kept")
@dataclass(frozen=True, kw_only=True)
class ItemsKept(Entry):
    """``fields`` are the items that were taken at the collection point ``point``."""

    record: UUID
    point: str
    fields: tuple[str, ...]
    wording = _("What the device sent was kept: %(fields)s")


@entry("technical.undeclared")
@dataclass(frozen=True, kw_only=True)
class ItemsDropped(Entry):
    """Items came that the policy does not declare; what they were called is not kept."""

    items: int
    wording = _("Items that the policy does not declare were dropped: %(items)s")
