"""What a message of an agent comes to: a request in the register, its status, its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing

from tutela.core import clock
from tutela.core.canonical import sha256_hex
from tutela.core.ids import new_id
from tutela.core.vocabulary import Actor, ActorKind
from tutela.intake.drp import messages
from tutela.intake.drp.messages import Agent, Unacceptable
from tutela.intake.models import AgentRequest
from tutela.obligations import actions as obligations
from tutela.obligations.entries import MOTIVES
from tutela.policy.model import Channel, Policy
from tutela.requests import cases, moving
from tutela.requests.intake import find_subject
from tutela.requests.kinds import Asker, Outcome, State
from tutela.vault import actions as vault

KINDS = {
    "access": "access",
    "access:categories": "access",
    "access:specific": "access",
    "deletion": "erasure",
    "sale:opt_out": "undistribution",
}
"""The rights of the protocol (3.01) by the kind of request. Consent to a sale is not among them:
only the person gives consent."""
_REASONS = {
    "not-proven": "insuf_verification",
    "repeated-too-early": "too_many_requests",
    "unlawful-request": "claim_not_covered",
}
_TOKENS = signing.Signer(salt="tutela.intake.drp", sep="~")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where agents bring requests to one operator: declared by a channel of the kind ``drp``,
    whose address is the operator's ``business-id``."""

    operator_id: UUID
    policy: Policy
    channel: Channel

    @property
    def business(self) -> str:
        return self.channel.address


def desk(operator_id: UUID, policy: Policy) -> Desk:
    """Raises ``Unacceptable`` where the operator's policy does not declare the protocol."""
    for each in policy.channels.values():
        if each.kind == "drp":
            return Desk(operator_id, policy, each)
    raise Unacceptable("This business takes no requests by the protocol.", 404)


def directory() -> dict[str, Agent]:
    """The agents that are known, read anew each time, so that one who is removed is out."""
    if not settings.TUTELA_DRP_AGENTS:
        return {}
    return messages.agents(Path(settings.TUTELA_DRP_AGENTS).read_text(encoding="utf-8"))


def token(of: Desk, agent: Agent) -> str:
    """What an agent names itself with from now on. Derived, so nothing is kept; it ends with the
    key of the agent (2.05)."""
    return _TOKENS.sign(f"{of.operator_id.hex}.{agent.id}.{sha256_hex(_key(agent))[:16]}")


def agent_of(of: Desk, shown: str) -> Agent:
    """Whose token it is. Raises ``Unacceptable``."""
    try:
        operator, name, key = _TOKENS.unsign(shown).split(".")
    except (signing.BadSignature, ValueError):
        raise Unacceptable("The bearer token is not one of ours.", 401) from None
    agent = directory().get(name)
    if agent is None or operator != of.operator_id.hex or sha256_hex(_key(agent))[:16] != key:
        raise Unacceptable("The bearer token is not valid here any more.", 401)
    return agent


def _key(agent: Agent) -> bytes:
    return agent.verify_key.encode()


def exercise(of: Desk, agent: Agent, sent: bytes) -> dict[str, Any]:
    """Take a request in (2.01); the same signed message again is the same request."""
    document = messages.opened(sent, agent)
    messages.check(document, agent, of.business, clock.now())
    action = messages.text(document, "exercise").replace("opt-out", "opt_out")
    kind = KINDS.get(action)
    if kind is None:
        raise Unacceptable(f"This business takes: {', '.join(KINDS)}.", 400)
    digest = vault.reference(of.operator_id, sha256_hex(sent.strip()))
    known = AgentRequest.objects.filter(operator_id=of.operator_id, digest=digest).first()
    if known is not None:
        return status(of, agent, known.id)
    case = cases.open_case(
        of.operator_id,
        kind,
        "drp",
        _person(of, document),
        asker=Asker.REPRESENTATIVE,
        cause=new_id(),
        actor=_actor(agent),
    )
    callback = messages.callback(document, agent)
    AgentRequest.objects.create(
        operator_id=of.operator_id,
        id=case,
        callback=callback,
        call_at=clock.now() if callback else None,
        agent=agent.id[:64],
        reference=messages.text(document, "agent-request-id")[:64],
        digest=digest,
        received_at=clock.now(),
    )
    return status(of, agent, case)


def _person(of: Desk, document: Mapping[str, Any]) -> UUID | None:
    """Whoever is known by a claim that the agent has verified; of the claims nothing is kept."""
    for claim, kind in (("email", "email"), ("phone_number", "phone")):
        value = messages.text(document, claim)
        if value and document.get(f"{claim}_verified") is True:
            found = find_subject(of.operator_id, kind, value)
            if found is not None:
                return found
    return None


def status(of: Desk, agent: Agent, request: UUID) -> dict[str, Any]:
    """The state of a request in the words of the protocol (3.03), for the agent who brought it."""
    row = _brought(of, agent, request)
    case = cases.get(of.operator_id, request)
    word, reason = _state(State(case.state), case.outcome, case.refusal)
    said: dict[str, Any] = {
        "request_id": str(request),
        "received_at": _written(row.received_at),
        "expected_by": _written(case.due_at),
        "status": word,
    }
    if row.reference:
        said["agent_request_id"] = row.reference
    if reason:
        said["reason"] = reason
    if details := _why_later(of, request):
        said["processing_details"] = details
    if reason == "need_user_verification":
        slug = of.policy.operator.slug
        said["user_verification_url"] = f"{settings.TUTELA_PUBLIC_URL}/en/{slug}/sign-in/"
    return said


def _why_later(of: Desk, request: UUID) -> str:
    """Why the date was put off, which an agent has to be told beside the new one (3.03, 3.08)."""
    found = obligations.listing(of.operator_id, cause=request)
    motives = (str(each.extension["reason"]) for each in found if each.extension)
    return next((f"Put off: {MOTIVES[each]}." for each in motives), "")


def _state(state: State, outcome: str, refusal: str) -> tuple[str, str]:
    if state is State.PROVING:
        return "in_progress", "need_user_verification"
    if state is State.TAKEN_BACK:
        return "revoked", ""
    if state is not State.ANSWERED:
        return "in_progress", ""
    if outcome == Outcome.REFUSED:
        return "denied", _REASONS.get(refusal, "other")
    return "fulfilled", ""


def revoke(of: Desk, agent: Agent, request: UUID, sent: bytes) -> dict[str, Any]:
    """The person no longer asks (2.04). The reason they may give is read and not kept."""
    messages.opened(sent, agent)
    _brought(of, agent, request)
    try:
        moving.take_back(of.operator_id, request, by=_actor(agent))
    except cases.NotPossible:
        raise Unacceptable("The request has ended and cannot be revoked.", 409) from None
    return status(of, agent, request)


def _brought(of: Desk, agent: Agent, request: UUID) -> AgentRequest:
    rows = AgentRequest.objects.filter(operator_id=of.operator_id, id=request, agent=agent.id)
    row = rows.first()
    if row is None:
        raise Unacceptable("This agent has brought no such request.", 403)
    return row


def _actor(agent: Agent) -> Actor:
    return Actor(ActorKind.APPLICATION, agent.id.casefold().replace("_", "-"))


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
