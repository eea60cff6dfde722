"""What the vault hands out: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Value:
    """One version of a field, open. ``status`` is ``stated`` or ``corrected``;
    ``superseded_at`` is None for the current version."""

    record: UUID
    field: str
    value: str
    point: str
    received_at: datetime
    source: str
    status: str
    version: int
    superseded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record without its values."""

    id: UUID
    point: str
    purposes: tuple[str, ...]
    source: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What was destroyed: the records and fields touched, and the number of sealed values
    (earlier versions included), wrapped data keys and rows of the blind index."""

    records: tuple[UUID, ...] = ()
    fields: tuple[str, ...] = ()
    values: int = 0
    keys: int = 0
    index_rows: int = 0
