"""A complaint that others reuse what was made public (000 6/p2; 152-FZ article 10.1)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.requests.kinds.model import OWN_AND_AUTHORITY, Asker, Kind, Proof, Step, kind

KIND = kind(
    Kind(
        slug="misuse",
        order=65,
        title=_("Complaint about the reuse of public data"),
        asks=_("To stop somebody who copies, calls or judges people by what they made public."),
        happens=_("The complaint goes to a person, who looks at how the public page was read."),
        event="request.received",
        steps=(
            Step("look", "officer", _("Look at how the public page was read")),
            Step(
                "act",
                "officer",
                _("Close the way that was used, and tell whoever misused the data to stop"),
            ),
            Step("answer", "officer", _("Tell the person")),
        ),
        must=(
            "result",
            "rights",
        ),
        refusals=(
            "not-proven",
            "unfounded",
        ),
        who=(*OWN_AND_AUTHORITY, Asker.ANYBODY),
        proof=Proof.NONE,
    )
)
