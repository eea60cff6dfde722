"""How a promise to destroy is carried out, and what happens when it cannot be in its term.

Registered as the handler of the outcome ``destroy``: it runs in the transaction that also ends
the obligation (``obligations.running``), so that a crash leaves all of it or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tutela.core.ids import new_id
from tutela.gate import actions as gate
from tutela.gate.standing import Block, Standing
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.obligations import rules as terms
from tutela.obligations.actions import HANDLERS, TOGETHER, Evidence, NotYet, ObligationRow
from tutela.policy.model import Promise
from tutela.retention import acts, rules
from tutela.retention.acts import Because, Kind, Statement
from tutela.retention.destroying import IMPOSSIBLE, Case, Order, carry_out, look
from tutela.retention.entries import DestructionImpossible
from tutela.retention.keeping import MINOR, release_for_minor
from tutela.retention.models import Act, Schedule
from tutela.retention.obstacles import obstacles
from tutela.retention.wording import Reason
from tutela.vault import actions as vault
from tutela.vault.values import Destroyed

DAILY = 24
"""Hours between two attempts while an obstacle stands."""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What makes a destruction impossible now, and since when it is known."""

    reason: Reason
    since: datetime


def destroy(operator_id: UUID, obligation: ObligationRow, now: datetime) -> Evidence | None:
    """Carry the promise out; or, where that is impossible and the policy gives a longer term,
    state so, block, and open that term (004 9.3-9.6). Raises ``NotYet`` while it must wait."""
    if obligation.subject_id is None:
        return {"nothing": "nobody"}
    if obligation.event == MINOR:
        release_for_minor(operator_id, obligation.subject_id)
    order = _order(operator_id, obligation)
    case = look(operator_id, obligation.subject_id, order, now)
    hindrance = _hindrance(operator_id, obligation, now)
    if hindrance is not None and case.plan.destroy:
        limit = obligations.promise_of(obligation).if_impossible
        if limit is None or obligation.fallback_of is not None:
            raise NotYet(f"obstacle.{hindrance.reason}", hours=DAILY)
        _state_impossible(case, order, obligation, hindrance, now)
        return None
    return _evidence(case, order, now)


def _evidence(case: Case, order: Order, now: datetime) -> Evidence:
    """Carry out, and say by what it is proven."""
    made = carry_out(case, order, now)
    if made is not None:
        return {"act": made.id}
    if case.plan.kept:
        grounds = {f"{each.kind}.{each.name}" for each in case.plan.grounds()}
        return {"kept": " ".join(sorted(grounds))}
    before = acts.acts(case.operator, case.subject, limit=1)
    return {"act": before[0].id} if before else {"nothing": "held"}


def _hindrance(operator_id: UUID, obligation: ObligationRow, now: datetime) -> Hindrance | None:
    """What makes the destruction impossible now, and since when; None if nothing is known to."""
    if obligation.subject_id is not None:
        standing = obstacles(operator_id, obligation.subject_id)
        if standing:
            return Hindrance(Reason(standing[0].reason), standing[0].opened_at)
    tried = terms.gives_up(attempts=obligation.attempts, due_at=obligation.due_at, now=now)
    if tried and obligation.fallback_of is None and _limited(obligation) and not _late(obligation):
        return Hindrance(Reason.ATTEMPTS_FAILED, obligation.act_at)
    return None


def _limited(obligation: ObligationRow) -> bool:
    return obligations.promise_of(obligation).if_impossible is not None


def _late(obligation: ObligationRow) -> bool:
    """A term that is over cannot be found impossible any more: the work is simply late."""
    return obligation.late_since is not None


def _order(operator_id: UUID, obligation: ObligationRow) -> Order:
    promise = obligations.promise_of(obligation)
    overriding = obligation.event in rules.OVERRIDING
    ended = _scheduled(operator_id, obligation) or _named(operator_id, obligation)
    return Order(
        because=(_because(promise, obligation),),
        unless=promise.unless,
        consents_keep=not overriding or bool(obligation.purposes),
        ended=ended,
        all_ended=obligation.event == "purpose.reached" and not ended,
        obligation=obligation.id,
        cause=obligation.cause,
        first_act=_first_act(operator_id, obligation),
    )


