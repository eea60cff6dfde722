"""One byte form for a JSON value, so that hashes and signatures agree everywhere (RFC 8785)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("Only timezone-aware moments can be written canonically.")
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, float):
        raise TypeError("Floating-point numbers have no one byte form; use integers or strings.")
    raise TypeError(f"{type(value).__name__} cannot be written canonically.")


def canonical_bytes(value: Mapping[str, Any]) -> bytes:
    """Sorted keys, no spaces, UTF-8; moments as UTC with microseconds, ids as text."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    ).encode()


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
