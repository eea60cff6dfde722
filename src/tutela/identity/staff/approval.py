"""Where a room above may demand a second pair of eyes before something is done to an account.

The gate knows which operations the policy puts under four eyes; this room lies below and asks
through this hook. Whoever answers raises a ``TutelaError`` that says what to do first.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from tutela.core.vocabulary import Actor, ActorKind

Approval = Callable[[UUID, str, Actor, str, str], None]

GIVE_ROLE, TAKE_ROLE = "give-role", "take-role"

INVITE = "invite"
"""Letting somebody in who did not work here; the name to sign in with stands for the account."""

RESET_FACTORS = "reset-factors"
"""Taking away somebody else's second factors, after which a password alone lets them in."""

SWITCH_OFF = "switch-off"


def _unasked(_operator_id: UUID, _operation: str, _actor: Actor, _whom: str, _role: str) -> None:
    """Nothing here needs a second pair of eyes."""


_ask: Approval = _unasked


def install(approval: Approval) -> None:
    """``approval(operator_id, operation, actor, whom, role)`` raises unless it may be done to the
    account ``whom``: its number, or for an invitation the name to sign in with."""
    global _ask  # noqa: PLW0603 - one hook of the process, as with the clock
    _ask = approval


def demand(
    operator_id: UUID, operation: str, actor: Actor, whom: int | str, role: str = ""
) -> None:
    """Ask before anything is changed: the error may let what was written so far commit.

    About one's own account nobody is asked, because what is done to it refuses that itself.
    """
    if actor.kind is ActorKind.STAFF and actor.id == str(whom):
        return
    _ask(operator_id, operation, actor, str(whom), role)
