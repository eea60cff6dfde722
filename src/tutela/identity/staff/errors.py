"""What can go wrong when staff are managed."""

from __future__ import annotations

from tutela.core.errors import Conflict, NotAllowed, NotFound, TutelaError


class UnknownStaff(NotFound):
    """Nobody of this operator's staff has this number; open the list of staff."""


class OwnRole(NotAllowed):
    """Nobody changes their own roles; ask another officer."""


class LastOfficer(Conflict):
    """The operator would be left without an officer; give somebody else the role first."""


class WorksElsewhere(NotAllowed):
    """The account belongs to staff of another operator too; whoever runs the installation acts."""


class BadName(TutelaError):
    """The name to sign in with cannot be used; choose another."""

    status = 422


class SpentLink(TutelaError):
    """The link was used, replaced or is too old; ask an officer for a new one."""

    status = 410
