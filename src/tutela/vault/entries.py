"""What the journal says of the vault: keys, which it calls by a hash of their names (``keys
show``), values that were confirmed, and pseudonyms."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called
from tutela.vault.wording import CHECKS, KINDS, USES


@entry("vault.key-made")
@dataclass(frozen=True, kw_only=True)
class KeyMade(Entry):
    use: str
    key: str
    wording = _("A new key came into use: %(use)s, %(key)s")


@entry("vault.key-destroyed")
@dataclass(frozen=True, kw_only=True)
class KeyDestroyed(Entry):
    use: str
    key: str
    wording = _("A key that protected nothing any more was destroyed: %(use)s, %(key)s")


@entry("vault.rotation-begun")
@dataclass(frozen=True, kw_only=True)
class RotationBegun(Entry):
    rotation: str
    of: str
    wording = _("The change of keys began: %(of)s")


@entry("vault.rotation-ended")
@dataclass(frozen=True, kw_only=True)
class RotationEnded(Entry):
    rotation: str
    of: str
    people: int
    wording = _("The change of keys ended: %(of)s; people taken over: %(people)s")


@entry("value.confirmed")
@dataclass(frozen=True, kw_only=True)
class ValueConfirmed(Entry):
    """``law`` names the law that let a third party be asked, where one was."""

    record: UUID
    fields: tuple[str, ...]
    how: str
    law: str = ""
    wording = _("Data was found right (%(fields)s): %(how)s")


@entry("pseudonym.led-back")
@dataclass(frozen=True, kw_only=True)
class PseudonymLedBack(Entry):
    found: bool
    wording = _("A pseudonym was led back to a person; somebody was found: %(found)s")


@entry("pseudonyms.destroyed")
@dataclass(frozen=True, kw_only=True)
class PseudonymsDestroyed(Entry):
    scope: str
    count: int
    wording = _("What led back from pseudonyms was destroyed (%(scope)s): %(count)s")


called("how", CHECKS, kind=ValueConfirmed.kind)
called("use", USES, kind=KeyMade.kind)
called("use", USES, kind=KeyDestroyed.kind)
called("of", KINDS, kind=RotationBegun.kind)
called("of", KINDS, kind=RotationEnded.kind)
