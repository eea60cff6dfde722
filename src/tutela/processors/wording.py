"""Words of this room: how a processor is told, what it answers, where a command stands."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tutela.retention.wording import OUTCOMES as ENDED
from tutela.retention.wording import PROOFS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

__all__ = ["BY_HAND", "ENDED", "FAILURES", "STATES", "WAYS", "State"]

WAYS: dict[str, _StrPromise] = {
    "mail": _("by a letter"),
    "webhook": _("by a signed message to its server"),
    "hand": _("by staff"),
}
FAILURES: dict[str, _StrPromise] = {
    "mail-refused": _("the mail server did not take the letter"),
    "server-refused": _("its server did not take the message"),
    "unreachable": _("its server cannot be reached"),
    "no-longer-declared": _("the policy in force no longer says how it is told"),
}
BY_HAND = {slug: words for slug, words in PROOFS.items() if slug != "link"}
"""What staff may have in hand as proof."""


class State(StrEnum):
    TO_TELL = "to-tell"
    FAILING = "failing"
    AWAITED = "awaited"
    OVERDUE = "overdue"
    DONE = "done"


STATES: dict[State, tuple[_StrPromise, str]] = {
    State.TO_TELL: (_("to be told"), "open"),
    State.FAILING: (_("could not be told yet"), "at-risk"),
    State.AWAITED: (_("told, awaited"), "soon"),
    State.OVERDUE: (_("overdue"), "late"),
    State.DONE: (_("confirmed"), "kept"),
}
"""Where a command stands, in words and in the tone of a badge."""
