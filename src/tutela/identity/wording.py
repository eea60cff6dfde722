"""Words for who works here; slugs stay in the rows, words are for readers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.core.vocabulary import Right
from tutela.identity.rules import Role
from tutela.policy.model import Policy

ROLES = {
    Role.OFFICER: _("officer"),
    Role.CLERK: _("clerk"),
    Role.AUDITOR: _("auditor"),
}
"""What a member of staff is, in words."""

RELATIONS = {
    "representative": _("representative"),
    "guardian": _("parent or guardian"),
}
"""Who somebody is to the person they act for."""

RIGHTS = {
    Right.ACCESS: _("see the data"),
    Right.CORRECTION: _("have it corrected"),
    Right.BLOCKING: _("have it blocked"),
    Right.CONSENT: _("give data and consents"),
    Right.WITHDRAWAL: _("withdraw consents"),
    Right.ERASURE: _("have data destroyed"),
}

EVIDENCE = {
    "power-of-attorney": _("power of attorney"),
    "notarial-power": _("power of attorney certified by a notary"),
    "court-decision": _("decision of a court"),
    "guardianship-act": _("act of guardianship"),
    "birth-certificate": _("birth certificate"),
    "declaration": _("a written declaration"),
}
"""The documents by which an authority is shown (152-FZ article 14(3))."""

REFUSALS = {
    "no-document": _("no document was shown"),
    "document-unclear": _("the document does not say so"),
    "document-over": _("the document is no longer valid"),
    "person-unknown": _("no such person is known"),
    "not-the-holder": _("the document is in another name"),
}
"""Why an authority was not confirmed."""

ENDINGS = {
    "person": _("the person ended it"),
    "holder": _("the holder gave it up"),
    "operator": _("the operator ended it"),
    "term": _("its last day is over"),
    "of-age": _("the person has come of age"),
    "destroyed": _("the data was destroyed"),
}
"""Why an authority ended."""


def role_title(policy: Policy, role: str, language: str) -> str:
    """A role in words; those of the operator's own are named by its policy."""
    if role in tuple(Role):
        return str(ROLES[Role(role)])
    own = policy.roles.get(role)
    return own.title.get(language, role) if own else role
