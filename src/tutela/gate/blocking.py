"""Blocking a person's data and lifting the block: start, ground, end, and what was found.

Both are asked of the gate, as ``blocking`` under the rights of the person, and journalled in the
transaction that changes the standing (152-FZ articles 3(7), 21(1); GDPR article 18; 004 1.2, 9.6).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.permits import Permit
from tutela.core.vocabulary import Action, Actor, ActorKind, LawPurpose
from tutela.gate import actions, entries
from tutela.gate.errors import NoSuchBlock, WrongBlock
from tutela.gate.rules import Operation
from tutela.gate.standing import Block, Standing
from tutela.gate.wording import GROUNDS, RESULTS
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.vault import actions as vault


def block(
    operator_id: UUID,
    subject: UUID,
    block_id: UUID,
    *,
    ground: str,
    actor: Actor,
    record: UUID | None = None,
    fields: Collection[str] = (),
    until: datetime | None = None,
) -> actions.Refusal | None:
    """Stop reading, use and transfer of everything about the person, of ``record``, or of
    ``fields``, until ``until`` or until it is lifted.

    ``block_id`` makes a repeat do nothing. Returns the gate's refusal, if it refuses. Raises
    ``WrongBlock`` where ground, place or end cannot be.
    """
    if ground not in GROUNDS:
        raise WrongBlock(_("Choose one of the grounds in the list."))
    now = clock.now()
    if until is not None and until <= now:
        raise WrongBlock(_("This end is in the past. Choose a later day, or leave it open."))
    _check_place(operator_id, subject, record, fields)
    leave = _ask(operator_id, subject, fields, actor)
    if not isinstance(leave, Permit):
        return leave
    policy = policies.in_force(operator_id)
    clause = policy.clause_of("request.block") or policy.clause_of("vault.block")
    made = Block(ground, now, until, clause, record, frozenset(fields), block_id)

    def stop(standing: Standing) -> Standing:
        if any(each.id == block_id for each in standing.blocks):
            return standing
        return replace(standing, blocks=(*standing.blocks, made))

    before = actions.standing(operator_id, subject)
    if actions.change_standing(operator_id, subject, stop) != before:
        _journal_set(operator_id, subject, made, actor, policy.number)
    return None


def _check_place(
    operator_id: UUID, subject: UUID, record: UUID | None, fields: Collection[str]
) -> None:
    held = vault.holdings(operator_id, subject)
    if record is not None and record not in held:
        raise WrongBlock(_("This record is not held any more. Look at the page again."))
    places = held.values() if record is None else [held[record]]
    known = {field for each in places for field in each}
    if not known.issuperset(fields):
        raise WrongBlock(_("Such data is not held. Choose among what is on the page."))


def _ask(
    operator_id: UUID, subject: UUID, fields: Collection[str], actor: Actor
) -> Permit | actions.Refusal:
    return actions.decide(
        Operation(
            operator=operator_id,
            subject=subject,
            action=Action.BLOCKING,
            purpose=LawPurpose.SUBJECT_RIGHTS,
            fields=frozenset(fields),
            actor=actor,
        )
    )


def _journal_set(
    operator_id: UUID, subject: UUID, made: Block, actor: Actor, policy_version: int
) -> None:
    said = entries.BlockSet(
        subject=subject,
        actor=actor,
        action=Action.BLOCKING,
        purpose=LawPurpose.SUBJECT_RIGHTS,
        clause=made.clause,
        policy_version=policy_version,
        automated=actor.kind is ActorKind.SYSTEM,
        block=made.id,
        ground=made.ground,
        record=made.record,
        fields=tuple(sorted(made.fields)),
        until=made.until,
    )
    journal.append(operator_id, said)


def lift(
    operator_id: UUID, subject: UUID, block_id: UUID, *, result: str, actor: Actor
) -> actions.Refusal | None:
    """End a block with what was found (001 6.5(a): unblocked only by a recorded result).

    A block that only waits for a destruction cannot be lifted: it ends with that. Returns the
    gate's refusal, if it refuses. Raises ``WrongBlock`` and ``NoSuchBlock``.
    """
    if result not in RESULTS:
        raise WrongBlock(_("Say what was found: choose one of the results in the list."))
    leave = _ask(operator_id, subject, (), actor)
    if not isinstance(leave, Permit):
        return leave
    lifted: list[Block] = []

    def free(standing: Standing) -> Standing:
        lifted.extend(each for each in standing.blocks if each.id == block_id)
        kept = tuple(each for each in standing.blocks if each.id != block_id)
        return replace(standing, blocks=kept)

    actions.change_standing(operator_id, subject, free)
    if not lifted:
        raise NoSuchBlock(_("This block has ended already. Look at the person’s page again."))
    said = entries.BlockLifted(
        subject=subject,
        actor=actor,
        action=Action.BLOCKING,
        purpose=LawPurpose.SUBJECT_RIGHTS,
        clause=lifted[0].clause,
        policy_version=policies.in_force(operator_id).number,
        automated=actor.kind is ActorKind.SYSTEM,
        block=block_id,
        result=result,
    )
    journal.append(operator_id, said)
    return None
