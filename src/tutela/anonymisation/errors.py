"""What can go wrong with data that stays without its people."""

from __future__ import annotations

from tutela.core.errors import Conflict, NotFound, TutelaError


class UnknownSet(NotFound):
    """The policy in force has no set of that name."""


class NotToBeJoined(Conflict):
    """The policy does not let the set be combined with that one, or people could be told."""


class BadTable(TutelaError):
    """The table of the other set cannot be read."""
