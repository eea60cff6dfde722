"""Why a message of an acquirer is not taken. Each is told in the journal and changes nothing."""

from __future__ import annotations

from tutela.core.errors import NotFound, TutelaError


class NoAcquirer(NotFound):
    """The policy in force names no such acquirer."""


class NotTaken(TutelaError):
    """The message is refused; ``reason`` is the slug of why, and the entry about it is kept."""

    keeps = True

    def __init__(self, message: str, reason: str, status: int) -> None:
        super().__init__(message)
        self.reason, self.status = reason, status
