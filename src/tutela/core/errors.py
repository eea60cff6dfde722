"""The one root of Tutela's exceptions: the message is a sentence that says what to do next."""

from __future__ import annotations


class TutelaError(Exception):
    """Something a reader can act on. ``status`` is the HTTP status a page answers with.

    ``keeps`` is true where the transaction must commit in spite of the error, because it holds
    the journal entry of a refusal and nothing else. ``leaves_word`` is true where pages and the
    API call ``afterwards`` before they answer.
    """

    status = 400
    keeps = False
    leaves_word = False

    def afterwards(self) -> None:
        """Write what must be known although the transaction that raised this was rolled back.

        Called in a new transaction by whoever goes on after the error.
        """


class NotFound(TutelaError):
    status = 404


class NotAllowed(TutelaError):
    status = 403


class Conflict(TutelaError):
    status = 409
