"""Decisions of authorised representatives: proposed by one, taken by another, ended, journalled."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from tests.gate.conftest import NOW, ORDER_FIELDS
from tests.gate.office import bakery, staff
from tests.gate.test_actions import agree, decided

from tutela.core import clock
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action, Actor
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate import approvals
from tutela.gate.actions import Refusal
from tutela.gate.approvals import Proposal
from tutela.gate.errors import (
    AlreadyDecided,
    NeedsSecondPerson,
    NoSuchDecision,
    SamePerson,
    WrongDecision,
)
from tutela.gate.models import ApprovalRow
from tutela.gate.rules import Operation
from tutela.journal import actions as journal
from tutela.policy import actions as policies

ROUTINE = Proposal(("use", "provision"), ("orders",), ground="agreement", interest="serves")
DAY = timedelta(1)


@pytest.fixture
def shop(db: None, at: clock.ManualClock) -> UUID:
    policies.publish(bakery("decisions", "four_eyes"))
    return policies.operator_id("lark-bakery")


@pytest.fixture
def inside(shop: UUID):
    with operator_scope(shop):
        yield shop


@pytest.fixture
def people(inside: UUID) -> dict[str, Actor]:
    return dict(staff(inside, ann="officer", ben="officer", cat="clerk"))


@pytest.fixture
def using(shop: UUID, subject: UUID) -> Operation:
    return Operation(shop, subject, Action.USE, "orders", ORDER_FIELDS, SYSTEM)


def answer(operation: Operation) -> str:
    found = gate.decide(operation)
    return found.reason if isinstance(found, Refusal) else "yes"


def test_without_a_decision_nothing_reserved_is_done(inside, subject, using, people):
    gate.change_standing(inside, subject, agree)
    refusal = gate.decide(using)
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.clause) == ("no-decision", "2.3")
    approvals.propose(inside, ROUTINE, by=people["cat"])
    assert answer(using) == "no-decision"  # proposed is not decided


def test_a_permit_refers_to_the_decision_and_ends_with_it(inside, subject, using, people):
    gate.change_standing(inside, subject, agree)
    decision = approvals.propose(inside, ROUTINE, by=people["cat"])
    approvals.agree(inside, decision, by=people["ann"])
    assert isinstance(gate.decide(using), Permit)
    assert decided(inside)[-1].data["approval"] == str(decision)
    approvals.end(inside, decision, by=people["ben"])
    assert answer(using) == "no-decision"
    kinds = [each.kind for each in journal.entries(inside) if each.kind.startswith("decision.")]
    assert kinds == ["decision.proposed", "decision.taken", "decision.ended"]


def test_who_decides_does_not_execute(inside, subject, using, people):
    gate.change_standing(inside, subject, agree)
    decision = approvals.propose(inside, ROUTINE, by=people["cat"])
    approvals.agree(inside, decision, by=people["ann"])
    assert answer(replace(using, actor=people["ann"])) == "no-decision"
    assert answer(replace(using, actor=people["ben"])) == "yes"
    assert answer(replace(using, actor=people["cat"])) == "yes"


def test_nobody_decides_what_they_proposed(inside, people):
    decision = approvals.propose(inside, ROUTINE, by=people["ann"])
    for deed in (approvals.agree, approvals.decline):
        with pytest.raises(SamePerson):
            deed(inside, decision, by=people["ann"])
    with pytest.raises(SamePerson):
        approvals.agree(inside, decision, by=SYSTEM)
    with pytest.raises(IntegrityError), transaction.atomic():  # not even past the code
        ApprovalRow.objects.filter(id=decision).update(decided_by=people["ann"].id)


def test_a_decision_is_taken_once_and_ended_once(inside, people):
    decision = approvals.propose(inside, ROUTINE, by=people["cat"])
    approvals.decline(inside, decision, by=people["ann"])
    with pytest.raises(AlreadyDecided):
        approvals.agree(inside, decision, by=people["ben"])
    approvals.end(inside, decision, by=people["cat"])
    with pytest.raises(AlreadyDecided):
        approvals.end(inside, decision, by=people["cat"])
    assert approvals.state_of(approvals.get(inside, decision), NOW) == "declined"


def test_a_decision_covers_its_term_and_its_person(inside, subject, using, people, at):
    gate.change_standing(inside, subject, agree)
    single = replace(ROUTINE, subject=subject, since=NOW + DAY, until=NOW + 3 * DAY)
    decision = approvals.propose(inside, single, by=people["cat"])
    approvals.agree(inside, decision, by=people["ann"])
    said = []
    for days in range(4):
        at.set(NOW + days * DAY)
        said.append(answer(using))
    assert said == ["no-decision", "yes", "yes", "no-decision"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"operations": ()},
        {"operations": ("sale",)},
        {"act": "party"},
        {"purposes": ("resale",)},
        {"ground": "whim"},
        {"interest": ""},
        {"until": NOW},
        {"since": NOW + DAY, "until": NOW + DAY},
    ],
)
def test_a_proposal_that_cannot_be_is_refused_with_a_sentence(inside, people, wrong):
    with pytest.raises(WrongDecision) as refused:
        approvals.propose(inside, replace(ROUTINE, **wrong), by=people["cat"])
    assert str(refused.value).endswith(".")
    assert not ApprovalRow.objects.exists()


def test_a_decision_of_another_operator_does_not_exist(inside, people):
    decision = approvals.propose(inside, ROUTINE, by=people["cat"])
    with operator_scope(UUID(int=7)), pytest.raises(NoSuchDecision):
        approvals.get(UUID(int=7), decision)


def test_an_act_of_two_people_is_agreed_to_for_one_target_and_used_once(inside, people):
    policy, act = policies.in_force(inside), "publish-policy"
    asked = Proposal(act=act, target="a" * 64, ground="policy", interest="harmless")
    proposal = approvals.propose(inside, asked, by=people["cat"])
    with pytest.raises(NeedsSecondPerson):
        approvals.require(inside, policy, act, "a" * 64)
    approvals.agree(inside, proposal, by=people["ann"])
    for target, by in (("b" * 64, SYSTEM), ("a" * 64, people["ann"])):
        with pytest.raises(NeedsSecondPerson):
            approvals.require(inside, policy, act, target, by=by)
    assert approvals.require(inside, policy, act, "a" * 64) == proposal
    with pytest.raises(NeedsSecondPerson):
        approvals.require(inside, policy, act, "a" * 64)
    assert approvals.require(inside, bakery(), act, "a" * 64) is None  # not asked for there


@pytest.mark.django_db(transaction=True)
def test_ending_a_decision_waits_for_what_was_permitted(shop: UUID, subject: UUID, using):
    with operator_scope(shop):
        people = staff(shop, ann="officer", cat="clerk")
        gate.change_standing(shop, subject, agree)
        decision = approvals.propose(shop, ROUTINE, by=people["cat"])
        approvals.agree(shop, decision, by=people["ann"])
    ended = threading.Event()

    def end() -> None:
        with operator_scope(shop):
            approvals.end(shop, decision, by=people["ann"])
        ended.set()
        connection.close()

    other = threading.Thread(target=end)
    with operator_scope(shop):
        assert isinstance(gate.decide(using), Permit)
        other.start()
        assert not ended.wait(0.5)
    assert ended.wait(20)
    other.join()
    with operator_scope(shop):
        assert answer(using) == "no-decision"
