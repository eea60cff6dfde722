"""What the journal says about keys, which it calls by a hash of their names (``keys show``)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called
from tutela.vault.wording import KINDS, USES


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


called("use", USES, kind=KeyMade.kind)
called("use", USES, kind=KeyDestroyed.kind)
called("of", KINDS, kind=RotationBegun.kind)
called("of", KINDS, kind=RotationEnded.kind)
