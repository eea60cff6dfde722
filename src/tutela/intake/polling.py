"""A thread for each mailbox, which reads it for as long as the program runs.

Where the server can say that something came (IDLE, RFC 2177) it is asked to; otherwise the
mailbox is looked at every minute. A server that cannot be reached is tried again after a pause
that doubles, up to five minutes; letters wait in the mailbox meanwhile.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from imaplib import IMAP4

from django.db import DatabaseError, close_old_connections, connections
from imap_tools import BaseMailBox
from imap_tools.errors import ImapToolsError

from tutela.core import closed
from tutela.core.errors import TutelaError
from tutela.intake import fetching
from tutela.intake.mailboxes import Account
from tutela.policy import actions as policies

log = logging.getLogger(__name__)

LONGEST_IDLE = 60.0
"""Seconds after which a mailbox is looked at even if the server said nothing."""
_TICK = 1.0
_LONGEST_PAUSE = 300.0
FAILURES = (OSError, IMAP4.error, ImapToolsError, fetching.Unreadable, DatabaseError, TutelaError)
"""What may go wrong with a server or the database, and pass."""


def once(account: Account) -> int:
    """Take in what is new in one mailbox; how many letters. Raises ``FAILURES``."""
    operator = policies.operator_id(account.operator)
    box = fetching.opened(account)
    with contextlib.closing(_Closing(box)):
        return fetching.fetch(operator, account, box)


class Fetcher:
    """Reads one mailbox again and again in a thread of its own."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def tell_to_stop(self) -> None:
        self._stopping.set()

    def stop(self, patience: float) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(patience)

    def _run(self) -> None:
        pause = _TICK
        while not self._stopping.is_set():
            try:
                if closed.reason() is None:
                    self._read_on()
                pause = _TICK
            except FAILURES as error:
                self._note(error)
                pause = min(2 * pause, _LONGEST_PAUSE)
            finally:
                connections.close_all()
            self._stopping.wait(pause)

    def _read_on(self) -> None:
        """Read until told to stop; raises where the connection or the database breaks."""
        operator = policies.operator_id(self._account.operator)
        box = fetching.opened(self._account)
        with contextlib.closing(_Closing(box)):
            while not self._stopping.is_set() and closed.reason() is None:
                close_old_connections()
                fetching.fetch(operator, self._account, box, self._stopping.is_set)
                connections.close_all()
                self._wait(box)

    def _wait(self, box: BaseMailBox) -> None:
        """Until something came, or a minute is over; looks up every second to see a stop."""
        if "IDLE" not in box.client.capabilities:
            self._stopping.wait(LONGEST_IDLE)
            return
        waited = 0.0
        box.idle.start()  # type: ignore[no-untyped-call]
        try:
            while waited < LONGEST_IDLE and not self._stopping.is_set():
                if any(b"EXISTS" in each for each in box.idle.poll(timeout=_TICK)):
                    break
                waited += _TICK
        finally:
            box.idle.stop()  # type: ignore[no-untyped-call]

    def _note(self, error: BaseException) -> None:
        log.warning("A mailbox cannot be read now; trying again soon.", exc_info=error)
        with contextlib.suppress(DatabaseError, TutelaError):
            connections.close_all()
            operator = policies.operator_id(self._account.operator)
            fetching.note_failure(operator, self._account, type(error).__name__.lower())


class _Closing:
    """Signs out without complaint: the server may have gone."""

    def __init__(self, box: BaseMailBox) -> None:
        self._box = box

    def close(self) -> None:
        with contextlib.suppress(OSError, IMAP4.error, ImapToolsError):
            self._box.logout()
