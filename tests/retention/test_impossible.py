"""Clause 9.4, second half: what cannot be destroyed in its term is blocked and goes later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tutela.core import clock
from tutela.core.permits import Permit
from tutela.core.vocabulary import Action, Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.obligations import actions as obligations
from tutela.retention import actions as retention
from tutela.retention.errors import ObstacleStands, UnknownReason
from tutela.vault import actions as vault

OFFICER = Actor(ActorKind.STAFF, "7", "officer")


def _hinder(world, subject: UUID, reason: str = "medium-in-custody") -> None:
    with operator_scope(world.operator):
        retention.obstacle_open(world.operator, subject, reason, by=OFFICER)


def _clear(world, subject: UUID) -> None:
    with operator_scope(world.operator):
        retention.obstacle_close(world.operator, subject, by=OFFICER)


def _withdrawn(world) -> UUID:
    anna = world.person()
    world.send(anna)
    world.withdraw(anna)
    return anna


def test_what_is_impossible_in_its_term_is_blocked_with_an_act_and_a_longer_term(world) -> None:
    anna = _withdrawn(world)
    _hinder(world, anna)
    world.live_until(2024, 7, 4)
    assert world.held(anna)
    first, second = sorted(world.obligations(anna), key=lambda row: row.opened_at)
    (act,) = world.acts(anna)
    assert (act.kind, act.obligation_id) == ("impossibility", first.id)
    assert first.state == "failed"
    assert first.evidence == {"act": str(act.id), "fallback": str(second.id)}
    assert second.state == "open"
    assert second.clause == "9.4(d)"
    assert second.computation["last_day"] == "2024-12-03"
    assert act.document["blocked"]
    assert act.document["reason"]["code"] == "medium-in-custody"
    assert act.document["done_at"] is None
    assert act.document["counts"]["values"] == 0
    (block,) = world.standing(anna).blocks
    assert (block.ground, block.clause) == ("impossible-destruction", "9.4(d)")


def test_blocked_data_is_neither_used_nor_passed_on_and_the_person_is_still_answered(world) -> None:
    anna = _withdrawn(world)
    _hinder(world, anna)
    world.live_until(2024, 7, 4)
    asked = Operation(
        operator=world.operator,
        subject=anna,
        action=Action.USE,
        purpose="orders",
        fields=frozenset({"email"}),
        actor=Actor(ActorKind.SYSTEM),
    )
    with operator_scope(world.operator):
        for action in (Action.USE, Action.EXTRACTION, Action.PROVISION):
            refusal = gate.decide(replace(asked, action=action))
            assert isinstance(refusal, gate.Refusal)
            assert refusal.reason == "blocked"
        assert isinstance(gate.decide(replace(asked, purpose="service-letter")), Permit)


def test_the_act_of_the_later_destruction_names_the_first_act(world) -> None:
    anna = _withdrawn(world)
    _hinder(world, anna)
    world.live_until(2024, 9, 1, 10)
    assert world.held(anna)
    _clear(world, anna)
    world.live_until(2024, 9, 1, 10, 1)
    assert world.held(anna) == set()
    done, impossible = world.acts(anna)
    assert (done.kind, done.first_act) == ("destruction", impossible.id)
    assert done.document["in_time"]
    assert done.document["because"][0]["clause"] == "9.4(d)"
    assert [row.state for row in world.obligations(anna)] == ["failed", "discharged"]
    assert world.standing(anna).destroyed


def test_while_the_obstacle_stands_it_is_tried_every_day(world) -> None:
    anna = _withdrawn(world)
    _hinder(world, anna)
    world.live_until(2024, 7, 12, 12)
    fallback = world.obligations(anna)[-1]
    assert fallback.attempts == 9
    assert fallback.last_failure == "obstacle.medium-in-custody"
    assert fallback.next_attempt_at - clock.now() <= timedelta(hours=24)


def test_the_longer_term_can_be_missed_and_then_says_so(world) -> None:
    anna = _withdrawn(world)
    _hinder(world, anna)
    world.live_until(2024, 12, 10)
    fallback = world.obligations(anna)[-1]
    assert fallback.state == "late"
    assert world.kinds(anna).count("obligation.late") == 1
    with operator_scope(world.operator):
        assert retention.figures(world.operator).overdue == 1
    _clear(world, anna)
    world.live_until(2024, 12, 10, 1)
    assert world.held(anna) == set()
    assert not world.obligations(anna)[-1].in_time
    assert not world.acts(anna)[0].document["in_time"]


def test_an_obstacle_that_is_gone_before_the_term_ends_leaves_no_trace_but_its_own(world) -> None:
    anna = _withdrawn(world)
    _hinder(world, anna)
    world.live_until(2024, 6, 20)
    _clear(world, anna)
    world.live_until(2024, 7, 4)
    assert [act.kind for act in world.acts(anna)] == ["destruction"]
    assert world.kinds(anna).count("retention.obstacle-opened") == 1
    assert world.kinds(anna).count("retention.obstacle-closed") == 1


def test_where_something_is_still_needed_the_person_is_not_blocked(world) -> None:
    anna = world.person()
    world.send(anna, purposes=("orders", "newsletter"))
    world.withdraw(anna, "orders")
    _hinder(world, anna)
    world.live_until(2024, 7, 4)
    (act,) = world.acts(anna)
    assert (act.kind, act.document["blocked"]) == ("impossibility", False)
    assert world.standing(anna).blocks == ()
    _clear(world, anna)
    world.live_until(2024, 7, 5)
    assert world.held(anna) == {"email"}
    assert world.acts(anna)[0].kind == "partial"


def test_two_obstacles_must_both_be_gone(world) -> None:
    anna = _withdrawn(world)
    _hinder(world, anna)
    _hinder(world, anna, "keys-unreachable")
    world.live_until(2024, 7, 10)
    with operator_scope(world.operator):
        assert retention.obstacle_close(world.operator, anna, "keys-unreachable") == 1
    world.live_until(2024, 7, 12)
    assert world.held(anna)
    _clear(world, anna)
    world.live_until(2024, 7, 12, 1)
    assert world.held(anna) == set()


def test_an_obstacle_needs_a_reason_of_the_list_and_is_registered_once(world) -> None:
    anna = world.person()
    with operator_scope(world.operator):
        with pytest.raises(UnknownReason):
            retention.obstacle_open(world.operator, anna, "no time")
        retention.obstacle_open(world.operator, anna, "store-unreachable")
        with pytest.raises(ObstacleStands):
            retention.obstacle_open(world.operator, anna, "store-unreachable")


def test_the_system_states_impossibility_when_its_own_attempts_fail(world, monkeypatch) -> None:
    anna = _withdrawn(world)

    def broken(*_args, **_more):
        raise OSError("anna.canary@mail.example")

    with monkeypatch.context() as failing:
        failing.setattr(vault, "destroy_people", broken)
        world.live_until(2024, 7, 4)
    first, second = sorted(world.obligations(anna), key=lambda row: row.opened_at)
    assert first.attempts == 6
    assert first.last_failure == "oserror"
    (act,) = world.acts(anna)
    assert act.document["reason"]["code"] == "attempts-failed"
    assert act.made_at < first.due_at
    world.live_until(2024, 7, 6)
    assert world.held(anna) == set()
    with operator_scope(world.operator):
        assert obligations.get(world.operator, second.id).state == "discharged"


def test_the_pdf_of_an_impossibility_names_its_reason(world) -> None:
    anna = _withdrawn(world)
    _hinder(world, anna)
    world.live_until(2024, 7, 4)
    (act,) = world.acts(anna)
    words = act.document["reason"]["words"]
    assert words["en"] == "the medium is in the custody of an authority"
    assert words["ru"] == "носитель изъят и находится у государственного органа"
    with operator_scope(world.operator):
        assert retention.act_pdf(world.operator, act.id, "ru").startswith(b"%PDF")
    assert act.made_at < datetime(2024, 7, 4, 4, tzinfo=UTC)
