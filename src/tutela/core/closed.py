"""Reasons to do no work at all for now, such as keys that wait for their passphrase.

A room registers a reason; pages answer it with its status and sentence, background work waits.
"""

from __future__ import annotations

from collections.abc import Callable

from tutela.core.errors import TutelaError
from tutela.core.registry import Registry

REASONS: Registry[Callable[[], TutelaError | None]] = Registry("reason to be closed")
"""Each returns the error that says why nothing can be done now, or None. It must be quick."""


def reason() -> TutelaError | None:
    """Why nothing can be done now, or None."""
    return next(filter(None, (each() for each in REASONS.values())), None)
