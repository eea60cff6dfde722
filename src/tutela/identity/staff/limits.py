"""How long staff stay signed in and how often they may be wrong; plain values.

These limits are counted by the machine's clock (``core.clock.machine``): they bound how long a
secret is trusted and have nothing to do with the policy's time, which a demonstration moves.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

SEEN_STEP = timedelta(minutes=1)
"""How often the last use of a session is written down."""

PENDING_LASTS = timedelta(minutes=10)
"""For how long a right password waits for its second factor, and a code by mail is good."""

INVITATION_LASTS = timedelta(days=3)
"""A link that lets somebody choose a password is single-use and dies by itself."""

ATTEMPTS_KEPT = timedelta(days=1)
"""After so long nothing tells any more that somebody tried to sign in."""

ATTEMPTS_WINDOW = timedelta(minutes=15)
"""Wrong attempts are counted over so long; an account opens again by itself after it."""

IN_HAND = timedelta(seconds=10)
"""An attempt younger than this may still turn out to be right."""

PER_SOURCE = 10
"""A source may be wrong so many times as often as an account: several people share an address."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``idle`` and ``absolute`` end a session, ``recent`` is how long a confirmation opens
    sensitive pages, ``attempts`` is how often an account may be wrong within the window."""

    idle: timedelta
    absolute: timedelta
    recent: timedelta
    attempts: int


def alive(*, seen_at: datetime, ends_at: datetime, now: datetime, limits: Limits) -> bool:
    """Whether a session may still be used: both its idle and its absolute limit hold."""
    return now < ends_at and now < seen_at + limits.idle


def keyed(key: bytes, what: str, value: str) -> str:
    """An opaque name for ``value``: nobody without the key can tell or guess what it stands for.

    ``what`` keeps an account's name and a source's address apart.
    """
    return hmac.new(key, f"{what}\0{value}".encode(), hashlib.sha256).hexdigest()


def folded(name: str) -> str:
    """A name to sign in with, as attempts at it are counted: however it is written."""
    return name.strip().casefold()
