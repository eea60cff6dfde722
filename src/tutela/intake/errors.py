"""What can be wrong when a letter is dealt with."""

from __future__ import annotations

from tutela.core.errors import Conflict, NotFound, TutelaError


class UnknownMail(NotFound):
    """There is no such letter; open it from the list."""


class AlreadySettled(Conflict):
    """Somebody has already said what becomes of this letter."""


class NotPossible(TutelaError):
    """Not to be done with such a letter; the sentence says what can be."""

    status = 422


class LinkSpent(TutelaError):
    """The link that confirms a withdrawal has been used, or another word was taken for it."""

    status = 410
