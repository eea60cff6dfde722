"""What goes on in spite of a block. Pure, like ``rules``, which asks.

A block stops the use of data, not the answer to the person who asked for it: clarifying, ending,
the person's own look, and what serves to answer them and to write to them about it go on (152-FZ
articles 3(7), 20(1) and 21(1); GDPR articles 12(3) and 18(2); 004 1.2, 9.6). Which purposes serve
that is the policy's to say, at the binding of ``vault.block``: ``with: {goes_on: [...]}``.
"""

from __future__ import annotations

from datetime import datetime

from tutela.core.vocabulary import TRANSFER, Action, ActorKind, LawPurpose
from tutela.gate.cases import Case, Operation
from tutela.gate.standing import Block, Standing
from tutela.policy.model import Policy

CONTROL = "vault.block"
GOES_ON = "goes_on"
"""The parameter of ``CONTROL`` that lists purposes."""
ANSWERING = frozenset({str(LawPurpose.SUBJECT_RIGHTS), str(LawPurpose.SERVICE_LETTER)})
"""What goes on where the policy does not say it."""
WHILE_BLOCKED = frozenset(
    {Action.CLARIFICATION, Action.BLOCKING, Action.DELETION, Action.DESTRUCTION}
)
"""Actions that a block does not stop, whatever they are for."""
SPECIAL_CHECK = "special-check"
"""The ground of a block while staff look whether a text tells of a special category."""
CHECKS = frozenset({SPECIAL_CHECK, "accuracy-check", "lawfulness-check", "verification"})
"""Grounds of blocks that wait for a look by staff."""


def stopping(case: Case) -> Block | None:
    """The first live block that refuses the operation whole."""
    operation = case.operation
    if _goes_on(case):
        return None
    live = (each for each in case.standing.blocks if each.live(case.now))
    reached = (each for each in live if each.stops(operation.fields, operation.record))
    return next((each for each in reached if not _examining(operation, each)), None)


def left_out(
    policy: Policy, standing: Standing, operation: Operation, now: datetime
) -> frozenset[tuple[str, str]]:
    """Blocked places that a permitted operation leaves out, as (record, field); the field is
    empty where the whole record is blocked. What goes on leaves nothing out."""
    case = Case(policy, standing, operation, now)
    if _goes_on(case):
        return frozenset()
    return frozenset(
        (str(each.record), field)
        for each in standing.blocks
        if each.record is not None and each.live(now) and not _examining(operation, each)
        for field in (each.fields or {""})
    )


def answering(policy: Policy) -> frozenset[str]:
    """The purposes that serve to answer people and to write to them about it."""
    named = [
        each.parameters[GOES_ON]
        for each in policy.bindings
        if each.control == CONTROL and GOES_ON in each.parameters
    ]
    return frozenset(str(slug) for each in named for slug in each) if named else ANSWERING


def goes_on(policy: Policy, purpose: str, action: str, actor: str) -> bool:
    """Whether no block stops this. Nothing is handed to others meanwhile, whatever it serves."""
    own = (purpose, action) == (LawPurpose.SUBJECT_RIGHTS, Action.EXTRACTION) and actor in {
        ActorKind.SUBJECT,
        ActorKind.REPRESENTATIVE,
    }
    answer = action not in TRANSFER and purpose in answering(policy)
    return action in WHILE_BLOCKED or own or answer


def examines(purpose: str, action: str, ground: str) -> bool:
    """Whether this is the look for which the block waits: processing that is needed to clear the
    matter up goes on in spite of a block (152-FZ article 3(7))."""
    return (purpose, action) == (LawPurpose.OVERSIGHT, Action.EXTRACTION) and ground in CHECKS


def _goes_on(case: Case) -> bool:
    asked = case.operation
    return goes_on(case.policy, asked.purpose, asked.action, asked.actor.kind)


def _examining(operation: Operation, block: Block) -> bool:
    return examines(operation.purpose, operation.action, block.ground)
