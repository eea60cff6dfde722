"""What can be wrong when something found is decided about."""

from __future__ import annotations

from tutela.core.errors import Conflict, NotFound


class UnknownFinding(NotFound):
    """There is no such finding; open it from the list."""


class AlreadyDecided(Conflict):
    """Somebody has already decided about it."""


class NotRemoved(Conflict):
    """The gate does not let the text be removed; the sentence says why."""
