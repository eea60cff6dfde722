"""What can go wrong with what processors are told."""

from __future__ import annotations

from tutela.core.errors import NotFound, TutelaError


class UnknownCommand(NotFound):
    """No processor was told by this number, or the address is not complete."""


class WrongAnswer(TutelaError):
    """The answer cannot be taken so; the sentence says what to change."""

    status = 422
