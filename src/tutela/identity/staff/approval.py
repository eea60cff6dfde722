"""Where a room above may demand a second pair of eyes before something is done to an account.

The gate knows which operations the policy puts under four eyes; this room lies below and asks
through this hook. Whoever answers raises a ``TutelaError`` that says what to do first.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from tutela.core.vocabulary import Actor

Approval = Callable[[UUID, str, Actor, int], None]

RESET_FACTORS = "staff.reset-factors"
"""Taking away somebody else's second factors, after which a password alone lets them in."""

SWITCH_OFF = "staff.switch-off"


def _unasked(_operator_id: UUID, _operation: str, _actor: Actor, _user_id: int) -> None:
    """Nothing here needs a second pair of eyes."""


_ask: Approval = _unasked


def install(approval: Approval) -> None:
    """``approval(operator_id, operation, actor, user_id)`` raises unless it may be done."""
    global _ask  # noqa: PLW0603 - one hook of the process, as with the clock
    _ask = approval


def demand(operator_id: UUID, operation: str, actor: Actor, user_id: int) -> None:
    _ask(operator_id, operation, actor, user_id)
