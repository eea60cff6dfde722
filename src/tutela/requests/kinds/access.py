"""Access: what is processed, why, on what basis, from where, until when, who receives it (152-FZ
article 14(7), GDPR article 15; 001 1.3.2(a), 6.3; 004 2.10)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.requests.kinds.model import Kind, Step, kind

KIND = kind(
    Kind(
        slug="access",
        order=10,
        title=_("Access to one’s data"),
        asks=_(
            "To learn what is held about me, why, on what basis, from where, until when, who "
            "received it and how it is protected."
        ),
        happens=_(
            "The system gathers what is held and drafts the information sheet; the officer looks "
            "at what it says of other people."
        ),
        event="request.received",
        steps=(
            Step("gather", "system", _("Gather what is held into the information sheet")),
            Step("redact", "officer", _("Look at what is said of other people and leave it out")),
            Step("answer", "officer", _("Read the sheet and send it")),
        ),
        must=(
            "processed",
            "purposes",
            "bases",
            "operator",
            "sources",
            "terms",
            "recipients",
            "measures",
            "decisions",
            "rights",
        ),
        refusals=(
            "not-proven",
            "others-rights",
            "repeated-too-early",
            "law-forbids",
        ),
    )
)
