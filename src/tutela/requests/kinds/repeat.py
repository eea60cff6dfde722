"""A repeated request: after the term of the policy, earlier with a reason if the first answer was
incomplete (152-FZ article 14(4-6); 004 2.11/b4-5)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.requests.kinds.model import Kind, Step, kind

KIND = kind(
    Kind(
        slug="repeat",
        order=15,
        title=_("A repeated request"),
        asks=_("To get an answer once more, or the one that was incomplete made whole."),
        happens=_(
            "The system finds the earlier request and counts the term of the policy from it; an "
            "earlier repeat needs a reason."
        ),
        event="request.received",
        steps=(
            Step("link", "system", _("Find the first request and count the days since it")),
            Step(
                "judge",
                "officer",
                _("See whether the first answer was complete and the reason good"),
            ),
            Step("answer", "officer", _("Answer, or refuse with reasons")),
        ),
        must=(
            "result",
            "processed",
            "terms",
            "recipients",
            "rights",
        ),
        refusals=(
            "repeated-too-early",
            "no-justification",
            "not-proven",
            "law-forbids",
        ),
    )
)
