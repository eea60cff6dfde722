"""Words for who works here; slugs stay in the rows, words are for readers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.core.vocabulary import Right
from tutela.identity.proofs import Proof
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

HANDOVER_REFUSALS = {
    "malformed": _("the token cannot be read"),
    "wrong-algorithm": _("the token is not signed as agreed"),
    "unknown-key": _("the key is not registered, or no longer"),
    "forged": _("the signature is not genuine"),
    "wrong-audience": _("it was made for another place"),
    "wrong-issuer": _("it is from another site than its key"),
    "wrong-origin": _("it was sent from another site"),
    "too-long": _("it would live for too long"),
    "not-yet": _("it is from the future"),
    "expired": _("it is too old"),
    "replayed": _("it was used before"),
}
"""Why a hand-over token was not taken."""

PROOFS = {
    Proof.CLAIMED: _("nothing but the word of whoever asks"),
    Proof.MAIL_LINK: _("by a link sent to a known address"),
    Proof.HAND_OVER: _("by the operator’s own site"),
    Proof.MATCHED: _("by something only the person knows of what is held"),
    Proof.DOCUMENT: _("by an identity document"),
}
"""How it was shown who somebody is, from the least to the most."""


def role_title(policy: Policy, role: str, language: str) -> str:
    """A role in words; those of the operator's own are named by its policy."""
    if role in tuple(Role):
        return str(ROLES[Role(role)])
    own = policy.roles.get(role)
    return own.title.get(language, role) if own else role
