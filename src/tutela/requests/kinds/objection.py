"""Objection to a decision that a machine made alone (152-FZ article 16, GDPR article 22; 001 1.3.4,
004 2.10/b7)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.requests.kinds.model import Kind, Step, kind

KIND = kind(
    Kind(
        slug="objection",
        order=45,
        title=_("Objection to an automated decision"),
        asks=_("To have a decision that a machine made alone explained and looked at by a person."),
        happens=_(
            "A person looks at the decision again, and the answer says how it was made and how to "
            "defend oneself."
        ),
        event="objection.received",
        steps=(
            Step(
                "explain", "officer", _("Explain how the decision is made and what it may lead to")
            ),
            Step("review", "officer", _("Look at the decision again, as a person")),
            Step("answer", "officer", _("Tell the result and how to defend one’s rights")),
        ),
        must=(
            "explanation",
            "review",
            "result",
            "rights",
        ),
        refusals=(
            "not-proven",
            "no-such-decision",
        ),
    )
)
