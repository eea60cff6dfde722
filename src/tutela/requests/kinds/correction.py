"""Correction of what is incomplete, outdated or inaccurate (152-FZ articles 20(3), 21(1-2), GDPR
article 16; 004 9.7)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.requests.kinds.model import Kind, Step, kind

KIND = kind(
    Kind(
        slug="correction",
        order=20,
        title=_("Correction"),
        asks=_("To correct data that is incomplete, outdated or inaccurate."),
        happens=_(
            "The data is blocked from the moment of the request until the check has a result."
        ),
        event="correction.requested",
        steps=(
            Step("block", "system", _("Block the data during the check")),
            Step("compare", "officer", _("Compare with what shows the new value")),
            Step("correct", "officer", _("Write the new value; the old one stays in its history")),
            Step("tell", "officer", _("Tell those who received the data")),
            Step("answer", "officer", _("Tell the person")),
        ),
        must=(
            "result",
            "corrected",
            "told",
            "rights",
        ),
        refusals=(
            "not-proven",
            "not-shown",
            "accurate",
            "law-forbids",
        ),
        by_ground={
            "incomplete": "correction.requested",
            "outdated": "correction.requested",
            "inaccurate": "correction.requested",
        },
        discharges=frozenset({"correct", "notify-subject"}),
    )
)
