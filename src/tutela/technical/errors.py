"""What can be wrong with what devices send."""

from __future__ import annotations

from tutela.core.errors import NotFound


class NothingTaken(NotFound):
    """The policy declares nothing that devices send."""
