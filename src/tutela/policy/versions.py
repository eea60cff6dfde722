"""A published version, as it is listed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A published version: ``effective_from`` is when it takes force, in UTC;
    one that was ``cancelled_at`` a moment before never did."""

    number: int
    digest: str
    dated: date
    posted_at: datetime
    effective_from: datetime
    cancelled_at: datetime | None = None
