"""What the gate asks where other rooms act: a second person before a version is published."""

from __future__ import annotations

from uuid import UUID

from tutela.core.vocabulary import SYSTEM
from tutela.gate import approvals
from tutela.gate.approvals import Proposal
from tutela.gate.models import ApprovalRow
from tutela.policy import actions as policies
from tutela.policy.errors import NoPolicyInForce
from tutela.policy.model import Policy

PUBLISH = "publish-policy"


def second_person_agrees(operator_id: UUID, policy: Policy) -> None:
    """The policy in force may want somebody to agree at the desk to exactly this next one.

    Raises ``NeedsSecondPerson``; a proposal for it then waits at the desk (``propose_once``).
    """
    try:
        current = policies.in_force(operator_id)
    except NoPolicyInForce:
        return
    approvals.require(
        operator_id,
        current,
        PUBLISH,
        policy.digest,
        otherwise=lambda: _propose(operator_id, policy),
    )


def _propose(operator_id: UUID, policy: Policy) -> None:
    """Put the version before an officer, once: its digest is what is agreed to."""
    waiting = ApprovalRow.objects.filter(
        operator_id=operator_id, act=PUBLISH, target=policy.digest, outcome="", ended_at=None
    )
    if not waiting.exists():
        asked = Proposal(act=PUBLISH, target=policy.digest, ground="policy", interest="weighed")
        approvals.propose(operator_id, asked, by=SYSTEM)


if second_person_agrees not in policies.before_publishing:
    policies.before_publishing.append(second_person_agrees)
