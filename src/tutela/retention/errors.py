"""What can go wrong when data ends."""

from __future__ import annotations

from tutela.core.errors import Conflict, NotFound, TutelaError
from tutela.gate.actions import Refusal, remember


class DestructionRefused(TutelaError):
    """The gate refused the destruction; look at the refusal in the journal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__("The gate refused the destruction; see the journal.")
        self.refusal = refusal

    def afterwards(self) -> None:
        remember(self.refusal)


class StillThere(TutelaError):
    """Something of what was to be destroyed is still there, so no act is signed."""


class UnknownReason(TutelaError):
    """The reason is not one of the closed list; choose one from it."""


class UnknownGround(TutelaError):
    """A hold needs a ground of the policy: a basis, a purpose, or an agreement."""


class UnknownAct(NotFound):
    """The operator has no act with the asked identifier."""


class UnknownHold(NotFound):
    """The operator has no hold with the asked identifier, or it was released."""


class WrongHold(TutelaError):
    """A hold cannot be placed so; the sentence says what to change."""


class ObstacleStands(Conflict):
    """The obstacle is registered for the person already; close it first."""


class UnknownPurge(NotFound):
    """There is no such purge."""


class WrongPurge(TutelaError):
    """The purge cannot be asked for or decided so; the sentence says what to do."""

    status = 422


class WrongFact(TutelaError):
    """What is told cannot be so; the sentence says what to change."""

    status = 422


class UnknownContract(NotFound):
    """No agreement with the person runs under the asked number."""
