"""One’s data in a form that another program reads (GDPR article 20; 004 2.10/b6)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.requests.kinds.model import Kind, Step, kind

KIND = kind(
    Kind(
        slug="export",
        order=75,
        title=_("A copy to take along"),
        asks=_("To get everything about me as a file for people and a file for programs."),
        happens=_(
            "The system makes the package; the officer looks at what it says of other people."
        ),
        event="request.received",
        steps=(
            Step("gather", "system", _("Make the package")),
            Step("redact", "officer", _("Look at what is said of other people and leave it out")),
            Step("answer", "officer", _("Send the address of the package")),
        ),
        must=(
            "result",
            "package",
            "rights",
        ),
        refusals=(
            "not-proven",
            "others-rights",
            "law-forbids",
        ),
    )
)
