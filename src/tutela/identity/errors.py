"""What can go wrong with people and their sign-ins."""

from __future__ import annotations

from tutela.core.errors import NotFound, TutelaError


class UnknownSubject(NotFound):
    """Nobody is known to this operator by this identifier; check the link."""


class UnknownRole(TutelaError):
    """The role is not one of the closed list; use officer, clerk or auditor."""
