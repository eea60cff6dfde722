"""What the vault hands out: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela.core.spool import Spool


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a file without opening it: its kind (``image/jpeg``), size in bytes, and
    SHA-256 in hexadecimal digits."""

    media: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that was opened and found whole."""

    facts: FileFacts
    content: Spool


@dataclass(frozen=True, slots=True)
class Value:
    """One version of a field, open.

    ``source`` is the kind of its provenance and ``reference`` which source that is. ``status`` is
    ``stated``, ``corrected`` or ``confirmed``; ``confirmed_at`` and ``confirmed_how`` tell of the
    last check, also where the person only said again that it is right. ``superseded_at`` is None
    for the current version. A field that holds a file has ``file`` and no ``value``.
    """

    record: UUID
    field: str
    value: str
    point: str
    received_at: datetime
    source: str
    status: str
    version: int
    superseded_at: datetime | None = None
    reference: str = ""
    confirmed_at: datetime | None = None
    confirmed_how: str = ""
    file: FileFacts | None = None


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record without its values."""

    id: UUID
    point: str
    purposes: tuple[str, ...]
    source: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look showed: the records, oldest first, and the permitted values in them; ``clause``
    is the one of the policy that the permit rests on."""

    records: tuple[RecordRow, ...]
    values: tuple[Value, ...]
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What was destroyed: the records and fields touched, and the number of sealed values
    (earlier versions included), wrapped data keys, rows of the blind index, and chunks of files."""

    records: tuple[UUID, ...] = ()
    fields: tuple[str, ...] = ()
    values: int = 0
    keys: int = 0
    index_rows: int = 0
    chunks: int = 0
