"""Ends again, at the start, what is over and came back with a restored database.

Pages answer 503 and background work waits meanwhile (``vault.restoring``): the process is there to
tell how far it is, and serves nobody.
"""

from __future__ import annotations

import logging
import threading
import time

from django.db import DatabaseError, connections

from tutela.core.errors import TutelaError
from tutela.vault import restoring

log = logging.getLogger(__name__)

_PAUSE = 2.0  # seconds until it is tried again, for example because the keys are still sealed
_TELL_EVERY = 2.0  # seconds between lines of progress


def begin() -> threading.Thread:
    """Bring database and home together in a thread of its own, however often it takes."""
    thread = threading.Thread(target=_until_done, name="after-restore", daemon=True)
    thread.start()
    return thread


def _until_done() -> None:
    try:
        while not _try():
            time.sleep(_PAUSE)
    finally:
        connections.close_all()


def _try() -> bool:
    try:
        done = restoring.replay_all(_Progress())
    except (TutelaError, DatabaseError, OSError) as error:
        log.warning(
            "What is over could not be ended again (%s); trying again soon.",
            type(error).__name__,
            exc_info=error,
        )
        connections.close_all()
        return False
    if done != restoring.Replayed():
        log.warning(
            "The database or the keys were restored from a backup: %d endings were repeated, "
            "%d were listed again, %d shares were put right.",
            done.ended,
            done.listed,
            done.shares,
        )
    return True


class _Progress:
    """Tells the log now and then."""

    def __init__(self) -> None:
        self._next = time.monotonic()

    def __call__(self, slug: str, done: int, of: int) -> None:
        if time.monotonic() >= self._next or done == of:
            log.warning("After the restore: %s, %d of %d endings are repeated.", slug, done, of)
            self._next = time.monotonic() + _TELL_EVERY
