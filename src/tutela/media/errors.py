"""What can go wrong in the register of media."""

from __future__ import annotations

from tutela.core.errors import Conflict, NotFound, TutelaError


class UnknownMedium(NotFound):
    """The register has no medium with the asked identifier."""


class UnfitMedium(TutelaError):
    """What was said of a medium cannot be entered."""


class NotSo(Conflict):
    """The medium is not in the state that the step needs."""
