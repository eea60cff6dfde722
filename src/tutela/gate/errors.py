"""What can go wrong at the gate besides a refusal, which is a value."""

from __future__ import annotations

from collections.abc import Callable

from tutela.core.errors import Conflict, NotAllowed, NotFound, TutelaError


class NoSuchDecision(NotFound):
    """There is no decision under this identifier; look at the list."""


class WrongDecision(TutelaError):
    """Something in the proposed decision cannot be; the message says what to choose instead."""

    status = 422


class SamePerson(NotAllowed):
    """Who proposes or executes does not decide; somebody else has to."""


class AlreadyDecided(Conflict):
    """The decision was taken, declined or ended meanwhile; look at it again."""


class NeedsSecondPerson(Conflict):
    """The policy lets this be done only after a second person has agreed at the desk.

    ``propose`` puts it before somebody, in the new transaction of ``afterwards``.
    """

    def __init__(self, message: str, propose: Callable[[], None] | None = None) -> None:
        super().__init__(message)
        self._propose = propose

    def afterwards(self) -> None:
        if self._propose is not None:
            self._propose()


class PutBeforeSomebody(NeedsSecondPerson):
    """The same, and the proposal that somebody else has to agree to is made already; nothing else
    has happened in the transaction, which therefore commits."""

    keeps = True


class OwnRole(NotAllowed):
    """Nobody confirms a role of their own; somebody else has to look it over."""


class WrongBlock(TutelaError):
    """The ground, the place, the end or the result of a block is not one that can be taken."""

    status = 422


class NoSuchBlock(NotFound):
    """The block is not there any more; look at the person's page again."""
