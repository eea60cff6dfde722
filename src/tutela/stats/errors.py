"""What can be wrong when visits are counted."""

from __future__ import annotations

from tutela.core.errors import Conflict, NotAllowed


class NotCounted(Conflict):
    """The policy names no purpose for statistics of visits, so none are kept."""


class OtherPurpose(NotAllowed):
    """The key was not made for the purpose that statistics serve here."""
