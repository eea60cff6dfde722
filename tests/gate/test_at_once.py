"""The short way says and journals what the longer way does, and never rests on what has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection
from tests.gate.conftest import FOLDER, NOW, ORDER_FIELDS

from tutela.core.ids import new_id
from tutela.core.permits import ForgedPermit
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind
from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate import at_once, bulk
from tutela.gate.actions import Refusal
from tutela.gate.rules import Block, ConsentState, Operation
from tutela.journal.models import EntryRow
from tutela.policy import actions as policies
from tutela.vault import actions as vault
from tutela.vault import at_once as sealed
from tutela.vault.values import Seen

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = {"name": "Ann Larkspur", "phone": "+13055550142", "note": "Ring twice."}


@pytest.fixture
def using(operator: UUID, subject: UUID) -> Operation:
    return Operation(
        operator=operator,
        subject=subject,
        action=Action.USE,
        purpose="orders",
        fields=ORDER_FIELDS,
        actor=SYSTEM,
    )


@pytest.fixture
def ordered(operator: UUID, subject: UUID, using: Operation) -> UUID:
    """Ann has agreed to orders and sent two; the second says only her name."""
    at_once._known.clear()
    records = new_id(), new_id()
    collecting = replace(using, action=Action.COLLECTION, point="order")
    consent = {"orders": ConsentState(NOW, None, "a" * 64)}
    with operator_scope(operator):
        gate.change_standing(operator, subject, lambda each: replace(each, consents=consent))
        for record, values in zip(records, (NAMES, {"name": "Ann"}), strict=True):
            vault.store(
                gate.decide(collecting),
                record=record,
                point="order",
                purposes=("orders",),
                values=values,
            )
    return records[0]


def the_long_way(operation: Operation) -> Seen | Refusal:
    with operator_scope(operation.operator):
        answer = gate.decide(operation)
        return answer if isinstance(answer, Refusal) else vault.look(answer)


def entries(operator: UUID) -> list[dict[str, object]]:
    """What the journal says of the answers since, without what differs from entry to entry."""
    with operator_scope(operator):
        rows = list(EntryRow.objects.filter(kind__startswith="gate.").order_by("number").values())
    for row in rows:
        for name in ("id", "number", "at"):
            del row[name]
    return rows


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"fields": frozenset({"name"})},
        {"fields": frozenset()},
        {"purpose": "newsletter", "fields": frozenset({"email"})},
        {"purpose": "no-such-purpose"},
        {"action": Action.EXTRACTION, "purpose": "subject-rights"},
        {"action": Action.EXTRACTION, "purpose": "oversight", "actor": "officer"},
        {"action": Action.PROVISION, "recipient": "courier"},
    ],
)
def test_both_ways_answer_and_journal_the_same(
    operator: UUID, ordered: UUID, using: Operation, changes: dict[str, object]
):
    if changes.get("actor") == "officer":
        officer = Actor(ActorKind.STAFF, "7", "officer")
        changes = {**changes, "actor": officer, "reason": "verify-identity"}
    asked = replace(using, **changes)
    before = len(entries(operator))
    short, long = at_once.look(asked), the_long_way(asked)
    assert short == long
    first, second = entries(operator)[before:]
    assert first == second


def test_a_look_is_one_statement_once_the_person_is_known(
    operator: UUID, ordered: UUID, using: Operation
):
    asked: list[str] = []
    counted = swift._cursor
    at_once.look(using)
    swift._cursor = lambda statement, arguments: (
        asked.append(statement) or counted(statement, arguments)
    )
    try:
        seen = at_once.look(using)
    finally:
        swift._cursor = counted
    assert {value.value for value in seen.values} == {*NAMES.values(), "Ann"}
    assert len(asked) == 1


def test_a_withdrawal_is_seen_although_the_person_is_remembered(
    operator: UUID, subject: UUID, ordered: UUID, using: Operation
):
    assert isinstance(at_once.look(using), Seen)
    with operator_scope(operator):
        gate.change_standing(operator, subject, lambda each: replace(each, consents={}))
    answer = at_once.look(using)
    assert isinstance(answer, Refusal)
    assert answer.reason == "no-consent"


def test_a_block_and_its_end_are_seen_although_the_person_is_remembered(
    operator: UUID, subject: UUID, ordered: UUID, using: Operation
):
    at_once.look(using)
    for blocks, kind in (((Block("demand", NOW),), Refusal), ((), Seen)):
        with operator_scope(operator):
            gate.change_standing(
                operator, subject, lambda each, blocks=blocks: replace(each, blocks=blocks)
            )
        assert isinstance(at_once.look(using), kind)


def test_a_new_version_of_the_policy_is_seen_although_the_person_is_remembered(
    operator: UUID, ordered: UUID, using: Operation
):
    at_once.look(using)
    policy = policies.load_folder(FOLDER)
    text = policy.sources["policy.yaml"].replace("number: 1,", "number: 2,")
    from tutela.policy.compiling import compile_sources  # noqa: PLC0415
    from tutela.policy.source import Sources  # noqa: PLC0415

    sources = Sources({**policy.sources, "policy.yaml": text})
    policies.publish(compile_sources(sources).or_raise())
    at_once.look(using)
    assert [row["policy_version"] for row in entries(operator)[-2:]] == [1, 2]


def test_a_stale_memory_confirms_nothing_and_journals_nothing(
    operator: UUID, subject: UUID, ordered: UUID, using: Operation
):
    before = entries(operator)
    good = at_once._recall(operator, subject, NOW)
    wanted = sealed.arguments("orders", ORDER_FIELDS)
    for stale in (
        replace(good, state="{}"),
        replace(good, state="null"),
        replace(good, digest="0" * 64),
    ):
        asked = at_once._asked(using, stale, NOW, "{}")
        assert swift.rows(at_once._LOOK, {"asked": asked, **wanted}) == []
    assert entries(operator) == before


def test_what_was_found_opens_only_with_the_permit_of_its_transaction(
    operator: UUID, subject: UUID, ordered: UUID, using: Operation
):
    wanted = sealed.arguments("orders", ORDER_FIELDS)
    given = at_once._confirmed(using, subject, at_once._LOOK, wanted)
    rows = given.rows
    permit = gate.permit_of(using, given.decision, frozenset(), given.transaction)
    sealed_rows = [row[1:] for row in rows]
    assert sealed.opened(permit, rows[0][0], sealed_rows).values
    for forged, transaction in (
        (permit, rows[0][0] + 1),
        (replace(permit, seal=b""), rows[0][0]),
        (replace(permit, fields=permit.fields | {"email"}), rows[0][0]),
        (replace(permit, action=Action.BLOCKING), rows[0][0]),
    ):
        with pytest.raises(ForgedPermit):
            sealed.opened(forged, transaction, sealed_rows)


def test_inside_of_a_transaction_the_longer_way_is_taken(
    operator: UUID, ordered: UUID, using: Operation
):
    with operator_scope(operator):
        assert isinstance(at_once.look(using), Seen)
        assert connection.in_atomic_block


def test_the_newest_entries_are_those_of_the_journal(
    operator: UUID, subject: UUID, ordered: UUID, using: Operation
):
    asked = replace(using, fields=frozenset())
    from tutela.journal import actions as journal  # noqa: PLC0415

    with operator_scope(operator):
        expected = journal.entries(operator, subject=subject, limit=3, newest_first=True)
    assert at_once.latest(asked, 3) == expected
    with operator_scope(operator):
        (newest,) = journal.entries(operator, subject=subject, limit=1, newest_first=True)
    assert newest.data["count"] == 0


def test_the_role_that_serves_people_looks_too(
    ordered: UUID, using: Operation, as_app_role: Callable
):
    with as_app_role():
        assert isinstance(at_once.look(using), Seen)
        assert isinstance(at_once.latest(using, 1), list)


def test_many_looks_see_what_each_would_see_alone(
    operator: UUID, subject: UUID, using: Operation, ordered: UUID
):
    first, *_ = _records(operator, subject)
    other, stranger = new_id(), new_id()
    with operator_scope(operator):
        agreed = {"orders": ConsentState(NOW, None, "a" * 64)}
        gate.change_standing(operator, other, lambda each: replace(each, consents=agreed))
        vault.store(
            gate.decide(replace(using, subject=other, action=Action.COLLECTION, point="order")),
            record=new_id(),
            point="order",
            purposes=("orders",),
            values={"name": "Ben", "note": "By the gate."},
        )
        block = Block("check", NOW, record=first, fields=frozenset({"note"}))
        gate.change_standing(operator, subject, lambda each: replace(each, blocks=(block,)))
    asked = [
        using,
        replace(using, subject=other),
        replace(using, subject=stranger),
        replace(using, subject=other, fields=frozenset({"note"})),
        replace(using, subject=other, purpose="subject-rights", action=Action.EXTRACTION),
        replace(using, purpose="oversight", action=Action.EXTRACTION, fields=frozenset(),
                actor=Actor(ActorKind.STAFF, "7", "officer"), reason="answer-request"),
    ]  # fmt: skip
    alone = [at_once.look(each) for each in asked]
    with operator_scope(operator):
        permits = [each for each in bulk.decide_many(asked) if not isinstance(each, Refusal)]
        heard: list[str] = []
        cursor = swift._cursor
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(swift, "_cursor", lambda *each: (heard.append(each[0]), cursor(*each))[1])
            sealed.look_many(permits)
        together = bulk.look_many(asked)
    assert together == alone
    assert [isinstance(each, Refusal) for each in alone] == [
        False,
        False,
        True,
        False,
        False,
        False,
    ]
    assert len(heard) == 1
    with operator_scope(operator), pytest.raises(ForgedPermit):
        sealed.look_many(permits)


def _records(operator: UUID, subject: UUID) -> list[UUID]:
    with operator_scope(operator):
        return [each.id for each in vault.records(operator, subject)]
