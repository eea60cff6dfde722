"""Plays a scenario in its private instance and keeps what was expected and what happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tutela.core import clock
from tutela.core.clock import ManualClock
from tutela.core.errors import TutelaError
from tutela.jobs import engine
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.rehearsal.registry import EXPECTATIONS, VERBS, Answer
from tutela.rehearsal.scenario import Line, Scenario, Step
from tutela.rehearsal.world import CLERK, OFFICER, SECOND, CannotRehearse, Person, World


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline. ``holds`` is None where something was done and not expected."""

    at: datetime
    line: int
    said: str
    holds: bool | None = None
    found: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    scenario: Scenario
    zone: Any
    events: tuple[Event, ...]

    @property
    def passed(self) -> bool:
        judged = [each for each in self.events if each.holds is not None]
        return bool(judged) and all(each.holds for each in judged)


def play(scenario: Scenario, policy: Policy) -> Outcome:
    """Run every step. A step that cannot be carried out ends the scenario as failed."""
    world = _world(scenario, policy)
    with clock.use(world.clock):
        events = tuple(_events(scenario, world))
    return Outcome(scenario, world.zone, events)


def _world(scenario: Scenario, policy: Policy) -> World:
    beginning = ManualClock(datetime.fromisoformat("2000-01-01T00:00:00+00:00"))
    people = {
        name: Person(
            name,
            number,
            {key: value for key, value in fields.items() if key != "language"},
            str(fields.get("language", policy.original)),
        )
        for number, (name, fields) in enumerate(scenario.people.items(), start=1)
    }
    world = World(
        operator_id=policies.operator_id(policy.operator.slug),
        policy=policy,
        clock=beginning,
        people=people,
    )
    first = world.moment(scenario.steps[0].at) if scenario.steps[0].at else None
    if first is None or scenario.steps[0].at.startswith("+"):
        raise CannotRehearse("The first step needs a date of its own: at: 2024-06-03.")
    beginning.set(first)
    with clock.use(beginning):
        policies.register(policy)
        policies.publish(policy)
        world.acknowledge(OFFICER, SECOND, CLERK)
    return world


def _events(scenario: Scenario, world: World) -> Iterator[Event]:
    for step in scenario.steps:
        try:
            yield from _step(step, world)
        except TutelaError as error:
            yield Event(world.clock.now(), step.line, "this step", holds=False, found=str(error))
            return


def _step(step: Step, world: World) -> Iterator[Event]:
    moment = world.moment(step.at)
    if moment < world.clock.now():
        raise CannotRehearse(f"“{step.at}” lies before the step above it; time only goes on.")
    engine.run_until(moment)
    for act in step.acts:
        yield Event(world.clock.now(), act.line, _do(act, world), note=step.note)
        engine.run_now()
    for expected in step.expectations:
        answer = _check(expected, world)
        yield Event(
            world.clock.now(), expected.line, answer.expected, answer.holds, answer.found, step.note
        )


def _do(act: Line, world: World) -> str:
    return str(VERBS[act.name].run(world, act.arguments))


def _check(expected: Line, world: World) -> Answer:
    with world.scope():
        found: Answer = EXPECTATIONS[expected.name].run(world, expected.arguments)
    return found
