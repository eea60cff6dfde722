"""Fetches and receives letters for as long as the program runs.

What reads mailboxes and what takes deliveries is loaded only where the settings name one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from tutela.core.errors import Conflict
from tutela.intake import mailboxes

if TYPE_CHECKING:
    from tutela.intake import polling, serving


class MailPortTaken(Conflict):
    """Another program listens where letters are to be delivered."""


class Service:
    """Fetches and receives as the settings say, from ``start`` to ``stop``; nothing without one."""

    def __init__(self) -> None:
        self._fetchers: list[polling.Fetcher] = []
        if written := mailboxes.accounts(settings.TUTELA_MAILBOXES):
            from tutela.intake import polling  # noqa: PLC0415 - loaded where one is met, for a quick start

            self._fetchers = [polling.Fetcher(each) for each in written]
        self._server: serving.Server | None = None

    def start(self) -> None:
        """Raises ``MailPortTaken``."""
        wanted = mailboxes.listening(settings.TUTELA_MAIL_LISTEN)
        if wanted is not None:
            from tutela.intake import serving  # noqa: PLC0415 - loaded where one is met, for a quick start

            self._server = serving.Server(wanted)
            try:
                self._server.start()
            except OSError:
                raise MailPortTaken(
                    f"Port {wanted.port} of {wanted.host} is taken; change TUTELA_MAIL_LISTEN."
                ) from None
        for each in self._fetchers:
            each.start()

    def stop(self, patience: float) -> None:
        """Begin nothing more; what is in hand may take ``patience`` seconds."""
        for each in self._fetchers:
            each.tell_to_stop()
        if self._server is not None:
            self._server.stop()
        for each in self._fetchers:
            each.stop(patience)
