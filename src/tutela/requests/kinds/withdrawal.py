"""Withdrawal of consent, at any time (152-FZ article 9(2), GDPR article 7(3); 001 6.4, 003 11.11,
004 2.11/b6, 9.4)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.requests.kinds.model import Kind, Step, kind

KIND = kind(
    Kind(
        slug="withdrawal",
        order=40,
        title=_("Withdrawal of consent"),
        asks=_("To take back a consent."),
        happens=_(
            "Processing that rests on the consent stops at once; destruction follows within the "
            "term, with a signed act."
        ),
        event="consent.withdrawn",
        steps=(
            Step("stop", "system", _("Stop what rests on the consent")),
            Step("receipt", "system", _("Tell the person what follows and by when")),
            Step("destroy", "system", _("Destroy what nothing else needs and sign the act")),
        ),
        must=(
            "result",
            "rights",
        ),
        refusals=(),
        by_itself=True,
    )
)
