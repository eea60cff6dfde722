"""What can go wrong with policies."""

from __future__ import annotations

from collections.abc import Iterable

from tutela.core.errors import Conflict, NotFound, TutelaError
from tutela.policy.findings import Finding


class PolicyErrors(TutelaError):
    """The policy has errors and nothing of it was loaded; correct every one of ``findings``."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(each) for each in self.findings))


class NoPolicyInForce(NotFound):
    """The operator has no policy in force at that moment; publish one first."""


class UnknownVersion(NotFound):
    """The operator has no version of that number; look at the list of versions."""


class NotAhead(Conflict):
    """A version can only be scheduled for a moment that is still to come."""


class NothingToCancel(Conflict):
    """Only a version that is still to take force can be cancelled."""


class NotApart(Conflict):
    """Versions come to this place together with the site; nothing is to be posted there."""


class UnknownPlace(NotFound):
    """The policy declares no such product, and no site of that name."""


class NumberTaken(Conflict):
    """A version's number must be greater than the last one's; raise it in ``policy.yaml``."""


class StillToCome(Conflict):
    """An earlier version takes force later than this one would; cancel that one first."""


class Unfinished(Conflict):
    """The text still holds what only a template holds; finish it before it is published."""
