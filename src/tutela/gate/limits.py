"""Limited mode: what is off for a person or a visitor who refused, and why.

Refusing is as good as agreeing: whoever refuses keeps everything that does not rest on consent
(004 2.7, preamble/p2; 152-FZ article 9(1), GDPR article 7(4)).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tutela.core import clock
from tutela.core.vocabulary import SYSTEM, Action
from tutela.gate.actions import standing as standing_now
from tutela.gate.rules import Case, Operation, a_basis_stands
from tutela.gate.standing import Standing
from tutela.gate.wording import sentence
from tutela.policy import actions as policies
from tutela.policy.model import Policy


@dataclass(frozen=True, slots=True)
class Off:
    """A purpose that is off: ``reason`` and ``clause`` as a refusal of the gate has them;
    ``points`` are the forms by which it can be agreed to."""

    purpose: str
    reason: str
    clause: str
    points: tuple[str, ...]

    def message(self, language: str) -> str:
        return sentence(self.reason, language)


@dataclass(frozen=True, slots=True)
class Limits:
    """``limited`` is true while somebody lives with less because they refused or withdrew."""

    limited: bool
    on: tuple[str, ...]
    off: tuple[Off, ...]


def limits(operator_id: UUID, subject: UUID | None = None) -> Limits:
    """What is on and off for a person; for nobody yet (None), as for a visitor who refuses all."""
    policy = policies.in_force(operator_id)
    standing = Standing(refused=True) if subject is None else standing_now(operator_id, subject)
    on, off = [], []
    for purpose in policy.purposes:
        refusal = _refusal(policy, operator_id, subject, standing, purpose)
        if refusal is None:
            on.append(purpose)
        else:
            off.append(Off(purpose, *refusal, points=_points(policy, purpose)))
    return Limits(limited=standing.refused and bool(off), on=tuple(on), off=tuple(off))


def _refusal(
    policy: Policy, operator_id: UUID, subject: UUID | None, standing: Standing, purpose: str
) -> tuple[str, str] | None:
    """Why no legal basis carries the purpose; None if one does."""
    operation = Operation(operator_id, subject, Action.USE, purpose, frozenset(), SYSTEM)
    refused = a_basis_stands(Case(policy, standing, operation, clock.now()))
    return (refused.reason, refused.clause) if refused else None


def _points(policy: Policy, purpose: str) -> tuple[str, ...]:
    return tuple(
        slug
        for slug, point in policy.points.items()
        if purpose in (*point.purposes, *point.optional_purposes)
    )
