"""What can be wrong with an account, said so that its reader can go on."""

from __future__ import annotations

from tutela.core.errors import Conflict, NotFound


class NoAccount(NotFound):
    """The person has no open account here."""


class NoSuchDocument(NotFound):
    """The policy asks nobody to accept this document."""


class DeadToken(NotFound):
    """The token opens nothing: it was never issued, or its account has ended."""


class NotYourChild(NotFound):
    """The person guards no such child here."""


class NoChildren(Conflict):
    """The operator keeps no profiles of children."""
