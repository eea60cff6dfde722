"""A claim for losses and moral damage (152-FZ article 17(2), GDPR article 82; 001 1.3.5(b),
003 8.1, 004 2.11/b7)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.requests.kinds.model import Kind, Step, kind

KIND = kind(
    Kind(
        slug="damages",
        order=60,
        title=_("Claim for damages"),
        asks=_("To have losses and moral damage made good."),
        happens=_("What happened to the data is kept as evidence in the journal."),
        event="claim.received",
        steps=(
            Step("evidence", "system", _("Keep the journal of the data as evidence")),
            Step("consider", "officer", _("Consider what happened and what is owed")),
            Step("answer", "officer", _("Answer in writing within the term")),
        ),
        must=(
            "result",
            "reasons",
            "rights",
        ),
        refusals=(
            "not-proven",
            "unfounded",
        ),
        court=True,
    )
)
