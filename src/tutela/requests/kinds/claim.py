"""A claim before going to court: with the signed consent where the policy asks for it (001 8,
003 9, 004 3.10)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.requests.kinds.model import Kind, Step, kind

KIND = kind(
    Kind(
        slug="claim",
        order=55,
        title=_("Claim"),
        asks=_("To settle a dispute before a court is asked."),
        happens=_(
            "A claim without the signed form that the policy asks for waits until the form comes."
        ),
        event="claim.received",
        steps=(
            Step("check", "system", _("See that the signed form came with it")),
            Step("consider", "officer", _("Consider the claim")),
            Step("answer", "officer", _("Answer in writing within the term")),
        ),
        must=(
            "result",
            "reasons",
            "rights",
        ),
        refusals=(
            "not-proven",
            "form-missing",
            "unfounded",
        ),
        incomplete=True,
        court=True,
    )
)
