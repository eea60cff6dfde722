"""Words of this room: kinds of runs, and their steps."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class RunKind(StrEnum):
    LIQUIDATION = "liquidation"
    SALE = "sale"


KINDS: dict[RunKind, _StrPromise] = {
    RunKind.LIQUIDATION: _("The operator is wound up"),
    RunKind.SALE: _("The business is sold"),
}


class Why(StrEnum):
    """Why the sealed file of a sale is destroyed."""

    RECEIVED = "received"
    TERM = "term"
    CANCELLED = "cancelled"


WHYS: dict[Why, _StrPromise] = {
    Why.RECEIVED: _("the buyer has confirmed that it has the file"),
    Why.TERM: _("the term of the file is over"),
    Why.CANCELLED: _("the sale was called off"),
}


class Step(StrEnum):
    """Where a run stands, in the order in which it goes on."""

    OPENED = "opened"
    TELLING = "telling"
    WAITING = "waiting"
    CARRYING = "carrying"
    ENDED = "ended"
    CANCELLED = "cancelled"


STEPS: dict[Step, tuple[_StrPromise, str]] = {
    Step.OPENED: (_("waits for a second person"), "open"),
    Step.TELLING: (_("people are written to"), "soon"),
    Step.WAITING: (_("waits for its day"), "soon"),
    Step.CARRYING: (_("is carried out"), "at-risk"),
    Step.ENDED: (_("ended with an act"), "kept"),
    Step.CANCELLED: (_("called off"), "archived"),
}
