"""Blocking during a check (152-FZ article 21(1), GDPR article 18; 001 6.5, 003 7.2.4, 004 9.6)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.requests.kinds.model import Kind, Step, kind

KIND = kind(
    Kind(
        slug="blocking",
        order=25,
        title=_("Blocking"),
        asks=_("To block data while it is checked whether it is right and lawfully held."),
        happens=_(
            "The data is blocked from the moment of receipt and unblocked only by a recorded "
            "result."
        ),
        event="block.requested",
        steps=(
            Step("block", "system", _("Block the data from the moment of receipt")),
            Step("check", "officer", _("Check, and record the result that ends the block")),
            Step("answer", "officer", _("Tell the person")),
        ),
        must=(
            "result",
            "rights",
        ),
        refusals=(
            "not-proven",
            "accurate",
            "law-forbids",
        ),
    )
)
