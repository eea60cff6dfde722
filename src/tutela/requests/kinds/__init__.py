"""The kinds of requests: one module each, and the register of them."""

from __future__ import annotations

from tutela.requests.kinds import (
    access,
    authority,
    blocking,
    claim,
    correction,
    damages,
    erasure,
    export,
    measures,
    misuse,
    objection,
    question,
    repeat,
    stop,
    undistribution,
    withdrawal,
)
from tutela.requests.kinds.model import (
    ENDED,
    KINDS,
    OPEN,
    Asker,
    Kind,
    Outcome,
    Proof,
    State,
    Step,
)

__all__ = [
    "BY_EVENT",
    "ENDED",
    "KINDS",
    "OPEN",
    "Asker",
    "Kind",
    "Outcome",
    "Proof",
    "State",
    "Step",
    "in_order",
]

_LOADED = (
    access,
    repeat,
    correction,
    blocking,
    erasure,
    stop,
    withdrawal,
    objection,
    undistribution,
    claim,
    damages,
    misuse,
    measures,
    export,
    authority,
    question,
)


def in_order() -> list[Kind]:
    """Every kind, in the order in which people are offered them."""
    return sorted(KINDS.values(), key=lambda each: each.order)


BY_EVENT = {
    "consent.withdrawn": withdrawal.KIND,
    "correction.requested": correction.KIND,
    "block.requested": blocking.KIND,
    "erasure.requested": erasure.KIND,
    "destruction.demanded": erasure.KIND,
    "stop.requested": stop.KIND,
    "objection.received": objection.KIND,
    "distribution.stop.requested": undistribution.KIND,
    "court.decision": undistribution.KIND,
    "claim.received": claim.KIND,
    "request.received": question.KIND,
    "letter.received": question.KIND,
}
"""What a fact is taken for as long as nobody has said more: staff can name another kind."""
