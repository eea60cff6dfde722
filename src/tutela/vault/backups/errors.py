"""What can be wrong with a backup."""

from __future__ import annotations

from tutela.core.errors import Conflict, NotFound, TutelaError


class BackupDamaged(TutelaError):
    """The backup was changed, cut short, or never was one; take another."""


class CannotOpen(TutelaError):
    """The passphrase or key does not open this backup."""


class WrongBackup(Conflict):
    """The backup is of another kind, or of another installation."""


class NoSuchBackup(NotFound):
    """The register has no backup of this name."""


class AlreadyThere(Conflict):
    """What would be restored is there already."""
