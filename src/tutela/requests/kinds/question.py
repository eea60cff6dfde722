"""Anything else: a question to the operator (000 9/p1, 001 9.3, 003 12.4)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.requests.kinds.model import OWN_AND_AUTHORITY, Asker, Kind, Proof, Step, kind

KIND = kind(
    Kind(
        slug="question",
        order=90,
        title=_("Question"),
        asks=_("To have a question answered."),
        happens=_("It goes to a person, who can name another kind of request."),
        event="request.received",
        steps=(
            Step("read", "officer", _("Read it and say what kind of request it is")),
            Step("answer", "officer", _("Answer")),
        ),
        must=("result",),
        refusals=(
            "not-proven",
            "unfounded",
            "unlawful-request",
        ),
        who=(*OWN_AND_AUTHORITY, Asker.ANYBODY),
        proof=Proof.NONE,
    )
)
