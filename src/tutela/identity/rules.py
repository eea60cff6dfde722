"""How long a sign-in lasts and which roles exist; plain values, no database and no clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from tutela.core.canonical import sha256_hex

SIGN_IN_LASTS = timedelta(minutes=30)
"""A mailed link is single-use and dies by itself."""

SESSION_IDLE = timedelta(minutes=30)
"""A session that nobody uses for so long is over."""

SESSION_ABSOLUTE = timedelta(hours=12)
"""A session is over after so long even when it is used all the time."""

SEEN_STEP = timedelta(minutes=1)
"""How often the last use is written down; reading a page need not always write a row."""


class Role(StrEnum):
    """The officer answers for everything, the clerk works on requests, the auditor only reads."""

    OFFICER = "officer"
    CLERK = "clerk"
    AUDITOR = "auditor"


def digest(secret: str) -> str:
    """What is kept of a 256-bit secret; too random to need a slow hash."""
    return sha256_hex(secret.encode())


def alive(*, seen_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether a session may still be used: both its idle and its absolute limit hold."""
    return now < ends_at and now < seen_at + SESSION_IDLE
