"""When to act, when to try again and when a promise is late: plain values and ``now``."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    """``late`` can still be discharged; ``failed`` means that the promise's own fallback, such
    as blocking and six months more (004 9.4(d)), took its place."""

    OPEN = "open"
    LATE = "late"
    DISCHARGED = "discharged"
    FAILED = "failed"
    CANCELLED = "cancelled"


STANDING = (State.OPEN, State.LATE)
"""The states in which something has still to be done."""

EXTENSION_REASONS = ("volume", "complexity", "identity-check", "third-party", "other-language")
"""The closed list of motives for an extension; the letter to the person words it fully."""

LEAD = timedelta(hours=1)
"""How long before the due moment the system acts when the promise names no time ahead: an act
at the very moment would be late."""

_BACKOFF = tuple(timedelta(minutes=each) for each in (1, 5, 30, 120, 360))

RETRY = timedelta(hours=24)
"""How often an impossible work is tried again within its longer term."""

ATTEMPTS = 6
"""After so many failed attempts a work with a fallback is held impossible in its term."""

_NAME = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def act_at(*, opened_at: datetime, due_at: datetime, ahead: datetime | None) -> datetime:
    """When to begin: at ``ahead`` if the promise names it, else a little before it is due, and
    never before the obligation exists."""
    return max(opened_at, ahead if ahead is not None else due_at - LEAD)


def backoff(attempts: int) -> timedelta:
    """How long to wait after the given number of failed attempts (1 or more)."""
    return _BACKOFF[min(attempts, len(_BACKOFF)) - 1]


def gives_up(*, attempts: int, due_at: datetime, now: datetime) -> bool:
    """Whether to stop hoping: many attempts failed, or the next would come too late."""
    if attempts == 0:
        return False
    return attempts >= ATTEMPTS or now + backoff(attempts + 1) >= due_at


def is_late(*, state: str, due_at: datetime, now: datetime) -> bool:
    return state == State.OPEN and now >= due_at


def failure_slug(error: BaseException) -> str:
    """The name of an exception's class as a slug: all that is kept of a failure, because its
    text may repeat what a person wrote."""
    return _NAME.sub("-", type(error).__name__).lower().replace("_", "-")[:64]


def wait(attempts: int, *, hours: int | None) -> timedelta:
    """How long until the next attempt: what the handler asked for, or the usual backoff."""
    return backoff(attempts) if hours is None else timedelta(hours=hours)


def last_moment(due_at: datetime) -> datetime:
    """The last moment inside a term whose first moment outside is ``due_at``."""
    return due_at - timedelta(microseconds=1)
