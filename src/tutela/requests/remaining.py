"""What still allows something after a withdrawal, for the letter that confirms it (000 8/b1(b);
003 11.11.3; 004 9.4(c); GDPR article 17(3))."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from tutela.core import clock
from tutela.gate import actions as gate
from tutela.gate.standing import Standing
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.requests import letters
from tutela.requests.models import Letter
from tutela.retention import showing
from tutela.vault import actions as vault


def remaining(operator_id: UUID, subject: UUID, language: str) -> list[str]:
    """The purposes that something held of a person still serves, each with its basis, and the
    grounds on which something is held; each once, in words."""
    policy, standing = policies.in_force(operator_id), gate.standing(operator_id, subject)
    served = {each for record in vault.records(operator_id, subject) for each in record.purposes}
    lines = [
        f"{showing.words(policy.purposes[slug].title, language)} — "
        f"{showing.words(policy.bases[basis].title, language)}"
        for slug in policy.purposes
        if slug in served
        for basis in _standing(policy, standing, slug, clock.now())
    ]
    now = clock.now()
    holds = (each.ground for each in standing.holds if each.live(now))
    lines += [showing.hold_ground(policy, each, language) for each in holds]
    return list(dict.fromkeys(lines))


def _standing(policy: Policy, standing: Standing, purpose: str, now: datetime) -> Iterator[str]:
    """The bases of a purpose that stand for the person now."""
    for slug in policy.purposes[purpose].bases:
        kind = policy.bases[slug].kind
        given = standing.consents.get(purpose)
        carried = any(each.live(now) and purpose in each.purposes for each in standing.contracts)
        if {
            "consent": given is not None and given.live(now),
            "contract": carried,
            "law": True,
        }.get(kind, not standing.refused):
            yield slug


def _letter(operator_id: UUID, letter: Letter) -> dict[str, object]:
    return {"remaining": remaining(operator_id, letter.subject_id, letter.language)}


letters.MORE.register("withdrawal-received", _letter)
