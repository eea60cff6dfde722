"""What the journal says of the vault: keys, which it calls by a hash of their names (``keys
show``), values that were confirmed, and pseudonyms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called
from tutela.vault.wording import BACKUPS, BEGUN, CHECKS, DAMAGE, ENDINGS, KINDS, SETTLED, USES


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


@entry("vault.destroyed-part")
@dataclass(frozen=True, kw_only=True)
class PartDestroyed(Entry):
    """What of a record was destroyed, so that it can be destroyed again after a restore."""

    record: UUID
    fields: tuple[str, ...]
    wording = _("Destroyed of a form’s data: %(fields)s")


@entry("vault.ended-again")
@dataclass(frozen=True, kw_only=True)
class EndedAgain(Entry):
    """The database was restored from before ``was``; ``of`` is the kind of the ``ending``."""

    of: str
    ending: UUID
    was: datetime
    wording = _("After a restore from a backup, what had ended at %(was)s ended again: %(of)s")


@entry("vault.not-repeated")
@dataclass(frozen=True, kw_only=True)
class NotRepeated(Entry):
    """The journal came back after a restore and tells of ``times`` such deeds since the backup,
    which nobody can repeat but those they were about."""

    what: str
    times: int
    wording = _("Since the restored backup, and not in it any more: %(what)s (%(times)s times)")


@entry("vault.damage-found")
@dataclass(frozen=True, kw_only=True)
class DamageFound(Entry):
    damage: UUID
    what: str
    record: UUID | None
    fields: tuple[str, ...]
    wording = _("Stored data is not as it was left: %(what)s (%(fields)s)")


@entry("vault.damage-ended")
@dataclass(frozen=True, kw_only=True)
class DamageEnded(Entry):
    damage: UUID
    how: str
    wording = _("Data that had been changed or lost without authority is settled: %(how)s")


@entry("vault.backup-made")
@dataclass(frozen=True, kw_only=True)
class BackupMade(Entry):
    backup: UUID
    what: str
    place: str
    until: date | None
    wording = _("A sealed backup of %(what)s was made, kept at “%(place)s”")


@entry("vault.backup-gone")
@dataclass(frozen=True, kw_only=True)
class BackupGone(Entry):
    backup: UUID
    what: str
    wording = _("A backup of %(what)s was destroyed")


@entry("vault.restored")
@dataclass(frozen=True, kw_only=True)
class Restored(Entry):
    """``back`` counts people who had been destroyed and are there after the restore: none."""

    restore: UUID
    backup: UUID
    drill: bool
    held: int
    opened: int
    again: int
    back: int
    wording = _(
        "A backup was restored; only as a drill: %(drill)s. Values: %(held)s, of which "
        "%(opened)s opened; ended again: %(again)s; destroyed people who came back: %(back)s"
    )


called("how", CHECKS, kind=ValueConfirmed.kind)
called("use", USES, kind=KeyMade.kind)
called("use", USES, kind=KeyDestroyed.kind)
called("of", KINDS, kind=RotationBegun.kind)
called("of", KINDS, kind=RotationEnded.kind)
called("of", ENDINGS, kind=EndedAgain.kind)
called("what", BEGUN, kind=NotRepeated.kind)
called("what", BACKUPS, kind=BackupMade.kind)
called("what", BACKUPS, kind=BackupGone.kind)
called("what", DAMAGE, kind=DamageFound.kind)
called("how", SETTLED, kind=DamageEnded.kind)
