"""Opaque identifiers: they name a row and say nothing about the person behind it."""

from __future__ import annotations

import os
import secrets
import time
import uuid

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62


def new_id() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): random, and ordered by creation so indexes stay dense."""
    random = int.from_bytes(os.urandom(10))
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= _VERSION_7 | ((random >> 62) & 0xFFF) << 64
    value |= _VARIANT | (random & ((1 << 62) - 1))
    return uuid.UUID(int=value)


def new_token() -> str:
    """A 256-bit secret for a single-use link; store only its hash."""
    return secrets.token_urlsafe(32)
