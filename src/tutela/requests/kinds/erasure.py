"""Erasure or anonymisation; the ground decides the clock (152-FZ article 20(3), GDPR article 17;
001 1.3.2(d), 004 9.2, 9.8)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.requests.kinds.model import Kind, Step, kind

KIND = kind(
    Kind(
        slug="erasure",
        order=30,
        title=_("Erasure or anonymisation"),
        asks=_("To delete my data, or to make it anonymous."),
        happens=_(
            "Once it is granted the system destroys what nothing else needs, with a signed act, "
            "and says what stays and why."
        ),
        event="erasure.requested",
        steps=(
            Step(
                "decide",
                "officer",
                _("See whether another lawful ground keeps the data, and decide"),
            ),
            Step("destroy", "system", _("Destroy it everywhere and sign the act")),
            Step("tell", "officer", _("Tell those who received the data")),
            Step("answer", "officer", _("Tell the person, and which functions end")),
        ),
        must=(
            "result",
            "effects",
            "told",
            "rights",
        ),
        refusals=(
            "not-proven",
            "contract",
            "law-keeps",
            "claims",
            "law-forbids",
        ),
        by_ground={
            "wish": "erasure.requested",
            "unlawful": "destruction.demanded",
            "unnecessary": "destruction.demanded",
        },
    )
)
