"""Words for what arrives by mail; slugs stay in the rows, words are for readers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class State(StrEnum):
    """What becomes of one message.

    ``taken`` started what its mark asks for; ``unread`` waits for a person; ``confirming`` has
    stopped the processing and waits for the sender's word; ``wanted`` was set aside and is to be
    fetched all the same; ``held`` could not be sealed and lies where it came.
    """

    TAKEN = "taken"
    UNREAD = "unread"
    CONFIRMING = "confirming"
    SETTLED = "settled"
    ASIDE = "aside"
    WANTED = "wanted"
    HELD = "held"


WAITING = (State.UNREAD, State.CONFIRMING, State.HELD)
"""The states in which a member of staff has something to do or to watch."""

STATES = {
    State.TAKEN: _("taken in"),
    State.UNREAD: _("to be read"),
    State.CONFIRMING: _("to be confirmed"),
    State.SETTLED: _("dealt with"),
    State.ASIDE: _("set aside"),
    State.WANTED: _("being fetched"),
    State.HELD: _("not sealed"),
}

TONES = {
    State.TAKEN: "given",
    State.UNREAD: "soon",
    State.CONFIRMING: "open",
    State.SETTLED: "discharged",
    State.ASIDE: "none",
    State.WANTED: "open",
    State.HELD: "late",
}
"""The tone of each state, by the slug of a component."""

REASONS: Mapping[str, _StrOrPromise] = {
    "": "",
    "marked": _("the subject line carries the mark that the policy asks for"),
    "no-mark": _("the subject line carries no mark"),
    "unknown-sender": _("nobody is known by the sender’s address"),
    "reply": _("it answers a letter of ours"),
    "unproven": _("nothing proves yet that the sender wrote it"),
    "nothing-to-withdraw": _("the sender has no consent to withdraw"),
    "auto-reply": _("a program answered by itself"),
    "bounce": _("a mail server reports on a letter of ours"),
    "bulk": _("it went to many at once"),
    "spam": _("the mail server marked it as spam"),
    "own": _("it is a letter of ours that came back"),
    "loop": _("one address writes too often"),
    "several-senders": _("it leaves open who wrote it: it names several senders"),
    "elsewhere": _("answers are wanted by another address, or another one sent it on"),
    "no-sender": _("it names no address that could be answered"),
    "too-large": _("it is larger than the policy allows for a letter"),
    "incomplete": _("the policy asks for more than the letter says"),
    "refused": _("the gate refused to keep it"),
    "closed": _("the operator is wound up and takes nothing in any more"),
    "no-point": _("the policy has no collection point for letters"),
}
"""Why a message is in its state."""

PROOFS: Mapping[str, _StrOrPromise] = {
    "": _("nothing"),
    "dmarc": _("the mail server, by the rules of the sender’s domain (DMARC)"),
    "dkim": _("the mail server, by a signature (DKIM)"),
    "spf": _("the mail server, by the path it came (SPF)"),
    "link": _("the sender, by the link in our letter"),
    "staff": _("a member of staff, after looking into it"),
}
"""What shows that the sender wrote it."""

ASKS = {
    "request.received": _("a question or a request about data"),
    "correction.requested": _("to correct data"),
    "block.requested": _("to block data"),
    "erasure.requested": _("to destroy data"),
    "consent.withdrawn": _("to withdraw consent"),
    "marketing.stopped": _("to stop mailings"),
    "stop.requested": _("to stop the processing"),
    "distribution.stop.requested": _("to stop the publication"),
    "objection.received": _("to look at an automated decision again"),
    "claim.received": _("a claim"),
}
"""What a letter can ask for, by the event that it states."""

ASKED: Mapping[str, _StrOrPromise] = {**ASKS, "": _("nothing"), "letter.received": _("a letter")}
"""What a letter was taken for; some say nothing that starts a case."""

CHANNELS = {
    "oral": _("by word of mouth"),
    "phone": _("by telephone"),
    "paper": _("on paper"),
    "in-person": _("in person"),
}
"""How a request can come to staff besides mail."""
