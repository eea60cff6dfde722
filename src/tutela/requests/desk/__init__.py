"""The privacy officer's desk, page by page."""

from __future__ import annotations

from tutela.requests.desk import (
    blocks,
    case,
    figures,
    new,
    obligation,
    others,
    people,
    queue,
    today,
)

__all__ = ["blocks", "case", "figures", "new", "obligation", "others", "people", "queue", "today"]
