"""The register of backups and restores: what, when, where, until when, and when it was gone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tutela.core import clock
from tutela.core.errors import TutelaError
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.journal.entries import Entry
from tutela.policy import actions as policies
from tutela.vault.backups.errors import NoSuchBackup
from tutela.vault.backups.files import Manifest
from tutela.vault.entries import BackupGone, BackupMade, Restored
from tutela.vault.models import Backup, Restore

_PLACE = re.compile(r"[a-z][a-z-]{0,40}")


class UnfitPlace(TutelaError):
    """A place is called by a slug of Latin letters and hyphens, such as safe-two."""


@dataclass(frozen=True, slots=True)
class BackupRow:
    """One backup of the register; ``size`` is in bytes."""

    id: UUID
    kind: str
    made_at: datetime
    place: str
    until: date | None
    size: int
    digest: str
    gone_at: datetime | None

    def overdue(self, today: date) -> bool:
        """Whether it should have been destroyed by now."""
        return self.gone_at is None and self.until is not None and self.until < today


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a restore came to: ``held`` values, of which so many ``opened``; endings repeated; and
    people who had been destroyed and are there all the same."""

    held: int
    opened: int
    again: int
    back: int


def check_place(place: str) -> str:
    """Raises ``UnfitPlace``."""
    if not _PLACE.fullmatch(place):
        raise UnfitPlace("Call the place by Latin letters and hyphens, such as safe-two.")
    return place


def enter(manifest: Manifest, place: str, until: date | None) -> None:
    """Enter a backup that was made, and say so in the journal of every operator."""
    Backup.objects.get_or_create(
        id=manifest.id,
        defaults={
            "kind": manifest.kind,
            "made_at": manifest.made_at,
            "place": place,
            "until": until,
            "size": manifest.size,
            "digest": manifest.digest,
        },
    )
    _everywhere(BackupMade(backup=manifest.id, what=manifest.kind, place=place, until=until))


def gone(backup: UUID) -> None:
    """State that a backup was destroyed. Raises ``NoSuchBackup``."""
    row = Backup.objects.filter(id=backup).first()
    if row is None:
        raise NoSuchBackup("There is no such backup; tutela backup list shows them.")
    if Backup.objects.filter(id=backup, gone_at=None).update(gone_at=clock.now()):
        _everywhere(BackupGone(backup=backup, what=row.kind))


def backups() -> list[BackupRow]:
    """Every backup, the newest first."""
    return [
        BackupRow(**{name: getattr(row, name) for name in BackupRow.__dataclass_fields__})
        for row in Backup.objects.order_by("-made_at")
    ]


def note_restore(backup: UUID, came_to: Outcome, *, drill: bool) -> None:
    """Keep what a restore or a drill came to (001 5.5.7, 004 7.5.7)."""
    counts = {name: getattr(came_to, name) for name in Outcome.__dataclass_fields__}
    row = Restore.objects.create(
        id=new_id(), backup=backup, made_at=clock.now(), drill=drill, **counts
    )
    _everywhere(Restored(restore=row.id, backup=backup, drill=drill, **counts))


def last_restore() -> Restore | None:
    return Restore.objects.order_by("-made_at").first()


def _everywhere(entry: Entry) -> None:
    for operator in policies.operators():
        with operator_scope(operator.id):
            journal.append(operator.id, entry)
