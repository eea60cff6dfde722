"""The names of the file formats, and careful reading of what a stranger may have written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from tutela.journal import notes
from tutela.journal.findings import Unreadable
from tutela.journal.notes import NoteError, Verifier

BUNDLE_FORMAT = "tutela-bundle/1"
LOG_FORMAT = "tutela-log/1"
SELECTION_FORMAT = "tutela-selection/1"
DOCUMENT_FORMAT = "tutela-document/1"
DATA_PREFIX = b"tutela-data/1\n"
"""Stands before data signed by ``journal.actions.sign``, so that it can pass for nothing else."""


def part(value: Any, name: str, kind: type) -> Any:
    """``value[name]`` if it has exactly that type; otherwise ``Unreadable``."""
    found = value.get(name) if isinstance(value, Mapping) else None
    if type(found) is not kind:
        raise Unreadable("bad-shape", name=name)
    return found


def parse_json(text: str) -> Any:
    """The JSON value, or None if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def entry_id(text: str) -> str:
    """The identifier written in a leaf, for people; a question mark if there is none."""
    content = parse_json(text)
    return str(content.get("id", "?")) if isinstance(content, dict) else "?"


def digest_of_places(indexes: Iterable[int]) -> str:
    """SHA-256 over places in the log in rising order, eight bytes each, big-endian; in
    hexadecimal."""
    state = sha256()
    for index in sorted(indexes):
        state.update(index.to_bytes(8, "big"))
    return state.hexdigest()


def parse_keys(texts: Sequence[str]) -> tuple[Verifier, ...]:
    keys = []
    for text in texts:
        try:
            keys.append(Verifier.parse(text))
        except NoteError as error:
            raise Unreadable("bad-key", key=text) from error
    return tuple(keys)


def unpack(text: str) -> bytes:
    try:
        return notes.decode(text)
    except NoteError:
        return b""
