"""An end of dissemination: three working days, or the term that the court sets (152-FZ article
10.1(12-14); 004 8.3, 8.4)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.requests.kinds.model import Kind, Step, kind

KIND = kind(
    Kind(
        slug="undistribution",
        order=50,
        title=_("An end of publication"),
        asks=_("To stop showing my data to everybody."),
        happens=_(
            "The officer ends the publication within the term, and those who received the data "
            "are told."
        ),
        event="distribution.stop.requested",
        steps=(
            Step("unpublish", "officer", _("Take the data off public pages")),
            Step("tell", "officer", _("Tell those who received the data")),
            Step("answer", "officer", _("Tell the person")),
        ),
        must=(
            "result",
            "told",
            "rights",
        ),
        refusals=(
            "not-proven",
            "public-interest",
        ),
        by_ground={
            "request": "distribution.stop.requested",
            "court": "court.decision",
        },
        discharges=frozenset({"unpublish", "notify-subject"}),
    )
)
