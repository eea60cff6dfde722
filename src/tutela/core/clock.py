"""Time as a value: nothing in Tutela reads the machine's clock except this module."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, timezone-aware, in UTC."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class ShiftedClock:
    """The machine's clock moved by an offset; the demo advances it."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def set(self, moment: datetime) -> None:
        self.offset = moment - datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is told to move; tests and rehearsals live by it."""

    def __init__(self, moment: datetime) -> None:
        self.set(moment)

    def now(self) -> datetime:
        return self._moment

    def set(self, moment: datetime) -> None:
        if moment.tzinfo is None:
            raise ValueError("A clock needs a timezone-aware moment; add a time zone to it.")
        self._moment = moment.astimezone(UTC)


_installed: Clock = SystemClock()


def install(clock: Clock) -> Clock:
    """Make ``clock`` the process's clock and return the one it replaces."""
    global _installed
    previous, _installed = _installed, clock
    return previous


def installed() -> Clock:
    return _installed


def now() -> datetime:
    """The present moment by the installed clock, timezone-aware, in UTC."""
    return _installed.now()


def machine() -> datetime:
    """The machine's own clock, which no demonstration moves. It bounds how long a secret is
    trusted (sessions, codes, attempts of staff) and never counts a term of the policy."""
    return datetime.now(UTC)


@contextlib.contextmanager
def use(clock: Clock) -> Iterator[Clock]:
    previous = install(clock)
    try:
        yield clock
    finally:
        install(previous)
