"""The privacy officer's desk, page by page."""

from __future__ import annotations

from tutela.requests.desk import (
    automated,
    blocks,
    case,
    figures,
    new,
    obligation,
    others,
    own_calendar,
    people,
    queue,
    today,
    views,
)

__all__ = [
    "automated",
    "blocks",
    "case",
    "figures",
    "new",
    "obligation",
    "others",
    "own_calendar",
    "people",
    "queue",
    "today",
    "views",
]
