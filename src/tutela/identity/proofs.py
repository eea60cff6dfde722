"""How it is shown who somebody is, and how much of it each right needs. Pure.

A proof is proportionate to what is asked: seeing one's own data needs more than stopping its use,
and no more data is demanded than is needed to tell people apart (001 1.3.1(b), 6.4; 003 9.1(c);
004 9.10(c); GDPR article 12(6), 152-FZ article 14(3)).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from tutela.core.vocabulary import Right
from tutela.policy.model import Policy
from tutela.policy.parameters import Parameter, one_of

CONTROL = "request.identity"


class Proof(StrEnum):
    """From the least to the most; the operator’s own site counts as much as a mail link."""

    CLAIMED = "claimed"
    MAIL_LINK = "mail-link"
    HAND_OVER = "hand-over"
    MATCHED = "matched-fields"
    DOCUMENT = "document"

    @property
    def rank(self) -> int:
        return _RANKS[self]

    def suffices(self, needed: Proof) -> bool:
        return self.rank >= needed.rank


_RANKS: Mapping[Proof, int] = {
    Proof.CLAIMED: 0,
    Proof.MAIL_LINK: 1,
    Proof.HAND_OVER: 1,
    Proof.MATCHED: 2,
    Proof.DOCUMENT: 3,
}

USUAL: Mapping[Right, Proof] = {
    Right.ACCESS: Proof.MAIL_LINK,
    Right.CORRECTION: Proof.MAIL_LINK,
    Right.BLOCKING: Proof.MAIL_LINK,
    Right.CONSENT: Proof.CLAIMED,
    Right.WITHDRAWAL: Proof.CLAIMED,
    Right.ERASURE: Proof.MAIL_LINK,
}
"""What each right needs where the policy says nothing: ending is never harder than beginning."""

PARAMETERS: Mapping[str, Parameter] = {str(right): one_of(map(str, Proof)) for right in Right}
"""What a policy may say at its binding to ``request.identity``."""


def needed(policy: Policy, right: Right) -> Proof:
    """What the policy asks for: ``with: {access: matched-fields}`` at its binding to
    ``request.identity``. A word that is no proof asks for the most, so that a slip of the pen
    opens nothing; the checks of the policy report it."""
    wanted: Proof | None = None
    for each in policy.bindings:
        said = each.parameters.get(str(right)) if each.control == CONTROL else None
        if said is not None:
            proof = Proof(said) if said in tuple(Proof) else Proof.DOCUMENT
            wanted = proof if wanted is None or proof.rank > wanted.rank else wanted
    return USUAL[right] if wanted is None else wanted
