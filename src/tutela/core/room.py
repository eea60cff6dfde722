"""Whether something failed because a disk is full: its own case, because somebody can act on it."""

from __future__ import annotations

import errno

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_DISK_FULL = "53100"  # PostgreSQL's word for it


def is_full(error: BaseException | None) -> bool:
    """Whether ``error``, or what it was raised from, says that there is no room to write."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        if getattr(error, "sqlstate", None) == _DISK_FULL:
            return True
        error = error.__cause__
    return False
