"""What is off for a person because they have not agreed, or no longer agree (004 2.7)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tutela.gate.limits import limits
from tutela.gate.reasons import Reason
from tutela.policy import actions as policies
from tutela.policy.model import CollectionPoint

_BY_CONSENT = frozenset({Reason.NO_CONSENT, Reason.CONSENT_EXPIRED})
_HOSTED = frozenset({"form", "account", "newsletter", "claim"})
"""Kinds of collection points that have a page of ours, where one can agree."""


@dataclass(frozen=True, slots=True)
class OffShown:
    """A purpose that rests on a consent that is not there; ``points`` are where to give it."""

    title: str
    expired: bool
    points: tuple[CollectionPoint, ...]


def switched_off(operator_id: UUID, subject: UUID, language: str) -> list[OffShown]:
    """What the person could have and does not, for want of their consent alone."""
    policy = policies.in_force(operator_id)
    return [
        OffShown(
            title=policy.purposes[each.purpose].title.get(language, each.purpose),
            expired=each.reason == Reason.CONSENT_EXPIRED,
            points=tuple(
                point for slug in each.points if (point := policy.points[slug]).kind in _HOSTED
            ),
        )
        for each in limits(operator_id, subject).off
        if each.reason in _BY_CONSENT
    ]
