"""A question about the measures that protect the data (152-FZ article 14(7), 004 2.11/b2)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.requests.kinds.model import OWN_AND_AUTHORITY, Asker, Kind, Proof, Step, kind

KIND = kind(
    Kind(
        slug="measures",
        order=70,
        title=_("Question about protection"),
        asks=_("To learn by which measures my data is protected."),
        happens=_("The system drafts the answer from the policy."),
        event="request.received",
        steps=(
            Step("draft", "system", _("Draft the answer from the measures in the policy")),
            Step("answer", "officer", _("Read and send it")),
        ),
        must=(
            "measures",
            "rights",
        ),
        refusals=("unfounded",),
        who=(*OWN_AND_AUTHORITY, Asker.ANYBODY),
        proof=Proof.NONE,
    )
)
