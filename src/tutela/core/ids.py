"""Opaque identifiers: they name a row and say nothing about the person behind it."""

from __future__ import annotations

import os
import secrets
import time
import uuid

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62


def new_id() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562), ordered by creation so that indexes stay dense.

    The twelve bits after the millisecond are its fraction (method 3 of section 6.2), so that
    identifiers made one after the other in a process sort in that order.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= _VERSION_7 | ((rest << 12) // 1_000_000) << 64
    value |= _VARIANT | int.from_bytes(os.urandom(8)) >> 2
    return uuid.UUID(int=value)


def new_token() -> str:
    """A 256-bit secret for a single-use link; store only its hash."""
    return secrets.token_urlsafe(32)
