"""What the journal says about what came unasked or has no place here."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.inventory.wording import KINDS, OUTCOMES
from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called


@entry("inventory.special-found")
@dataclass(frozen=True, kw_only=True)
class SpecialFound(Entry):
    """A free text may tell of a special category; it is blocked until somebody decides."""

    finding: UUID
    record: UUID
    fields: tuple[str, ...]
    kinds: tuple[str, ...]
    wording = _("Free text may tell of %(kinds)s (%(fields)s); it is blocked until it is decided")


@entry("inventory.special-decided")
@dataclass(frozen=True, kw_only=True)
class SpecialDecided(Entry):
    finding: UUID
    outcome: str
    wording = _("A text that may tell of a special category was decided about: %(outcome)s")


called("kinds", KINDS, kind=SpecialFound.kind)
called("outcome", OUTCOMES, kind=SpecialDecided.kind)
