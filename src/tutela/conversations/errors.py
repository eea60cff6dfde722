"""What can be wrong with a conversation."""

from __future__ import annotations

from tutela.core.errors import Conflict, NotFound


class NoConversations(NotFound):
    """The policy in force declares no conversation with this party."""


class UnknownConversation(NotFound):
    """There is no such conversation for whoever asks; open it from the list."""


class NotWithOneself(Conflict):
    """Somebody follows their own address."""


class NobodyThere(Conflict):
    """The other party is gone, so nobody would read what is said."""
