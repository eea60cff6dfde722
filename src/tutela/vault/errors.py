"""What the vault refuses. No message carries a value."""

from __future__ import annotations

from tutela.core.errors import Conflict, NotAllowed, NotFound, TutelaError


class FieldNotPermitted(NotAllowed):
    """The permit does not cover these fields; ask the gate for a permit that names them."""


class PurposeNotPermitted(NotAllowed):
    """The record is not kept for the purpose of the permit; ask the gate for another purpose."""


class NoSuchValue(NotFound):
    """Nothing is held there; look at the person's holdings first."""


class RecordExists(Conflict):
    """The record was made at another collection point; give the new data a record of its own."""


class KeyLost(TutelaError):
    """A key is missing or damaged; bring TUTELA_HOME/keys back from its own backup."""

    status = 500


class SealBroken(TutelaError):
    """The sealed bytes were changed, moved, or sealed with another key; restore the row."""

    status = 500


class Unindexable(TutelaError):
    """The value is not of the form its field promises, so nobody could be found by it."""
