"""What can go wrong with notices."""

from __future__ import annotations

from tutela.core.errors import Conflict, NotFound


class NoNotice(Conflict):
    """The collection point says nothing beforehand, so nothing may be taken there."""


class NothingNew(Conflict):
    """The person already goes on under the version in force."""


class NoSuchStep(NotFound):
    """The policy warns of nothing at that step."""
