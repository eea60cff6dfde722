"""Attacks that are played and must be found, and a day of ordinary work that must raise nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.proof.conftest import BAKERY
from tests.requests.conftest import post

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import Action, Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.detection import actions, rules
from tutela.detection.errors import AlreadySettled, OwnEvent, UnknownEvent
from tutela.detection.models import Cursor, Event
from tutela.detection.rules import Rule
from tutela.gate.entries import Permitted, Refused
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Binding

CURIOUS = Actor(ActorKind.STAFF, "7", "clerk")
OFFICER = Actor(ActorKind.STAFF, "8", "officer")
NIGHT = datetime(2024, 6, 4, 6, 30, tzinfo=UTC)
"""Half past two in the morning where the bakery works."""


def read(house, subject=None, *, by=CURIOUS):
    house.write(
        Permitted(
            subject=subject or new_id(),
            actor=by,
            action=Action.EXTRACTION,
            purpose="oversight",
            rule="law-gives-the-purpose",
            count=1,
            fields=("email",),
            because="investigate-incident",
        )
    )


def refused(house, by=CURIOUS):
    house.write(
        Refused(
            subject=new_id(),
            actor=by,
            action=Action.EXTRACTION,
            purpose="orders",
            rule="actor-may",
            count=1,
            fields=("email",),
            reason="role",
        )
    )


def look(house):
    journal.sequence(house.id)
    raised = actions.look_through(house.id, clock.now())
    with operator_scope(house.id):
        return raised, actions.events(house.id)


def rules_of(events):
    return {each.rule for each in events}


@pytest.fixture
def people(bakery):
    """People for each of whom something is still to be done."""
    found = [bakery.order(number) for number in range(3)]
    for each in found:
        bakery.withdraw(each)
    return found


def test_reading_many_people_in_a_short_time_is_found(bakery):
    for _ in range(31):
        read(bakery)
    raised, events = look(bakery)
    assert raised == 2
    (bulk,) = [each for each in events if each.rule == Rule.BULK_READS]
    assert (bulk.severity, bulk.who_kind, bulk.who, bulk.count) == ("alarm", "staff", "7", 31)
    assert len(bulk.entries) == 31
    with operator_scope(bakery.id):
        assert journal.count(bakery.id, ["detection.raised"]) == 2


def test_an_attack_that_is_spread_over_the_edge_of_a_window_is_found(bakery, at):
    at.set(datetime(2024, 6, 3, 14, 55, tzinfo=UTC))
    for _ in range(16):
        read(bakery)
    at.set(datetime(2024, 6, 3, 15, 5, tzinfo=UTC))
    for _ in range(16):
        read(bakery)
    assert Rule.BULK_READS in rules_of(look(bakery)[1])


def test_an_application_that_copies_the_whole_base_is_found(bakery):
    copying = Actor(ActorKind.APPLICATION, str(new_id()))
    for _ in range(rules.OF_PROGRAMS[Rule.BULK_READS].most + 1):
        read(bakery, by=copying)
    (event,) = look(bakery)[1]
    assert (event.rule, event.who) == (Rule.BULK_READS, copying.id)


def test_reading_at_night_is_found(bakery, people, at):
    at.set(NIGHT)
    for _ in range(2):
        for each in [*people, bakery.order(9)]:
            read(bakery, each)
    assert Rule.OFF_HOURS in rules_of(look(bakery)[1])


def test_reading_people_for_whom_nothing_is_to_be_done_is_found(bakery, at):
    for _ in range(11):
        read(bakery)
        at.set(at.now() + timedelta(minutes=20))
    assert rules_of(look(bakery)[1]) == {Rule.WITHOUT_CASE}


def test_trying_doors_until_one_opens_is_found(bakery):
    for _ in range(21):
        refused(bakery)
    assert rules_of(look(bakery)[1]) == {Rule.REFUSALS}


def test_guessing_links_is_found(bakery):
    with operator_scope(bakery.id):
        for _ in range(31):
            identity.note_failed_sign_in(bakery.id)
    (event,) = look(bakery)[1]
    assert (event.rule, event.who_kind, event.who) == (Rule.SIGN_IN_FAILURES, "visitor", "")


def test_a_day_of_ordinary_work_raises_nothing(bakery, people, at):
    """Ten looks at people with a case, some of them again and again, and a few mistakes."""
    for hour in range(6):
        at.set(datetime(2024, 6, 3, 14 + hour, 10, tzinfo=UTC))
        for each in people:
            read(bakery, each)
            read(bakery, each, by=OFFICER)
        refused(bakery)
    with operator_scope(bakery.id):
        identity.note_failed_sign_in(bakery.id)
    assert look(bakery) == (0, [])


def test_people_who_read_their_own_data_are_no_event(bakery):
    for _ in range(50):
        own = new_id()
        read(bakery, own, by=Actor(ActorKind.SUBJECT, str(own)))
    assert look(bakery) == (0, [])


def test_an_attack_that_goes_on_is_one_event_that_grows(bakery):
    for _ in range(31):
        read(bakery)
    look(bakery)
    for _ in range(9):
        read(bakery)
    raised, events = look(bakery)
    (bulk,) = [each for each in events if each.rule == Rule.BULK_READS]
    assert (raised, bulk.count, len(bulk.entries)) == (0, 40, 40)


def test_looking_again_counts_nothing_twice(bakery):
    for _ in range(20):
        refused(bakery)
    assert look(bakery) == (0, [])
    assert look(bakery) == (0, [])


def test_a_look_that_dies_before_its_commit_is_repeated_whole(bakery, monkeypatch):
    for _ in range(31):
        read(bakery)
    journal.sequence(bakery.id)
    with monkeypatch.context() as broken:
        broken.setattr(Cursor, "save", lambda *_a, **_k: (_ for _ in ()).throw(OSError))
        with pytest.raises(OSError):
            actions.look_through(bakery.id, clock.now())
    with operator_scope(bakery.id):
        assert not Event.objects.exists()
        assert actions.progress(bakery.id).position == 0
    assert look(bakery)[0] == 2


def test_the_policy_sets_the_thresholds_and_the_hours():
    policy = policies.load_folder(BAKERY)
    said = {"bulk-reads": 5, "opens": "10:00", "settle-within": 24, "refusals": "many"}
    watch = rules.watch_of(replace(policy, bindings=(Binding("1", "access.detect", said),)))
    assert watch.thresholds[Rule.BULK_READS].most == 5
    assert watch.thresholds[Rule.REFUSALS] == rules.DEFAULTS[Rule.REFUSALS]
    assert watch.settle_within == timedelta(hours=24)
    assert watch.outside_hours(datetime(2024, 6, 3, 13, 30, tzinfo=UTC))
    assert not watch.outside_hours(datetime(2024, 6, 3, 14, 0, tzinfo=UTC))
    assert watch.outside_hours(datetime(2024, 6, 2, 16, 0, tzinfo=UTC)), "a Sunday"


SHOP = Actor(ActorKind.APPLICATION, str(new_id()), "application")


def test_what_is_much_for_a_person_is_a_usual_day_of_a_program(bakery):
    for _ in range(100):
        read(bakery, by=SHOP)
    for _ in range(50):
        refused(bakery, by=SHOP)
    assert look(bakery) == (0, [])


def test_the_policy_sets_what_is_usual_for_programs_apart_from_people():
    policy = policies.load_folder(BAKERY)
    said = {"bulk-reads": 5, "application-bulk-reads": 2000, "application-refusals": 7}
    watch = rules.watch_of(replace(policy, bindings=(Binding("1", "access.detect", said),)))
    assert watch.threshold(Rule.BULK_READS, ActorKind.STAFF).most == 5
    assert watch.threshold(Rule.BULK_READS, ActorKind.REPRESENTATIVE).most == 5
    assert watch.threshold(Rule.BULK_READS, ActorKind.APPLICATION).most == 2000
    assert watch.threshold(Rule.REFUSALS, ActorKind.APPLICATION).most == 7
    assert watch.threshold(Rule.REFUSALS, ActorKind.STAFF) == rules.DEFAULTS[Rule.REFUSALS]


def test_nobody_settles_an_event_about_themselves_and_nobody_settles_twice(bakery):
    for _ in range(21):
        refused(bakery)
    (event,) = look(bakery)[1]
    with operator_scope(bakery.id):
        with pytest.raises(OwnEvent):
            actions.settle(bakery.id, event.id, "ordinary-work", CURIOUS)
        with pytest.raises(UnknownEvent):
            actions.settle(bakery.id, event.id, "shrug", OFFICER)
        actions.settle(bakery.id, event.id, "access-ended", OFFICER)
        with pytest.raises(AlreadySettled):
            actions.settle(bakery.id, event.id, "ordinary-work", OFFICER)
        assert actions.event(bakery.id, event.id).measure == "access-ended"


def test_the_control_tells_open_events_and_overdue_ones(bakery, at):
    assert bakery.ask("access.detect").state == "nothing-yet"
    for _ in range(21):
        refused(bakery)
    (event,) = look(bakery)[1]
    look(bakery)
    assert bakery.ask("access.detect").state == "at-risk"
    at.set(at.now() + timedelta(hours=73))
    assert bakery.ask("access.detect").state == "broken"
    with operator_scope(bakery.id):
        actions.settle(bakery.id, event.id, "spoken-to", OFFICER)
    look(bakery)
    assert bakery.ask("access.detect").state == "kept"
    refused(bakery)
    journal.sequence(bakery.id)
    at.set(at.now() + timedelta(hours=2))
    assert bakery.ask("access.detect").state == "at-risk", "nobody has looked since"


def test_the_desk_shows_an_event_and_takes_what_was_done(bakery, officer):
    for _ in range(21):
        refused(bakery)
    (event,) = look(bakery)[1]
    client = officer()
    for language, heading in (("en", "Did anybody look"), ("ru", "Не смотрел ли")):
        page = client.get(f"/{language}/desk/lark-bakery/unusual/").content.decode()
        assert heading in page
        assert str(event.id) in page
    one = f"/en/desk/lark-bakery/unusual/{event.id}/"
    assert "The entries behind it" in client.get(one).content.decode()
    answer = post(client, one, action=f"{one}settle/", measure="spoken-to")
    assert answer.status_code == 302
    with operator_scope(bakery.id):
        assert actions.event(bakery.id, event.id).measure == "spoken-to"
