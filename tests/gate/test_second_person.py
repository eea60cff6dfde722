"""What the policy lets be done only after a second person has agreed, and only once."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from tests.gate.office import staff
from tests.gate.test_pages import client, opened
from tests.requests.conftest import post, words

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate import approvals
from tutela.gate.approvals import Proposal
from tutela.gate.cases import Operation
from tutela.gate.errors import PutBeforeSomebody, SamePerson
from tutela.gate.models import ApprovalRow
from tutela.identity import actions as identity
from tutela.identity.staff import actions as accounts
from tutela.journal import actions as journal

DESK = "/en/desk/lark-bakery/"


@pytest.fixture
def shop(db: None, at: clock.ManualClock) -> UUID:
    return opened("change_roles")


def waiting(operator: UUID) -> list[ApprovalRow]:
    now = clock.now()
    rows = approvals.listing(operator)
    return [each for each in rows if approvals.state_of(each, now) == "waiting"]


def roles_of(operator: UUID, name: str) -> frozenset[str]:
    user = User.objects.get(username=name)
    return identity.staff_roles(user, operator)


def test_a_role_is_given_at_the_desk_after_a_second_officer_has_agreed(shop: UUID) -> None:
    ann, bob = client(shop, "ann", "officer"), client(shop, "bob", "officer")
    client(shop, "cat", "clerk")
    page = f"{DESK}staff/{User.objects.get(username='cat').pk}/"
    answer = post(ann, page, give="auditor")
    assert (answer.status_code, "waits for another officer" in words(answer)) == (409, True)
    with operator_scope(shop):
        assert roles_of(shop, "cat") == {"clerk"}
        (row,) = waiting(shop)
    decision = f"{DESK}decisions/{row.id}/"
    shown = words(bob.get(decision))
    assert "give the role “auditor” to cat" in shown, shown[-600:]
    assert post(ann, decision, action=f"{decision}settle/", how="agree").status_code == 403
    assert post(bob, decision, action=f"{decision}settle/", how="agree").status_code == 302
    assert post(ann, page, give="auditor").status_code == 302
    with operator_scope(shop):
        assert roles_of(shop, "cat") == {"clerk", "auditor"}


def test_what_was_agreed_to_is_one_change_of_one_account_once(shop: UUID) -> None:
    with operator_scope(shop):
        who = staff(shop, ann="officer", bob="officer", cat="clerk", dan="clerk")
        cat, dan = int(who["cat"].id), int(who["dan"].id)
        for _ in range(2):
            with pytest.raises(PutBeforeSomebody):
                accounts.give_role(shop, cat, "auditor", by=who["ann"])
        (row,) = waiting(shop)
        approvals.agree(shop, row.id, by=who["bob"])
        for user, role in ((dan, "auditor"), (cat, "officer")):
            with pytest.raises(PutBeforeSomebody):
                accounts.give_role(shop, user, role, by=who["ann"])
        accounts.give_role(shop, cat, "auditor", by=who["ann"])
        with pytest.raises(PutBeforeSomebody):
            accounts.take_role(shop, cat, "auditor", by=who["ann"])
        with pytest.raises(PutBeforeSomebody):
            accounts.give_role(shop, cat, "auditor", by=who["ann"])


def test_nobody_agrees_to_a_change_of_their_own_account(shop: UUID) -> None:
    with operator_scope(shop):
        who = staff(shop, ann="officer", bob="officer")
        with pytest.raises(PutBeforeSomebody):
            accounts.give_role(shop, int(who["bob"].id), "auditor", by=who["ann"])
        (row,) = waiting(shop)
        with pytest.raises(SamePerson):
            approvals.agree(shop, row.id, by=who["bob"])


@pytest.mark.parametrize("do", ["invite", "switch-off", "reset-factors"])
def test_letting_in_and_ending_work_and_taking_factors_wait_too(shop: UUID, do: str) -> None:
    with operator_scope(shop):
        who = staff(shop, ann="officer", bob="officer", cat="clerk")
        cat = int(who["cat"].id)

        def attempt() -> None:
            if do == "invite":
                assert accounts.invite(shop, "eve", "clerk", by=who["ann"])
            elif do == "switch-off":
                accounts.switch_off(shop, cat, by=who["ann"])
            else:
                accounts.reset_factors(shop, cat, by=who["ann"])

        with pytest.raises(PutBeforeSomebody):
            attempt()
        assert not User.objects.filter(username="eve").exists()
        (row,) = waiting(shop)
        assert "eve" not in row.target
        approvals.agree(shop, row.id, by=who["bob"])
        attempt()


def test_whoever_owns_the_machine_changes_roles_by_command(shop: UUID) -> None:
    with operator_scope(shop):
        assert accounts.invite(shop, "ann", "officer", by=SYSTEM)


def test_the_agreement_to_a_destruction_is_used_up_by_it(db: None, at: clock.ManualClock) -> None:
    shop = opened("four_eyes")
    with operator_scope(shop):
        who = staff(shop, ann="officer", bob="officer")
        anna = identity.new_subject(shop, "en", "customer")
        gate.change_standing(shop, anna, lambda each: each)
        asked = Operation(
            operator=shop,
            subject=anna,
            action=Action.DESTRUCTION,
            purpose="retention",
            fields=frozenset({"name"}),
            actor=who["ann"],
        )
        refusal = gate.decide(asked)
        assert isinstance(refusal, gate.Refusal)
        assert refusal.reason == "no-second-person"
        proposed = Proposal(act="destroy-person", subject=anna, ground="policy", interest="weighed")
        approval = approvals.propose(shop, proposed, by=who["ann"])
        approvals.agree(shop, approval, by=who["bob"])
        assert isinstance(gate.decide(replace(asked, subject=new_id())), gate.Refusal)
        assert isinstance(gate.decide(asked), Permit)
        again = gate.decide(asked)
        assert isinstance(again, gate.Refusal)
        assert again.reason == "no-second-person"
        assert approvals.state_of(approvals.get(shop, approval), clock.now()) == "archived"
        kinds = [each.kind for each in journal.entries(shop, subject=anna, limit=50)]
        assert kinds.count("gate.permitted") == 1


def test_a_destruction_that_is_rolled_back_leaves_the_agreement(
    transactional_db: None, at: clock.ManualClock
) -> None:
    shop = opened("four_eyes")
    with operator_scope(shop):
        who = staff(shop, ann="officer", bob="officer")
        anna = identity.new_subject(shop, "en", "customer")
        proposed = Proposal(act="destroy-person", subject=anna, ground="policy", interest="weighed")
        approval = approvals.propose(shop, proposed, by=who["ann"])
        approvals.agree(shop, approval, by=who["bob"])
    asked = Operation(
        operator=shop,
        subject=anna,
        action=Action.DESTRUCTION,
        purpose="retention",
        fields=frozenset({"name"}),
        actor=who["ann"],
    )
    with operator_scope(shop):
        assert isinstance(gate.decide(asked), Permit)
        transaction.set_rollback(True)
    with operator_scope(shop):
        assert isinstance(gate.decide(asked), Permit)
