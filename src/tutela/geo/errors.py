"""What can be wrong when a place is kept."""

from __future__ import annotations

from tutela.core.errors import Conflict, NotAllowed


class NotAsked(Conflict):
    """The policy asks nobody where they are, or not in this way."""


class NoPermission(NotAllowed):
    """The person has not permitted it; a typed address does instead."""
