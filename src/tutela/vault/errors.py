"""What the vault refuses. No message carries a value."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.core.errors import Conflict, NotAllowed, NotFound, TutelaError


class FieldNotPermitted(NotAllowed):
    """The permit does not cover these fields; ask the gate for a permit that names them."""


class PurposeNotPermitted(NotAllowed):
    """The record is not kept for the purpose of the permit; ask the gate for another purpose."""


class NoSuchValue(NotFound):
    """Nothing is held there; look at the person's holdings first."""


class NoSuchRecord(NoSuchValue):
    """The person has no such record, or no longer."""


class RecordExists(Conflict):
    """The record was made at another collection point; give the new data a record of its own."""


class KeyLost(TutelaError):
    """A key is missing or damaged; bring TUTELA_HOME/keys back from its own backup."""

    status = 500


class KeysSealed(TutelaError):
    """The key files are protected by a passphrase that was not given to this process yet."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            _(
                "The keys that open people's data are locked since the last start. Nothing is "
                "lost; the pages open once the operator's staff have unlocked them. Please come "
                "back later."
            )
        )

    def __str__(self) -> str:
        return str(self.args[0])


class KeyServiceDown(TutelaError):
    """The service that keeps an operator's key does not answer, or refuses us."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            _(
                "The service that keeps the keys of this operator does not answer now. Nothing is "
                "lost and nothing was changed; try again in a few minutes."
            )
        )

    def __str__(self) -> str:
        return str(self.args[0])


class KeyServiceUnset(TutelaError):
    """What a key service needs is not set, or its library is not installed."""

    status = 503


class WrongPassphrase(TutelaError):
    """The passphrase does not open the keys; nothing was changed."""


class SealBroken(TutelaError):
    """The sealed bytes were changed, moved, or sealed with another key; restore the row."""

    status = 500


class Unindexable(TutelaError):
    """The value is not of the form its field promises, so nobody could be found by it."""


class ProvenanceMissing(TutelaError):
    """It is not said where the value is from, or which source that is."""


class UnknownCheck(TutelaError):
    """It is not said how the value was checked; choose one of the ways."""


class UnfitText(TutelaError):
    """The value holds a NUL, which no text contains and which the vault uses as a mark."""


class EndingsDamaged(TutelaError):
    """The list of what is over for good cannot be read or written, or was changed."""

    status = 500


class Restoring(TutelaError):
    """The database was restored, and what ended since it was saved is being ended again."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            _(
                "This service was restored from a backup and first destroys again what had been "
                "destroyed since. Nothing is shown until that is done. Please come back in a few "
                "minutes."
            )
        )

    def __str__(self) -> str:
        return str(self.args[0])


class NotInBackup(NotFound):
    """The backup does not hold what is to be restored."""
