"""Rows of the vault read out of a backup: what ``pg_restore`` writes, for a few people only."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import models

from tutela.vault.models import Chunk, Key, Record, Value

TABLES = (Key, Record, Value, Chunk)
_COPY = re.compile(rb"COPY (?:\w+\.)?(\w+) \(([^)]*)\) FROM stdin;\s*")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
M = TypeVar("M", bound=models.Model)


@dataclass(slots=True)
class Copied:
    """Rows as they were in the backup, by subject; not saved anywhere."""

    keys: dict[UUID, Key] = field(default_factory=dict)
    records: dict[UUID, list[Record]] = field(default_factory=lambda: defaultdict(list))
    values: dict[UUID, list[Value]] = field(default_factory=lambda: defaultdict(list))
    chunks: dict[UUID, list[Chunk]] = field(default_factory=lambda: defaultdict(list))


def read(lines: Iterable[bytes], operator: UUID, people: Collection[UUID]) -> Copied:
    """The rows of these people of the operator, out of text with COPY blocks."""
    found = Copied()
    wanted = {str(each).encode() for each in people}
    table, columns = b"", list[str]()
    for line in lines:
        if match := _COPY.fullmatch(line):
            table = match[1]
            columns = [each.strip().strip('"') for each in match[2].decode().split(",")]
        elif line == b"\\.\n":
            table = b""
        elif table and not wanted.isdisjoint(line.split(b"\t", 3)[:3]):
            texts = line.removesuffix(b"\n").decode().split("\t")
            _keep(found, table.decode(), dict(zip(columns, texts, strict=True)), operator)
    return found


def _keep(found: Copied, table: str, texts: dict[str, str], operator: UUID) -> None:
    if texts["operator_id"] != str(operator):
        return
    match table:
        case "vault_key":
            key = _row(Key, texts)
            found.keys[key.subject_id] = key
        case "vault_record":
            record = _row(Record, texts)
            found.records[record.subject_id].append(record)
        case "vault_value":
            value = _row(Value, texts)
            found.values[value.subject_id].append(value)
        case "vault_chunk":
            chunk = _row(Chunk, texts)
            found.chunks[chunk.subject_id].append(chunk)


def _row(model: type[M], texts: dict[str, str]) -> M:
    known = {each.name: each for each in model._meta.concrete_fields}  # noqa: SLF001 - documented
    return model(
        **{name: _typed(known[name], text) for name, text in texts.items() if name in known}
    )


def _typed(column: Any, text: str) -> Any:
    if text == r"\N":
        return None
    plain = _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), text)
    for kind, read_text in _TYPES.items():
        if isinstance(column, kind):
            return read_text(plain)
    return plain


_TYPES: dict[type, Callable[[str], Any]] = {
    models.UUIDField: UUID,
    models.BinaryField: lambda text: bytes.fromhex(text.removeprefix(r"\x")),
    models.DateTimeField: datetime.fromisoformat,
    models.JSONField: json.loads,
    models.IntegerField: int,
}
