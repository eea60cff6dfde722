"""Everything due happens, in the order of time, and one failure does not stop the rest."""

from __future__ import annotations

import logging

import pytest
from tests.jobs.conftest import NORTH, SOUTH, START, day

from tutela.core import clock
from tutela.core.clock import ManualClock, ShiftedClock, SystemClock
from tutela.core.logs import DiscreetFormatter
from tutela.jobs import engine

pytestmark = pytest.mark.django_db


class Broken(Exception):
    """What a sweep may raise; its text quotes what somebody typed."""


def test_what_is_due_now_is_done_and_what_is_not_due_waits(world):
    world.due += [(START, NORTH, "alpha"), (day(4), NORTH, "alpha")]
    step = engine.run_now()
    assert step.done == (("alpha", 1),)
    assert world.due == [(day(4), NORTH, "alpha")]


def test_the_journal_of_every_operator_is_sequenced(world):
    engine.run_now()
    assert world.sequenced == [NORTH, SOUTH]


def test_days_pass_in_the_order_in_which_they_would_have_passed(world):
    world.due += [(day(9), SOUTH, "alpha"), (day(5), NORTH, "beta"), (day(7), NORTH, "alpha")]
    engine.run_until(day(20))
    assert world.lived == [
        (day(5), NORTH, "beta"),
        (day(7), NORTH, "alpha"),
        (day(9), SOUTH, "alpha"),
    ]
    assert clock.now() == day(20)


def test_what_is_due_at_the_very_end_is_done_and_an_instant_later_is_not(world):
    world.due += [
        (day(20), NORTH, "alpha"),
        (day(20).replace(microsecond=1), NORTH, "beta"),
    ]
    engine.run_until(day(20))
    assert world.lived == [(day(20), NORTH, "alpha")]


def test_each_moment_finds_the_clock_standing_at_it(world):
    world.due += [(day(5), NORTH, "alpha"), (day(6), NORTH, "alpha")]
    seen = [step.moment for step in engine.steps_until(day(8))]
    assert seen == [START, day(5), day(6), day(8)]


def test_what_one_deed_sets_off_happens_at_the_same_moment(world):
    world.leads_to["beta"] = "alpha"  # alpha comes before beta within a round
    world.due.append((day(5), NORTH, "beta"))
    engine.run_until(day(5))
    assert world.lived == [(day(5), NORTH, "beta"), (day(5), NORTH, "alpha")]


def test_a_sweep_that_never_ends_does_not_hold_time_up(world):
    world.leads_to["alpha"] = "alpha"
    world.due.append((START, NORTH, "alpha"))
    engine.run_until(day(4))
    assert clock.now() == day(4)


def test_one_operator_can_be_lived_through_alone(world):
    world.due += [(day(5), NORTH, "alpha"), (day(5), SOUTH, "alpha")]
    engine.run_until(day(6), only=NORTH)
    assert world.lived == [(day(5), NORTH, "alpha")]


def test_a_failure_stops_a_rehearsal_with_its_own_exception(world):
    world.breaks[NORTH, "alpha"] = Broken()
    with pytest.raises(Broken):
        engine.run_until(day(5))


def test_a_failure_at_one_operator_stops_neither_the_other_nor_the_other_sweeps(world):
    world.breaks[NORTH, "alpha"] = Broken()
    world.due += [(START, each, slug) for each in (NORTH, SOUTH) for slug in ("alpha", "beta")]
    step = engine.run_now(tolerant=True)
    assert [each[1:] for each in world.lived] == [
        (NORTH, "beta"),
        (SOUTH, "alpha"),
        (SOUTH, "beta"),
    ]
    assert step.failures == (engine.Failure(NORTH, "alpha", "Broken"),)
    assert world.sequenced == [NORTH, SOUTH]


def test_the_log_of_a_failure_names_class_and_ids_and_never_what_was_typed(world, caplog):
    world.breaks[NORTH, "alpha"] = Broken("mary@example.org could not be read")
    with caplog.at_level(logging.ERROR):
        engine.run_now(tolerant=True)
    (record,) = caplog.records
    line = DiscreetFormatter().format(record)
    assert "mary" not in line
    assert "Broken" in line
    assert str(NORTH) in line
    assert "alpha" in line


def test_a_sweep_that_is_left_out_keeps_its_work(world):
    world.due.append((START, NORTH, "alpha"))
    engine.run_now(skip=lambda operator, slug: (operator, slug) == (NORTH, "alpha"))
    assert world.lived == []
    assert engine.run_now().total == 1


def test_the_clock_of_the_machine_cannot_be_moved(world):
    with clock.use(SystemClock()), pytest.raises(engine.ClockStandsFast):
        engine.run_until(day(5))


def test_a_shifted_clock_passes_through_the_same_moments(world):
    with clock.use(ManualClock(START)):
        shifted = ShiftedClock()
        shifted.set(START)
    world.due += [(day(5), NORTH, "alpha"), (day(6), SOUTH, "beta")]
    with clock.use(shifted):
        engine.run_until(day(9))
        assert clock.now() >= day(9)
    assert [each[1:] for each in world.lived] == [(NORTH, "alpha"), (SOUTH, "beta")]
    assert [each[0].day for each in world.lived] == [5, 6]


def test_the_past_is_not_lived_again(world):
    engine.run_until(day(1))
    assert clock.now() == START


def test_a_sweep_is_spared_a_look_where_nothing_waits_for_it(world):
    world.add_sweep("gamma", lambda operator, now: world.waits(operator, now, "gamma"))
    world.add_sweep("delta", f"%(now)s > '2024-06-05T12:00Z' AND %(operator)s <> '{SOUTH}'")
    world.due.append((day(5), NORTH, "gamma"))
    engine.run_until(day(5))
    assert [each for each in world.looked if each[1] in {"gamma", "delta"}] == [(NORTH, "gamma")]
    engine.run_until(day(6))
    assert [each for each in world.looked if each[1] in {"gamma", "delta"}][1:] == [
        (NORTH, "delta")
    ]


def test_what_one_deed_sets_off_waits_in_the_same_round(world):
    world.add_sweep("gamma", lambda operator, now: world.waits(operator, now, "gamma"))
    world.leads_to["alpha"] = "gamma"
    world.due.append((START, NORTH, "alpha"))
    assert dict(engine.run_now().done) == {"alpha": 1, "gamma": 1}


def test_where_it_cannot_be_told_what_waits_every_sweep_looks_for_itself(world):
    world.add_sweep("gamma", "this is no SQL")
    world.due += [(START, NORTH, "gamma"), (START, SOUTH, "alpha")]
    assert dict(engine.run_now(tolerant=True).done) == {"alpha": 1, "gamma": 1}


def test_an_engine_that_knows_no_operators_says_what_to_do(world, monkeypatch):
    monkeypatch.setattr(engine, "_providers", [])
    with pytest.raises(engine.NotInstalled, match=r"tutela\.app\.wire"):
        engine.run_now()
