"""What a key looks like and how long things last; plain values, no database and no clock.

    tutela_<operator>_<prefix>_<secret>

The operator's slug leads to its rows, the prefix names the key in lists and logs, the secret has
256 bits, so its hash needs no salt and no slowness.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from tutela.core.canonical import sha256_hex

MARK = "tutela"
OVERLAP = timedelta(hours=24)
"""So long the old key goes on working after a new one was issued, unless something else is said."""

REPLIES_KEPT = timedelta(hours=24)
"""So long a request may be repeated under its name."""

USED_STEP = timedelta(minutes=1)
"""How often the last use is written down; a request need not always write a row for it."""

PER_MINUTE = 600
MOST_PER_MINUTE = 1_000_000
_ALPHABET = "abcdefghjkmnpqrstuvwxyz"  # no digits: the journal takes a run of them for a number
_PREFIX = 8
_SLUG = re.compile(r"[a-z0-9](-?[a-z0-9]){0,62}")


@dataclass(frozen=True, slots=True)
class Parts:
    operator: str
    prefix: str
    secret: str

    @property
    def key(self) -> str:
        return f"{MARK}_{self.operator}_{self.prefix}_{self.secret}"


def new_key(operator: str) -> Parts:
    prefix = "".join(secrets.choice(_ALPHABET) for _ in range(_PREFIX))
    return Parts(operator, prefix, secrets.token_hex(32))


def parts(key: str) -> Parts | None:
    """The parts of a key, or None for what is none."""
    mark, *rest = key.split("_")
    if mark != MARK or len(rest) != 3 or not _SLUG.fullmatch(rest[0]):  # noqa: PLR2004
        return None
    return Parts(*rest)


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return sha256_hex(secret.encode())


def well_named(slug: str) -> bool:
    return bool(_SLUG.fullmatch(slug))


def works(ends_at: datetime | None, now: datetime) -> bool:
    return ends_at is None or now < ends_at


def unknown(asked: Collection[str], known: Collection[str]) -> list[str]:
    return sorted(set(asked) - set(known))
