"""What can go wrong with obligations. No text here repeats anything a person wrote."""

from __future__ import annotations

from tutela.core.errors import Conflict, NotFound, TutelaError


class UnknownObligation(NotFound):
    """The operator has no obligation with the asked identifier."""


class AlreadyEnded(Conflict):
    """The obligation was discharged, failed or cancelled before; look at its evidence."""


class NoExtension(Conflict):
    """The policy allows no extension here, or it was used, or its time has passed."""


class NoPause(Conflict):
    """The policy lets no clock stand still for this, or it was used, or it is too late."""


class NotYet(TutelaError):
    """A handler cannot do its work now and asks to be called again; nothing of it is kept.

    ``reason`` is a slug; ``hours`` is how long to wait, or None for the usual backoff.
    """

    def __init__(self, reason: str, *, hours: int | None = None) -> None:
        super().__init__(f"This cannot be done now ({reason}); it is tried again by itself.")
        self.reason = reason
        self.hours = hours
