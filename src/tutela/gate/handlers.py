"""What the gate asks where other rooms act: a second person before a version is published, or
before somebody's roles change."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core.canonical import sha256_hex
from tutela.core.vocabulary import SYSTEM, Actor
from tutela.gate import approvals
from tutela.gate.approvals import Proposal
from tutela.gate.errors import NeedsSecondPerson, PutBeforeSomebody
from tutela.gate.models import ApprovalRow
from tutela.gate.wording import CHANGE_ROLES
from tutela.identity.staff import approval as staff
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
    _propose_once(operator_id, PUBLISH, policy.digest, SYSTEM)


def _propose_once(operator_id: UUID, act: str, target: str, by: Actor) -> None:
    waiting = ApprovalRow.objects.filter(
        operator_id=operator_id, act=act, target=target, outcome="", ended_at=None
    )
    if not waiting.exists():
        asked = Proposal(act=act, target=target, ground="policy", interest="weighed")
        approvals.propose(operator_id, asked, by=by)


def second_person_agrees_to_change(
    operator_id: UUID, operation: str, by: Actor, whom: str, role: str
) -> None:
    """The policy may want a second person to agree to exactly this change of an account. It is put
    before them at once (``PutBeforeSomebody``); who asks again after that is let through.

    Whoever owns the machine changes accounts by command without being asked: there must be a
    first officer, and one when all are gone.
    """
    if by == SYSTEM:
        return
    try:
        policy = policies.in_force(operator_id)
    except NoPolicyInForce:
        return
    target = target_of(operation, whom, role)
    try:
        approvals.require(operator_id, policy, CHANGE_ROLES, target, by=by)
    except NeedsSecondPerson:
        _propose_once(operator_id, CHANGE_ROLES, target, by)
        raise PutBeforeSomebody(
            _(
                "The policy wants a second person to agree to this change. It waits for another "
                "officer among the decisions; when they have agreed, do it again."
            )
        ) from None


def target_of(operation: str, whom: str, role: str) -> str:
    """One change, as ``give-role/7/clerk``; a name that nobody has yet stands as its digest."""
    known = whom if whom.isascii() and whom.isdigit() else sha256_hex(whom.encode())[:_DIGEST]
    target = f"{operation}/{known}/{role}"
    return target if len(target) <= _LONGEST else sha256_hex(target.encode())


_DIGEST, _LONGEST = 12, 64


if second_person_agrees not in policies.before_publishing:
    policies.before_publishing.append(second_person_agrees)

staff.install(second_person_agrees_to_change)
