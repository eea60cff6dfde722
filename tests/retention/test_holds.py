"""Holds: on which grounds, what they stop, who places and lifts them, and when none applies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tutela.core import clock
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.journal import actions as journal
from tutela.retention import actions as retention
from tutela.retention.errors import WrongHold
from tutela.retention.keeping import BESIDE

OFFICER = Actor(ActorKind.STAFF, "7", "officer")


def _allowed(world, subject, action: Action, purpose: str, field: str = "email") -> bool:
    asked = Operation(world.operator, subject, action, purpose, frozenset({field}), SYSTEM)
    with operator_scope(world.operator):
        return not isinstance(gate.decide(asked), gate.Refusal)


@pytest.mark.parametrize("ground", [*BESIDE, "contract"])
def test_what_is_held_outlives_its_term_on_every_ground_and_goes_when_it_is_lifted(
    world, ground
) -> None:
    anna = world.person()
    world.send(anna)
    with operator_scope(world.operator):
        kept = retention.hold(world.operator, anna, ground, fields=["email"], by=OFFICER)
    world.live_until(2029, 6, 5)
    assert world.held(anna) == {"email"}
    with operator_scope(world.operator):
        retention.release(world.operator, kept, by=OFFICER, reason="dispute-settled")
        (row,) = retention.holds(world.operator, anna, released=True)
        said = journal.entries(world.operator, subject=anna, kinds={"retention.released"})
    assert (row.opened_by, row.released_by, row.release_reason) == ("7", "7", "dispute-settled")
    assert [each.data["reason"] for each in said] == ["dispute-settled"]
    world.live_until(2029, 6, 6)
    assert world.held(anna) == set()
    assert world.standing(anna).destroyed


def test_a_hold_ends_by_itself_on_its_day_and_the_purge_follows(world) -> None:
    anna = world.person()
    world.send(anna)
    until = datetime(2030, 1, 1, tzinfo=UTC)
    with operator_scope(world.operator):
        retention.hold(world.operator, anna, "official-request", until=until)
    world.live_until(2029, 12, 31, 23)
    assert world.held(anna)
    world.live_until(2030, 1, 1, 0, 1)
    assert world.held(anna) == set()


@pytest.mark.parametrize("ground", ["dispute", "official-request"])
def test_disputed_data_serves_no_purpose_of_the_policy_but_the_persons_own_look(
    world, ground
) -> None:
    anna = world.person()
    world.send(anna)
    assert _allowed(world, anna, Action.USE, "orders")
    with operator_scope(world.operator):
        retention.hold(world.operator, anna, ground, fields=["email"])
    assert not _allowed(world, anna, Action.USE, "orders")
    assert not _allowed(world, anna, Action.DESTRUCTION, "retention")
    assert _allowed(world, anna, Action.USE, "orders", "phone")
    assert _allowed(world, anna, Action.EXTRACTION, "subject-rights")


def test_no_hold_keeps_the_data_of_a_child_without_a_guardians_consent(family) -> None:
    """001 10.10(d): at once, on no ground; and none can be placed meanwhile."""
    anna = family.person()
    family.send(anna, "account", ("app-access",), {"full-name": "Anna Sample"})
    with operator_scope(family.operator):
        retention.hold(family.operator, anna, "dispute", by=OFFICER)
    family.ask(anna, "minor.found")
    with (
        operator_scope(family.operator),
        pytest.raises(WrongHold, match="a child without a guardian"),
    ):
        retention.hold(family.operator, anna, "official-request")
    family.live_until(2024, 6, 3, 14, 10)
    assert family.held(anna) == set(), family.obligations(anna)
    with operator_scope(family.operator):
        (row,) = retention.holds(family.operator, anna, released=True)
    assert row.release_reason == "minor-found"


@pytest.mark.parametrize(
    ("fields", "days", "sentence"),
    [
        (["email"], -1, "must lie ahead"),
        ([], 1, "at least one of the fields"),
        (["shoe-size"], 1, "at least one of the fields"),
    ],
)
def test_a_hold_that_makes_no_sense_is_refused_with_a_sentence(
    world, fields, days, sentence
) -> None:
    anna = world.person()
    until = clock.now() + timedelta(days=days)
    with operator_scope(world.operator), pytest.raises(WrongHold, match=sentence):
        retention.hold(world.operator, anna, "dispute", fields=fields, until=until)
