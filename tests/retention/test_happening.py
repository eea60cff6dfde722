"""What the operator tells: a purpose reached, an agreement begun and ended, at the desk and by a
program."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tutela.core.ids import new_id
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.retention import happening
from tutela.retention.errors import UnknownContract, WrongFact

OFFICER = Actor(ActorKind.STAFF, "1", "officer")


def reached(world, subject, *purposes):
    with operator_scope(world.operator):
        return happening.purpose_reached(world.operator, subject, purposes, by=OFFICER)


def test_one_purpose_that_is_reached_leaves_what_another_needs(world):
    maria = world.person()
    world.send(maria, purposes=("orders",))
    world.send(maria, point="newsletter", purposes=("newsletter",))
    opened = reached(world, maria, "orders")
    assert {each.outcome for each in opened} == {"stop", "destroy"}
    world.live_until(2024, 7, 5)
    assert world.held(maria) == {"email"}
    assert "retention.purpose-reached" in world.kinds(maria)


def test_all_that_is_reached_leaves_nothing(world):
    maria = world.person()
    world.send(maria)
    reached(world, maria)
    world.live_until(2024, 7, 5)
    assert world.held(maria) == set()


@pytest.mark.parametrize("purpose", ["newsletter", "no-such-purpose"])
def test_a_purpose_nothing_is_held_for_is_not_reached(world, purpose):
    maria = world.person()
    world.send(maria)
    with pytest.raises(WrongFact):
        reached(world, maria, purpose)
    with pytest.raises(WrongFact):
        reached(world, world.person())
    assert "retention.purpose-reached" not in world.kinds(maria)


def test_an_agreement_keeps_until_it_is_said_to_have_ended(world):
    maria = world.person()
    world.send(maria)
    with operator_scope(world.operator):
        contract = happening.contract_began(world.operator, maria, by=OFFICER)
    world.withdraw(maria)
    world.live_until(2024, 8, 1)
    assert "email" in world.held(maria)
    with operator_scope(world.operator):
        with pytest.raises(UnknownContract):
            happening.contract_over(world.operator, maria, new_id(), by=OFFICER)
        happening.contract_over(world.operator, maria, contract, by=OFFICER)
        with pytest.raises(UnknownContract):
            happening.contract_over(world.operator, maria, contract, by=OFFICER)
    world.live_until(2024, 8, 2)
    assert world.held(maria) == set()


@pytest.mark.parametrize(
    ("purposes", "until"), [(["orders"], None), ([], datetime(2024, 6, 3, tzinfo=UTC))]
)
def test_an_agreement_that_cannot_be_is_refused_with_a_sentence(world, purposes, until):
    maria = world.person()
    world.send(maria)
    with operator_scope(world.operator), pytest.raises(WrongFact, match=r"\.$"):
        happening.contract_began(world.operator, maria, purposes, until=until, by=OFFICER)
    assert world.standing(maria).contracts == ()


def test_an_agreement_with_a_day_is_listed_until_then(world):
    maria = world.person()
    world.send(maria)
    day = datetime(2024, 6, 10, tzinfo=UTC)
    with operator_scope(world.operator):
        happening.contract_began(world.operator, maria, until=day, by=OFFICER)
        (running,) = happening.contracts(world.operator, maria)
        assert running.until == day
    world.at.set(day + timedelta(seconds=1))
    with operator_scope(world.operator):
        assert happening.contracts(world.operator, maria) == []


def test_an_agreement_that_ended_before_its_day_is_not_ended_again(family):
    maria = family.person()
    family.send(maria, point="account", purposes=("app-access",))
    day = datetime(2024, 6, 20, tzinfo=UTC)
    with operator_scope(family.operator):
        contract = happening.contract_began(family.operator, maria, until=day, by=OFFICER)
        happening.contract_over(family.operator, maria, contract, by=OFFICER)
    family.live_until(2024, 6, 25)
    assert family.kinds(maria).count("retention.contract-ended") == 1
