"""No acknowledgement, no access; and roles that are looked over again, by somebody else."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction
from tests.gate.conftest import NOW
from tests.gate.office import bakery, staff
from tests.gate.test_actions import agree

from tutela.core import clock
from tutela.core.controls import CONTROLS, ClauseState, Question
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action, Actor
from tutela.db.scope import operator_scope
from tutela.gate import access
from tutela.gate import actions as gate
from tutela.gate.errors import OwnRole
from tutela.gate.models import Acknowledgement, Used
from tutela.gate.rules import Operation
from tutela.identity import actions as identity
from tutela.identity.errors import UnknownRole
from tutela.journal import actions as journal
from tutela.policy import actions as policies


@pytest.fixture
def shop(db: None, at: clock.ManualClock) -> UUID:
    policies.publish(bakery("access", "roles"))
    return policies.operator_id("lark-bakery")


@pytest.fixture
def inside(shop: UUID):
    with operator_scope(shop):
        yield shop


@pytest.fixture
def people(inside: UUID) -> dict[str, Actor]:
    return dict(staff(inside, ann="officer", ben="officer", cat="clerk"))


def look(operator: UUID, subject: UUID, actor: Actor) -> str:
    fields = frozenset({"name"})
    found = gate.decide(
        Operation(operator, subject, Action.EXTRACTION, "oversight", fields, actor, reason="verify")
    )
    return "yes" if isinstance(found, Permit) else found.reason


def test_staff_are_let_in_once_they_have_acknowledged_this_version(
    inside: UUID, subject: UUID, people: dict[str, Actor]
) -> None:
    ann = people["ann"]
    assert access.asked_to_acknowledge(inside, ann)
    assert look(inside, subject, ann) == "not-acknowledged"
    access.acknowledge(inside, ann)
    access.acknowledge(inside, ann)
    assert look(inside, subject, ann) == "yes"
    assert look(inside, subject, people["ben"]) == "not-acknowledged"
    assert journal.count(inside, ("access.acknowledged",)) == 1
    policies.publish(bakery("access", "roles", number=2))
    assert look(inside, subject, ann) == "not-acknowledged"
    assert access.acknowledgements(inside) == {int(ann.id): (1, NOW)}


def test_an_acknowledgement_cannot_be_changed_or_removed(inside, people) -> None:
    access.acknowledge(inside, people["ann"])
    for deed in (
        lambda: Acknowledgement.objects.all().delete(),
        lambda: Acknowledgement.objects.update(policy_number=9),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()


def test_a_role_is_due_for_a_review_and_confirmed_by_somebody_else(inside, people, at) -> None:
    def cat() -> access.Holder:
        return next(each for each in access.holders(inside) if each.name == "cat")

    assert (cat().granted_at, cat().confirmed_at, cat().overdue(NOW)) == (NOW, None, False)
    later = NOW + timedelta(days=200)
    at.set(later)
    assert cat().overdue(later)
    user = int(people["cat"].id)
    with pytest.raises(OwnRole):
        access.confirm(inside, user, "clerk", by=people["cat"])
    with pytest.raises(UnknownRole):
        access.confirm(inside, user, "officer", by=people["ann"])
    access.confirm(inside, user, "clerk", by=people["ann"])
    assert (cat().confirmed_at, cat().confirmed_by) == (later, people["ann"].id)
    assert not cat().overdue(later)


def test_a_role_that_was_taken_back_and_given_again_is_due_by_its_new_beginning(
    inside, people, at
) -> None:
    user = int(people["cat"].id)
    access.confirm(inside, user, "clerk", by=people["ann"])
    identity.revoke_role(inside, user, "clerk")
    at.set(NOW + timedelta(days=30))
    identity.grant_role(inside, user, "clerk")
    cat = next(each for each in access.holders(inside) if each.name == "cat")
    assert (cat.granted_at, cat.confirmed_at) == (NOW + timedelta(days=30), None)


def test_the_day_a_role_was_last_used_is_kept(inside, subject, people, at) -> None:
    access.acknowledge(inside, people["ann"])
    days = []
    for hours in (0, 1, 24, 30):
        at.set(NOW + timedelta(hours=hours))
        assert look(inside, subject, people["ann"]) == "yes"
        days.append(Used.objects.get().day)
    assert days == [NOW.date()] * 2 + [NOW.date() + timedelta(1)] * 2
    look(inside, subject, people["ben"])  # a refusal is no use
    assert Used.objects.count() == 1


def verdict(operator: UUID, control: str, clause: str, now=NOW) -> ClauseState:
    policy = policies.in_force(operator)
    return CONTROLS[control].judge(Question(operator, policy, control, clause, {}, now)).state


def test_an_overdue_review_is_seen_in_the_proof(inside, subject, people, at) -> None:
    gate.change_standing(inside, subject, agree)
    access.acknowledge(inside, people["ann"])
    look(inside, subject, people["ann"])
    assert verdict(inside, "access.roles", "4.1(1)") is ClauseState.KEPT
    later = NOW + timedelta(days=200)
    at.set(later)
    assert verdict(inside, "access.roles", "4.1(1)", later) is ClauseState.AT_RISK
    for name, role in (("ann", "officer"), ("ben", "officer"), ("cat", "clerk")):
        access.confirm(inside, int(people[name].id), role, by=SYSTEM)
    assert verdict(inside, "access.roles", "4.1(1)", later) is ClauseState.KEPT


def test_staff_who_have_not_acknowledged_are_seen_in_the_proof(inside, people) -> None:
    assert verdict(inside, "org.training", "4.1(2)") is ClauseState.AT_RISK
    for each in people.values():
        access.acknowledge(inside, each)
    assert verdict(inside, "org.training", "4.1(2)") is ClauseState.KEPT
