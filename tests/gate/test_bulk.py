"""Many decisions in one transaction are the decisions one by one, for a constant few statements."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.gate.conftest import NOW, ORDER_FIELDS
from tests.gate.office import bakery, staff
from tests.gate.test_actions import agree, decided
from tests.gate.test_decisions import ACTORS

from tutela.core.ids import new_id
from tutela.core.permits import Permit, check
from tutela.core.vocabulary import SYSTEM, VISITOR, Action, LawPurpose
from tutela.db.scope import operator_scope, transaction_id
from tutela.gate import actions as gate
from tutela.gate import approvals
from tutela.gate.approvals import Proposal
from tutela.gate.bulk import decide_many
from tutela.gate.errors import NeedsSecondPerson
from tutela.gate.rules import Block, Operation, Standing
from tutela.policy import actions as policies

PEOPLE = [new_id() for _ in range(4)]
STANDINGS = st.sampled_from(
    [
        Standing(),
        agree(Standing()),
        replace(agree(Standing()), blocks=(Block("check", NOW),)),
        replace(agree(Standing()), refused=True),
    ]
)
OPERATIONS = st.builds(
    lambda subject, action, purpose, fields, actor, recipient: Operation(
        operator=policies.operator_id("lark-bakery"),
        subject=None if purpose == LawPurpose.IDENTIFICATION else subject,
        action=action,
        purpose=purpose,
        fields=fields,
        actor=actor,
        recipient=recipient,
        point="order",
        reason="answer-request",
    ),
    st.sampled_from(PEOPLE),
    st.sampled_from(Action),
    st.sampled_from(["orders", "newsletter", "resale", *LawPurpose]),
    st.sampled_from([ORDER_FIELDS, frozenset({"email"}), frozenset({"blood"})]),
    st.sampled_from([SYSTEM, VISITOR, ACTORS["clerk"], ACTORS["officer"]]),
    st.sampled_from(["", "courier"]),
)


def plain(answer: object) -> object:
    """An answer without its seal, which is of its own transaction."""
    return replace(answer, seal=b"", transaction=0) if isinstance(answer, Permit) else answer


def entries(operator: UUID) -> list[tuple[object, ...]]:
    return [
        (row.kind, row.subject_id, row.action, row.purpose, row.clause, row.actor_role, row.data)
        for row in decided(operator)
    ]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(standings=st.tuples(*[STANDINGS] * 4), asked=st.lists(OPERATIONS, max_size=12))
def test_many_answers_and_their_entries_are_those_of_one_by_one(operator, standings, asked) -> None:
    with operator_scope(operator), transaction.atomic():
        for person, standing in zip(PEOPLE, standings, strict=True):
            gate.change_standing(operator, person, lambda _, new=standing: new)
        with transaction.atomic():
            alone = [plain(gate.decide(each)) for each in asked]
            said = entries(operator)
            transaction.set_rollback(True)
        together = [plain(each) for each in decide_many(asked)]
        assert together == alone
        assert entries(operator) == said
        transaction.set_rollback(True)


@pytest.mark.parametrize("many", [2, 40])
def test_the_number_of_statements_does_not_grow_with_the_people(scope: UUID, many: int) -> None:
    people = [new_id() for _ in range(many)]
    for each in people:
        gate.change_standing(scope, each, agree)
    asked = [Operation(scope, each, Action.USE, "orders", ORDER_FIELDS, SYSTEM) for each in people]
    transaction_id()
    with CaptureQueriesContext(connection) as queries:
        answers = decide_many(asked)
    assert all(isinstance(each, Permit) for each in answers)
    mine = [each["sql"] for each in queries if "xact_id" not in each["sql"]]
    assert len(mine) <= 4, mine
    assert len(decided(scope)) == many


def test_every_permit_is_for_its_own_person_only(scope: UUID) -> None:
    people = [new_id(), new_id()]
    for each in people:
        gate.change_standing(scope, each, agree)
    first, second = decide_many(
        [Operation(scope, each, Action.USE, "orders", ORDER_FIELDS, SYSTEM) for each in people]
    )
    for permit, person in ((first, people[0]), (second, people[1])):
        assert isinstance(permit, Permit)
        check(
            permit,
            operator=scope,
            subject=person,
            actions=frozenset({Action.USE}),
            transaction=transaction_id(),
        )


def test_operators_are_not_mixed(scope: UUID) -> None:
    one = Operation(scope, new_id(), Action.USE, "orders", ORDER_FIELDS, SYSTEM)
    with pytest.raises(ValueError, match="one operator"):
        decide_many([one, replace(one, operator=new_id())])
    assert decide_many([]) == []


def test_revealing_in_bulk_waits_for_a_second_person(db: None, at) -> None:
    policies.publish(bakery("four_eyes"))
    shop = policies.operator_id("lark-bakery")
    with operator_scope(shop):
        people = staff(shop, ann="officer", cat="clerk")
        looks = [
            Operation(
                shop, new_id(), Action.EXTRACTION, "oversight", ORDER_FIELDS, people["cat"],
                reason="answer-request",
            )
            for _ in range(3)
        ]  # fmt: skip
        assert isinstance(decide_many(looks[:1])[0], Permit)
        with pytest.raises(NeedsSecondPerson):
            decide_many(looks, act_target="list-1")
        asked = Proposal(act="reveal-in-bulk", target="list-1", ground="law", interest="weighed")
        proposal = approvals.propose(shop, asked, by=people["cat"])
        approvals.agree(shop, proposal, by=people["ann"])
        assert all(isinstance(each, Permit) for each in decide_many(looks, act_target="list-1"))
        with pytest.raises(NeedsSecondPerson):
            decide_many(looks, act_target="list-1")
