"""What ends when and why: the reasons of one record, the forecast, and the dry run."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, date, datetime

from tutela.cli.commands import COMMANDS
from tutela.core import clock
from tutela.core.controls import CONTROLS, Question
from tutela.db.scope import operator_scope
from tutela.policy import actions as policies
from tutela.retention import actions as retention
from tutela.retention import commands as _commands  # noqa: F401 - registers them
from tutela.retention import controls as _controls  # noqa: F401 - registers them
from tutela.retention.explaining import Because, explained
from tutela.retention.forecasting import dry_run, forecast
from tutela.retention.models import Schedule
from tutela.retention.rules import Ending, left_by
from tutela.retention.showing import records


def test_a_record_says_when_it_ends_by_which_rule_and_clause_and_why(world) -> None:
    anna = world.person()
    world.send(anna)
    with operator_scope(world.operator):
        retention.hold(world.operator, anna, "dispute", fields=["email"])
        (said,) = explained(world.operator, anna)
        (shown,) = records(world.operator, anna, "en")
    assert said.because is Because.SEVERAL
    assert {each.rule for each in said.rules} == {"site-forms", "until-purpose"}
    assert (shown.ends, shown.clause) == ("3\N{NO-BREAK SPACE}June 2029", "8.1")
    assert "earliest end counts" in shown.because
    (keeper,) = shown.keepers
    assert "dispute" in keeper.words


def test_a_rule_above_another_takes_its_purposes_and_the_other_gives_way(broker) -> None:
    """003 6.3 has no limit, 11.5 ends with the purpose: the policy puts the latter above."""
    anna = broker.person()
    record = broker.send(anna, "request", ("communication",), {"full-name": "Anna Sample"})
    with operator_scope(broker.operator):
        rows = Schedule.objects.filter(operator_id=broker.operator, record=record, done_at=None)
        assert {row.rule for row in rows} == {"until-purpose"}
        (said,) = explained(broker.operator, anna)
        assert (said.because, said.end.until) == (Because.WAITS, "purpose.reached")
        policy = policies.in_force(broker.operator)
    now = clock.now()
    late = Ending("without-limit", "6.3", "form.sent", now, ("communication", "other"), None, None)
    left = left_by(policy, late, {"until-purpose": ["communication"]})
    assert left.purposes == ("other",)
    assert "retention.gave-way" in broker.kinds(anna)


def test_a_rule_that_waits_for_a_consent_to_end_has_the_day_the_person_chose(world) -> None:
    """004 8.5(a): the period of a newsletter is the person's own."""
    anna = world.person()
    until = datetime(2024, 12, 31, 5, tzinfo=UTC)
    world.send(anna, "newsletter", ("newsletter",), {"email": "anna@mail.example"}, until=until)
    with operator_scope(world.operator):
        (said,) = explained(world.operator, anna)
    assert (said.end.ends_at, said.because) == (until, Because.CONSENT)


def test_the_forecast_counts_by_month_by_event_and_what_is_over(world) -> None:
    anna, boris = world.person(), world.person()
    world.send(anna)
    world.at.set(datetime(2024, 7, 1, 12, tzinfo=UTC))
    world.send(boris)
    with operator_scope(world.operator):
        found = forecast(world.operator, clock.now())
        assert found.months == {date(2029, 6, 1): 1, date(2029, 7, 1): 1}
        assert found.waits == {"purpose.reached": 2}
        assert (found.over, found.endless, found.rules["site-forms"]) == (0, 0, 2)
        late = forecast(world.operator, datetime(2029, 6, 20, tzinfo=UTC))
        assert (late.over, late.dated) == (1, 1)


def test_a_dry_run_lists_what_would_go_and_stay_by_a_day_and_changes_nothing(world) -> None:
    anna, boris = world.person(), world.person()
    world.send(anna)
    world.send(boris)
    with operator_scope(world.operator):
        retention.hold(world.operator, boris, "agreement", fields=["email"])
        retention.obstacle_open(world.operator, anna, "store-unreachable")
        assert dry_run(world.operator, clock.now()).people == 0
        dry = dry_run(world.operator, datetime(2029, 6, 5, tzinfo=UTC))
    found = {each.subject_id: each for each in dry.lines}
    assert (dry.people, dry.records) == (2, 2)
    first, second = found[anna], found[boris]
    assert (first.goes, first.stays, first.hindrance) == (4, 0, "store-unreachable")
    assert first.whole
    assert (second.goes, second.stays) == (3, 1)
    assert [(each.kind, each.name) for each in second.grounds] == [("hold", "agreement")]
    assert len(world.held(anna)) == len(world.held(boris)) == 4


def _run(name: str, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    COMMANDS[name].configure(parser)
    return COMMANDS[name].run(parser.parse_args(arguments))


def test_the_command_prints_the_forecast_and_the_list(world, capsys) -> None:
    anna = world.person()
    world.send(anna)
    assert _run("ending", "prohomeexchange", "--by", "2029-06-05", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["forecast"]["months"] == {"2029-06": 1}
    assert said["dry_run"]["lines"][0]["subject_id"] == str(anna)
    assert _run("ending", "prohomeexchange", "--by", "2029-06-05") == 0
    assert f"{anna}  site-forms 8.1  everything" in capsys.readouterr().out


def test_a_clause_of_retention_is_drawn_with_what_was_done_is_due_blocked_and_held(world) -> None:
    people = [world.person() for _ in range(3)]
    for each in people:
        world.send(each)
    with operator_scope(world.operator):
        retention.hold(world.operator, people[0], "dispute", fields=["email"])
        retention.obstacle_open(world.operator, people[1], "store-unreachable")
    world.live_until(2029, 6, 5)
    with operator_scope(world.operator):
        question = Question(
            world.operator,
            policies.in_force(world.operator),
            "retention.schedule",
            "8.1",
            {},
            clock.now(),
        )
        answer = CONTROLS["retention.schedule"].judge(question)
    assert dict(answer.course) == {"done": 2, "due": 0, "blocked": 1, "held": 1, "ahead": 0}
