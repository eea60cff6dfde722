"""What can be wrong when an event is settled."""

from __future__ import annotations

from tutela.core.errors import Conflict, NotAllowed, NotFound


class UnknownEvent(NotFound):
    """There is no such event; open it from the list."""


class AlreadySettled(Conflict):
    """Somebody has already said what was done."""


class OwnEvent(NotAllowed):
    """The event is about the person who wants to settle it; another has to."""
