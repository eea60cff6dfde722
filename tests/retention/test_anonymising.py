"""Where the policy says so, data that has ended becomes rows about nobody, or is destroyed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from tests.retention.conftest import SAMPLES
from tests.retention.test_crash import Died, failing_at

from tutela.anonymisation import actions as anonymisation
from tutela.anonymisation import controls as _controls  # noqa: F401 - registers the control
from tutela.anonymisation.errors import NotToBeJoined
from tutela.anonymisation.models import Row
from tutela.core import clock
from tutela.core.controls import CONTROLS, ClauseState, Question
from tutela.db.scope import operator_scope
from tutela.policy import actions as policies
from tutela.retention import actions as retention
from tutela.retention import forecasting, registers, showing, sweeping, tasks


def _people(world, count: int, first: int = 0, **values: str) -> list[UUID]:
    people = []
    for n in range(first, first + count):
        person = world.person()
        given = {
            "full-name": f"Canary{n} Petrova{n}",
            "email": f"canary{n}@mail.example",
            "phone": f"+130555501{n:02}",
            "country": "US",
            "city": "Tampa",
            "birth-date": f"198{n % 10}-0{n % 9 + 1}-11",
        }
        world.send(person, values={**given, **values})
        people.append(person)
    return people


def _control(world) -> ClauseState:
    with operator_scope(world.operator):
        policy = policies.in_force(world.operator)
        asked = Question(world.operator, policy, "anonymise", "2.17.7(b)", {}, clock.now())
        return CONTROLS["anonymise"].judge(asked).state


def test_people_alike_become_rows_and_others_are_destroyed(world) -> None:
    alike, apart = _people(world, 6), _people(world, 1, first=6, country="CA")
    assert _control(world) is ClauseState.NOTHING_YET
    with operator_scope(world.operator):
        dry = forecasting.dry_run(world.operator, datetime(2029, 6, 30, tzinfo=UTC))
        (shown,) = showing.records(world.operator, alike[0], "en")
    assert {each.into for each in dry.lines} == {"orders"}
    assert shown.becomes == "Orders without the people who placed them"
    world.live_until(2029, 7, 1)
    kinds = [world.acts(each)[0].kind for each in (*alike, *apart)]
    assert kinds == ["anonymisation"] * 6 + ["destruction"]
    assert not any(world.held(each) for each in (*alike, *apart))
    assert all(world.standing(each).destroyed for each in alike)
    with operator_scope(world.operator):
        rows = anonymisation.rows_of(world.operator, "orders")
        counts = anonymisation.counts_of(world.operator, "orders")
        run = anonymisation.runs(world.operator)[0]
        listed = registers.lines(world.operator, "en", run=run.id)
    assert {each.subject for each in listed} == {*alike}
    assert rows == [({"country": "US", "birth-date": "1980s"}, 6)]
    assert counts == [("city", "Tampa", 6)]
    assert (run.people, run.turned_away, run.found["k"], run.found["found"]) == (6, 1, 6, 0)
    assert _control(world) is ClauseState.KEPT


def test_the_act_says_method_measures_and_result(world) -> None:
    anna = _people(world, 5)[0]
    world.live_until(2029, 7, 1)
    act = world.acts(anna)[0]
    said = act.document["anonymised"]
    assert said["methods"]["birth-date"] == "generalise decade"
    assert (said["asked"]["k"], said["found"]["k"], said["found"]["fewest"]) == (5, 5, 5)
    with operator_scope(world.operator):
        for language, title in (("en", "anonymisation"), ("ru", "обезличив")):
            paper = retention.act_document(world.operator, act.id, language)
            assert title in paper.title
        assert retention.act_pdf(world.operator, act.id, "ru").startswith(b"%PDF")


def test_too_few_people_are_refused_and_destroyed(world) -> None:
    people = _people(world, 4)
    world.live_until(2029, 7, 1)
    assert {world.acts(each)[0].kind for each in people} == {"destruction"}
    with operator_scope(world.operator):
        run = anonymisation.runs(world.operator)[0]
        assert (run.refused, anonymisation.rows_of(world.operator, "orders")) == (True, [])
    assert _control(world) is ClauseState.KEPT


def test_a_hold_keeps_a_person_out_until_it_is_released(world) -> None:
    people = _people(world, 6)
    with operator_scope(world.operator):
        hold = retention.hold(world.operator, people[0], "agreement")
    world.live_until(2029, 7, 1)
    assert world.held(people[0])
    assert [world.acts(each)[0].kind for each in people[1:]] == ["anonymisation"] * 5
    with operator_scope(world.operator):
        retention.release(world.operator, hold)
    world.live_until(2029, 7, 3)
    assert [each.kind for each in world.acts(people[0])] == ["destruction"]


def test_rows_that_were_changed_break_the_clause(world) -> None:
    _people(world, 5)
    world.live_until(2029, 7, 1)
    with operator_scope(world.operator):
        Row.objects.filter(aggregated="").update(times=4)
    assert _control(world) is ClauseState.BROKEN


def test_a_process_that_dies_leaves_everybody_whole_or_nobody(committed) -> None:
    world = committed
    people = _people(world, 5)
    at = clock.ManualClock(world.at.now().replace(year=2029, month=7))
    with clock.use(at), pytest.raises(Died), failing_at(20, Died):
        tasks.anonymising.sweep(world.operator, at.now())
    assert all(world.held(each) and not world.acts(each) for each in people)
    with operator_scope(world.operator):
        assert anonymisation.rows_of(world.operator, "orders") == []
    with clock.use(at):
        assert tasks.anonymising.sweep(world.operator, at.now()) == 5
        assert tasks.anonymising.sweep(world.operator, at.now()) == 0
    assert [world.acts(each)[0].kind for each in people] == ["anonymisation"] * 5


def _in_two(world) -> list[UUID]:
    """Five people alike of whom four come first and one last, and six others between them."""
    first = _people(world, 4, country="CA")
    between = _people(world, 6, first=4)
    return [*first, *between, *_people(world, 1, first=10, country="CA")]


def test_who_is_alike_with_too_few_of_one_transaction_is_tried_with_the_next(
    world, monkeypatch
) -> None:
    monkeypatch.setattr(sweeping, "TOGETHER", 10)
    people = _in_two(world)
    world.live_until(2029, 7, 1)
    assert {world.acts(each)[0].kind for each in people} == {"anonymisation"}
    with operator_scope(world.operator):
        runs = anonymisation.runs(world.operator)
    assert sorted((run.people, run.turned_away) for run in runs) == [(5, 0), (6, 4)]


def test_a_purge_that_stops_between_two_transactions_goes_on_with_the_next(
    committed, monkeypatch
) -> None:
    monkeypatch.setattr(sweeping, "TOGETHER", 10)
    world, told = committed, []
    people = _in_two(world)
    at = clock.ManualClock(world.at.now().replace(year=2029, month=7))

    def die(turned: int, _seconds: float) -> None:
        told.append(turned)
        raise Died

    with clock.use(at), pytest.raises(Died):
        tasks.anonymising.sweep(world.operator, at.now(), die)
    assert [each for each in people if world.acts(each)] == people[4:10]
    assert all(world.held(each) for each in (*people[:4], people[10]))
    with clock.use(at):
        assert tasks.anonymising.sweep(world.operator, at.now()) == 5
        assert tasks.anonymising.sweep(world.operator, at.now()) == 0
    assert told == [6]
    assert [len(world.acts(each)) for each in people] == [1] * 11


THEIRS = "city,people,buys\nTampa,40,bread\nTampa,60,cake\n"
JOINS = [
    pytest.param("city-statistics", THEIRS, "", id="declared"),
    pytest.param("others", THEIRS, "does not let", id="not-declared"),
    pytest.param("city-statistics", THEIRS.replace("40", "4"), "tells people apart", id="theirs"),
    pytest.param(
        "city-statistics", "city,people,buys\nTampa,90,a\nTampa,10,b\n", "Together", id="together"
    ),
]


@pytest.mark.parametrize(("other", "table", "refusal"), JOINS)
def test_a_set_is_combined_only_with_what_the_policy_names(world, other, table, refusal) -> None:
    policy = policies.load_folder(SAMPLES / "uslugi")
    policies.publish(policy, clock.now())
    uslugi = policies.operator_id("uslugi")
    with operator_scope(uslugi):
        for _n in range(12):
            Row.objects.create(
                operator_id=uslugi,
                id=uuid4(),
                run=uuid4(),
                slug="requests",
                aggregated="",
                content={"city": "Tampa"},
                times=1 if refusal else 10,
            )
        if not refusal:
            made = anonymisation.combine(uslugi, "requests", other, table)
            bought = {row["buys"] for row in csv.DictReader(io.StringIO(made))}
            assert bought == {"bread", "cake"}
            return
        with pytest.raises(NotToBeJoined, match=refusal):
            anonymisation.combine(uslugi, "requests", other, table)
