"""A purge on demand, what it proves, and the registers that are kept of it."""

from __future__ import annotations

import argparse
import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from tests.retention.test_crash import Died, failing_at

from tutela.cli.commands import COMMANDS
from tutela.core import clock
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.journal.formats import parse_keys
from tutela.journal.offline import verify_document
from tutela.retention import actions as retention
from tutela.retention import commands as _commands  # noqa: F401 - registers them
from tutela.retention import purges, registers
from tutela.retention.errors import WrongPurge
from tutela.retention.forecasting import dry_run
from tutela.retention.models import Purge
from tutela.retention.purging import Progress, purge
from tutela.retention.registers import Case

OVER = datetime(2029, 6, 5, tzinfo=UTC)


def _crowd(world, size: int) -> list:
    people = [world.person() for _ in range(size)]
    for each in people:
        world.send(each)
    world.at.set(OVER)
    return people


def _run(name: str, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    COMMANDS[name].configure(parser)
    return COMMANDS[name].run(parser.parse_args(arguments))


def test_a_purge_ends_all_that_is_over_and_tells_how_it_goes(committed) -> None:
    people = _crowd(committed, 4)
    with operator_scope(committed.operator):
        retention.obstacle_open(committed.operator, people[0], "store-unreachable")
        retention.hold(committed.operator, people[1], "dispute", fields=["email"])
    told: list[int] = []
    made = purge(committed.operator, clock.now(), lambda each: told.append(each.people), every=2)
    assert (made.done, made.failed, told[-1]) == (4, 0, 4)
    assert 0 < made.longest < 5
    assert made.rate > 0
    assert committed.held(people[0]) == {"full-name", "email", "phone", "country"}
    assert committed.standing(people[0]).blocks
    assert committed.held(people[1]) == {"email"}
    assert [committed.held(each) for each in people[2:]] == [set(), set()]
    again = purge(committed.operator, clock.now())
    assert again.people == 0


def test_a_purge_that_was_stopped_goes_on_where_it_was(committed) -> None:
    people = _crowd(committed, 4)

    class Stopped(BaseException):
        """The process is gone."""

    def stop(_: Progress) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        purge(committed.operator, clock.now(), stop, every=2)
    gone = sum(not committed.held(each) for each in people)
    assert 2 <= gone < 4
    assert purge(committed.operator, clock.now()).done == 4 - gone
    assert [len(committed.acts(each)) for each in people] == [1] * 4


def test_an_act_states_what_was_verified_and_how_in_both_languages(world) -> None:
    (anna,) = _crowd(world, 1)
    retention.sweep(world.operator, clock.now())
    (act,) = world.acts(anna)
    said = act.document["verified"]
    assert [each["level"] for each in said] == ["asked-again", "history-gone", "keys-gone"]
    assert all(each["how"]["en"] != each["how"]["ru"] for each in said)
    with operator_scope(world.operator):
        keys = parse_keys([journal.public_key(world.operator)])
        paper = retention.act_document(world.operator, act.id, "en")
    assert verify_document(act.envelope, keys).holds
    assert sum(label == "Verified" for label, _words in paper.rows) == 3


def test_no_act_is_signed_while_something_of_it_is_left(world) -> None:
    """The look is a look of its own: a trigger that keeps a row against the deletion is found,
    nothing is committed, and the failure is journalled."""
    (anna,) = _crowd(world, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.stay() RETURNS trigger LANGUAGE plpgsql "
            "AS 'BEGIN RETURN NULL; END'"
        )
        cursor.execute(
            "CREATE TRIGGER stay BEFORE DELETE ON vault_identifier "
            "FOR EACH ROW EXECUTE FUNCTION pg_temp.stay()"
        )
    assert retention.sweep(world.operator, clock.now()) == 0
    assert len(world.held(anna)) == 4
    assert world.acts(anna) == []
    assert "retention.attempt-failed" in world.kinds(anna)


def test_the_registers_name_persons_by_identifier_with_method_reason_and_date(world) -> None:
    (anna,) = _crowd(world, 1)
    retention.sweep(world.operator, clock.now())
    with operator_scope(world.operator):
        exports = {each: registers.export(world.operator, "ru", each) for each in Case}
        elsewhere = registers.export(world.operator, "ru", Case.MANUAL, year=2028)
        said = registers.report(world.operator, OVER - timedelta(days=1), OVER + timedelta(days=1))
    head, line = list(csv.reader(io.StringIO(exports[Case.AUTOMATED])))
    assert head == ["Человек", "Категории", "Информационная система", "Причина", "Дата"]
    assert line[0] == str(anna)
    assert "8.1" in line[3]
    assert line[4].startswith("2029-06-04")
    _head, manual = list(csv.reader(io.StringIO(exports[Case.MANUAL])))
    assert manual[0] == "2029-1"
    assert manual[2] == str(anna)
    assert "части ключей" in manual[5]
    assert len(elsewhere.splitlines()) == 1
    assert all("Canary" not in each and "canary" not in each for each in exports.values())
    assert (said["erased_whole"], said["too_late"], said["reasons"]) == (1, 1, {"form.sent 8.1": 1})


def test_the_commands_purge_and_print_the_registers(committed, capsys) -> None:
    (anna,) = _crowd(committed, 1)
    assert _run("purge", "prohomeexchange", "--dry-run") == 0
    assert f"{anna}  site-forms 8.1  everything" in capsys.readouterr().out
    assert committed.held(anna)
    assert _run("purge", "prohomeexchange") == 0
    assert "1 people done, 0 failed" in capsys.readouterr().out
    assert not committed.held(anna)
    assert _run("acts", "prohomeexchange") == 0
    assert str(anna) in capsys.readouterr().out
    assert _run("acts", "prohomeexchange", "--as", "report", "--year", "2029") == 0
    assert json.loads(capsys.readouterr().out)["erased_whole"] == 1


@pytest.mark.parametrize("year", ["99999", "0", "x", "-5", "²"])
def test_a_year_that_is_none_is_refused_with_a_sentence(year: str, capsys) -> None:
    with pytest.raises(SystemExit):
        _run("acts", "prohomeexchange", f"--year={year}")
    assert "write a year, such as 2027" in capsys.readouterr().err


FIRST, SECOND = (Actor(ActorKind.STAFF, each, "officer") for each in ("1", "2"))


def test_staff_purge_with_a_reason_and_a_kill_loses_neither_the_purge_nor_its_acts(
    committed,
) -> None:
    people = _crowd(committed, 3)
    operator = committed.operator
    with operator_scope(operator):
        retention.obstacle_open(operator, people[0], "store-unreachable")
    purge(operator, clock.now())
    with operator_scope(operator):
        retention.obstacle_close(operator, people[0], by=FIRST)
        assert dry_run(operator, clock.now()).people == 1
        with pytest.raises(WrongPurge):
            purges.ask(operator, "just-so", by=FIRST)
        asked = purges.ask(operator, "obstacle-gone", by=FIRST)
        with pytest.raises(WrongPurge):
            purges.ask(operator, "overdue", by=FIRST)
    with pytest.raises(Died), failing_at(9, Died):
        purges.sweep(operator, clock.now())
    assert purges.sweep(operator, clock.now())
    assert purges.sweep(operator, clock.now()) == 0
    assert not committed.held(people[0])
    with operator_scope(operator):
        done = purges.purge(operator, asked.id)
        listed = registers.lines(operator, "en", made=purges.span_of(done))
        with pytest.raises(WrongPurge):
            purges.ask(operator, "overdue", by=FIRST)
    assert (done.step, done.left, done.acts) == ("ended", 0, len(listed))
    assert people[0] in {each.subject for each in listed}


def test_a_purge_waits_for_a_second_person_where_the_policy_wants_one(committed) -> None:
    (anna,) = _crowd(committed, 1)
    operator = committed.operator
    with operator_scope(operator):
        row = purges.ask(operator, "overdue", by=FIRST)
        Purge.objects.filter(operator_id=operator).update(agreed_at=None)
    assert purges.sweep(operator, clock.now()) == 0
    with operator_scope(operator):
        with pytest.raises(WrongPurge):
            purges.agree(operator, row.id, by=FIRST)
        purges.agree(operator, row.id, by=SECOND)
    assert purges.sweep(operator, clock.now())
    assert not committed.held(anna)