def _named(operator_id: UUID, obligation: ObligationRow) -> dict[UUID, tuple[str, ...]]:
    """The purposes that the fact ended, for every record. A withdrawn or expired consent is out
    of the standing already, and given anew it keeps what it covers."""
    about = obligation.event in rules.OVERRIDING | {"purpose.reached"}
    if not about or not obligation.purposes:
        return {}
    return dict.fromkeys(_records(operator_id, obligation), obligation.purposes)


def _records(operator_id: UUID, obligation: ObligationRow) -> list[UUID]:
    if obligation.subject_id is None:
        return []
    return [each.id for each in vault.records(operator_id, obligation.subject_id)]


def _scheduled(operator_id: UUID, obligation: ObligationRow) -> dict[UUID, tuple[str, ...]]:
    """Where a retention rule opened the obligation: the records that have ended by now, and the
    purposes ended in them. Newer records for the same purposes are not meant."""
    if obligation.subject_id is None:
        return {}
    about = Schedule.objects.filter(operator_id=operator_id, subject_id=obligation.subject_id)
    first = about.filter(id=obligation.cause).first()
    if first is None:
        return {}
    ended: dict[UUID, tuple[str, ...]] = {first.record: tuple(first.purposes)}
    for row in about.filter(done_at__isnull=True, ends_at__lte=obligation.event_at):
        ended[row.record] = tuple({*ended.get(row.record, ()), *row.purposes})
    return ended


def _because(promise: Promise, obligation: ObligationRow) -> Because:
    return Because(
        kind="promise",
        slug=promise.slug,
        clause=obligation.clause,
        event=obligation.event,
        event_at=obligation.event_at,
        due_at=obligation.due_at,
        computation=obligation.computation,
    )


def _first_act(operator_id: UUID, obligation: ObligationRow) -> UUID | None:
    """The act of impossibility that the longer term began with."""
    if obligation.fallback_of is None:
        return None
    stated = Act.objects.filter(
        operator_id=operator_id,
        obligation_id=obligation.fallback_of,
        kind=Kind.IMPOSSIBILITY,
    ).first()
    return stated.id if stated else None


def _state_impossible(
    case: Case,
    order: Order,
    obligation: ObligationRow,
    hindrance: Hindrance,
    now: datetime,
) -> None:
    """The act of impossibility, the block, and the longer term, in one transaction.

    The block stops all processing of the person. Where something of the person is still needed
    by a live purpose, only the rest waits; no purpose stands for it, so the gate refuses it.
    """
    limit = obligations.promise_of(obligation).if_impossible
    clause = next(iter(limit.clauses), obligation.clause) if limit else obligation.clause
    blocks = bool(limit and limit.block and case.plan.whole)
    if blocks:
        block_subject(case.operator, case.subject, Block(IMPOSSIBLE, now, None, clause))
    act_id = new_id()
    entry = journal.append(
        case.operator,
        DestructionImpossible(
            subject=case.subject,
            clause=clause,
            policy_version=case.policy.number,
            act=act_id,
            reason=hindrance.reason,
            blocked=blocks,
        ),
    )
    acts.make(
        case.operator,
        case.policy,
        Statement(
            id=act_id,
            kind=Kind.IMPOSSIBILITY,
            subject=case.subject,
            because=order.because,
            what=case.plan.destroy,
            held=case.held,
            kept=case.plan.kept,
            counts=Destroyed(),
            done_at=now,
            entry=entry,
            obligation=obligation.id,
            cause=obligation.cause,
            reason=hindrance.reason,
            reason_since=hindrance.since,
            blocked=blocks,
        ),
    )
    obligations.open_fallback(case.operator, obligation.id, {"act": act_id})


def block_subject(operator_id: UUID, subject: UUID, block: Block) -> None:
    """Add a block, unless one on the same ground stands."""

    def blocked(standing: Standing) -> Standing:
        if any(each.ground == block.ground and each.whole for each in standing.blocks):
            return standing
        return replace(standing, blocks=(*standing.blocks, block))

    gate.change_standing(operator_id, subject, blocked)


HANDLERS.register("destroy", destroy)
TOGETHER.add("destroy")
