"""What both sides of the comparison share."""

from __future__ import annotations

from typing import Protocol

PAGE = 100
"""Operations by purpose or objection take one page of records, on both sides."""


class Missing(Exception):
    """Record ``n`` is not there: right if and only if somebody deleted it."""

    def __init__(self, n: int) -> None:
        super().__init__(n)
        self.n = n


class Side(Protocol):
    """One client. ``decisions`` counts what must stand in the journal afterwards."""

    decisions: int

    def close(self) -> None: ...
