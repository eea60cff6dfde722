"""A request of the authority for the protection of subjects’ rights (152-FZ articles 20(4), 21(1);
001 6.5(b), 003 7.2.4(b), 004 9.10(d))."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.requests.kinds.model import Asker, Kind, Proof, Step, kind

KIND = kind(
    Kind(
        slug="authority",
        order=80,
        title=_("Request of an authority"),
        asks=_("To inform the authority, or to block or correct data at its demand."),
        happens=_(
            "It is registered with its own type and answered by the appointed contact; a demand "
            "to block takes effect at once."
        ),
        event="request.received",
        steps=(
            Step("check", "officer", _("See that the request is lawful and in writing")),
            Step("do", "officer", _("Block, correct or destroy where it demands that")),
            Step("answer", "officer", _("Answer the authority")),
        ),
        must=(
            "result",
            "reasons",
        ),
        refusals=("unlawful-request",),
        who=(Asker.AUTHORITY,),
        proof=Proof.LETTERHEAD,
        by_ground={
            "information": "request.received",
            "block": "block.requested",
            "correct": "correction.requested",
            "destroy": "destruction.demanded",
        },
    )
)
