"""Blocking in the database: by hand, with a ground, lifted with a result, all of it journalled."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from tests.gate.conftest import NOW
from tests.gate.test_actions import agree

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind
from tutela.gate import actions as gate
from tutela.gate import blocking
from tutela.gate.errors import NoSuchBlock, WrongBlock
from tutela.gate.rules import Operation
from tutela.journal.models import EntryRow
from tutela.vault import actions as vault

CLERK = Actor(ActorKind.STAFF, "7", "clerk")
AUDITOR = Actor(ActorKind.STAFF, "8", "auditor")
ALL = frozenset({"name", "phone", "note"})


def use(scope: UUID, subject: UUID, *fields: str, **changes: object):
    asked = Operation(
        operator=scope,
        subject=subject,
        action=Action.USE,
        purpose="orders",
        fields=frozenset(fields or ALL),
        actor=SYSTEM,
    )
    return gate.decide(replace(asked, **changes))


@pytest.fixture
def records(scope: UUID, subject: UUID) -> tuple[UUID, UUID]:
    """Two orders of one person."""
    gate.change_standing(scope, subject, agree)
    made = (new_id(), new_id())
    for record in made:
        permit = use(scope, subject, action=Action.COLLECTION, point="order")
        assert isinstance(permit, Permit)
        values = {"name": "Ann", "phone": "+13055550142", "note": "Ring."}
        vault.store(permit, record=record, point="order", purposes=("orders",), values=values)
    return made


def seen(scope: UUID, subject: UUID, *fields: str) -> set[tuple[UUID, str]]:
    permit = use(scope, subject, *fields)
    assert isinstance(permit, Permit)
    return {(each.record, each.field) for each in vault.read(permit)}


def entries(kind: str) -> list[EntryRow]:
    return list(EntryRow.objects.filter(kind=kind).order_by("number"))


def test_a_blocked_person_is_used_by_nobody_until_the_block_is_lifted_with_a_result(
    scope: UUID, subject: UUID, records
) -> None:
    made = new_id()
    said = {"ground": "accuracy-check", "actor": CLERK}
    assert blocking.block(scope, subject, made, **said) is None
    refusal = use(scope, subject)
    assert (refusal.reason, refusal.clause) == (
        "blocked",
        gate.standing(scope, subject).blocks[0].clause,
    )
    with pytest.raises(WrongBlock):
        blocking.lift(scope, subject, made, result="who knows", actor=CLERK)
    assert blocking.lift(scope, subject, made, result="corrected", actor=CLERK) is None
    assert len(seen(scope, subject)) == 6
    (began,), (ended,) = entries("block.set"), entries("block.lifted")
    assert (began.data["ground"], began.data["block"], began.at) == (
        "accuracy-check",
        str(made),
        NOW,
    )
    assert (ended.data["result"], ended.actor_role) == ("corrected", "clerk")
    with pytest.raises(NoSuchBlock):
        blocking.lift(scope, subject, made, result="corrected", actor=CLERK)


def test_a_blocked_record_and_a_blocked_field_are_left_out_and_the_rest_is_read(
    scope: UUID, subject: UUID, records
) -> None:
    first, second = records
    said = {"ground": "person-asked", "actor": CLERK}
    blocking.block(scope, subject, new_id(), record=first, **said)
    assert seen(scope, subject) == {(second, field) for field in ALL}
    blocking.block(scope, subject, new_id(), record=second, fields=["note"], **said)
    assert seen(scope, subject) == {(second, "name"), (second, "phone")}
    blocking.block(scope, subject, new_id(), fields=["phone"], **said)
    assert use(scope, subject).reason == "blocked"
    assert seen(scope, subject, "name", "note") == {(second, "name")}
    assert use(scope, subject, "name", record=first).reason == "blocked"


def test_the_person_still_sees_what_is_blocked_and_it_can_be_corrected(
    scope: UUID, subject: UUID, records
) -> None:
    blocking.block(scope, subject, new_id(), record=records[0], ground="person-asked", actor=CLERK)
    own = Actor(ActorKind.SUBJECT, str(subject))
    look = use(scope, subject, action=Action.EXTRACTION, purpose="subject-rights", actor=own)
    assert len(vault.read(look)) == 6
    mend = use(scope, subject, action=Action.CLARIFICATION, purpose="subject-rights", actor=own)
    vault.correct(mend, records[0], "note", "Knock.")
    assert {each.value for each in vault.read(look) if each.field == "note"} == {"Knock.", "Ring."}


def test_the_same_form_sent_twice_blocks_once(scope: UUID, subject: UUID, records) -> None:
    made = new_id()
    for _ in range(2):
        blocking.block(scope, subject, made, ground="claim", actor=CLERK)
    assert len(gate.standing(scope, subject).blocks) == 1
    assert len(entries("block.set")) == 1


def test_a_block_ends_by_itself_at_its_end(
    scope: UUID, subject: UUID, records, at: clock.ManualClock
) -> None:
    end = NOW + timedelta(days=3)
    blocking.block(scope, subject, new_id(), ground="claim", actor=CLERK, until=end)
    assert use(scope, subject).reason == "blocked"
    at.set(end)
    assert len(seen(scope, subject)) == 6


@pytest.mark.parametrize(
    "wrong",
    [
        {"ground": "mood"},
        {"until": NOW},
        {"record": UUID(int=7)},
        {"fields": ["email"]},
    ],
)
def test_a_block_that_cannot_be_is_refused_with_a_sentence(
    scope: UUID, subject: UUID, records, wrong
) -> None:
    with pytest.raises(WrongBlock, match=r"\."):
        blocking.block(scope, subject, new_id(), **{"ground": "claim", "actor": CLERK, **wrong})
    assert gate.standing(scope, subject).blocks == ()


def test_who_may_not_block_is_refused_and_the_attempt_is_journalled(
    scope: UUID, subject: UUID, records
) -> None:
    refusal = blocking.block(scope, subject, new_id(), ground="claim", actor=AUDITOR)
    assert refusal is not None
    assert refusal.reason == "role"
    assert entries("gate.refused")[-1].action == "blocking"
    assert gate.standing(scope, subject).blocks == ()


def test_a_permit_from_before_the_block_cannot_be_widened(
    scope: UUID, subject: UUID, records
) -> None:
    from tutela.core.permits import ForgedPermit  # noqa: PLC0415

    blocking.block(scope, subject, new_id(), record=records[0], ground="claim", actor=CLERK)
    permit = use(scope, subject)
    with pytest.raises(ForgedPermit):
        vault.read(replace(permit, left_out=frozenset()))
