"""What can go wrong with a run."""

from __future__ import annotations

from tutela.core.errors import NotFound, TutelaError


class UnknownRun(NotFound):
    """There is no such run."""


class WrongRun(TutelaError):
    """The run cannot be begun or decided so; the sentence says what to change."""

    status = 422
