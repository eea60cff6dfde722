"""How a text is understood: what was decided, what contradicts itself, what it leaves open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tutela.policy.contradictions import Contradiction, contradictions
from tutela.policy.contradictions.about_terms import Said
from tutela.policy.laws import cited
from tutela.policy.model import Assumption, Policy, Promise, Words
from tutela.policy.wording import EVENTS, OUTCOMES


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision of the operator, and the contradictions of the text that it settles."""

    assumption: Assumption
    settled: tuple[Contradiction, ...]


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A term the text does not state. ``law`` is where it was taken from, else it is a target of
    the operator's own; ``confirmed`` is false while nobody has confirmed that term of the law."""

    what: Any
    when: Any
    term: Said
    law: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class EmptyList:
    clause: str
    reason: Words


def understood(policy: Policy) -> dict[str, Any]:
    """Everything an auditor must know besides the text itself."""
    found = contradictions(policy)
    return {
        "decided": [
            Decided(each, tuple(one for one in found if slug in one.settled_by))
            for slug, each in policy.assumptions.items()
        ],
        "open": [each for each in found if not each.settled_by],
        "terms": [
            _left_open(each)
            for each in policy.promises.values()
            if each.from_law or each.internal_target
        ],
        "lists": [EmptyList(ref, reason) for ref, reason in policy.empty_lists.items()],
    }


def _left_open(promise: Promise) -> LeftOpen:
    return LeftOpen(
        what=OUTCOMES[promise.outcome],
        when=EVENTS[promise.event],
        term=Said(promise.term),
        law=promise.from_law,
        confirmed=all(each.sure for each in cited(promise.from_law)),
    )
