"""An end of processing, apart from erasure (152-FZ article 21(5.1); 003 11.11.3, 004 9.5)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.requests.kinds.model import Kind, Step, kind

KIND = kind(
    Kind(
        slug="stop",
        order=35,
        title=_("An end of processing"),
        asks=_("To stop using my data, at the operator and at everybody who works for it."),
        happens=_(
            "The system stops the processing within the term, and blocks what cannot be destroyed "
            "yet."
        ),
        event="stop.requested",
        steps=(
            Step("stop", "system", _("Stop the processing")),
            Step("tell", "officer", _("Tell everybody who works with the data")),
            Step("answer", "officer", _("Tell the person")),
        ),
        must=(
            "result",
            "told",
            "rights",
        ),
        refusals=(
            "not-proven",
            "contract",
            "law-keeps",
            "law-forbids",
        ),
        by_itself=True,
    )
)
