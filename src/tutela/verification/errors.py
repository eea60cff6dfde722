"""What can be wrong with a verification."""

from __future__ import annotations

from tutela.core.errors import Conflict, NotAllowed, NotFound


class UnknownCase(NotFound):
    """There is no such verification; open it from the list."""


class AlreadyDecided(Conflict):
    """Somebody has already decided."""


class SecondPersonNeeded(NotAllowed):
    """The policy asks for two people, and this one has spoken already."""
