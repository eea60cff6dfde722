"""A product has the version that was posted in it, and what is to come can be cancelled."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from tests.policy.spoiling import Copy

from tutela import app
from tutela.applications import actions as applications
from tutela.cli.commands import COMMANDS
from tutela.consent import actions as consent
from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.jobs import engine
from tutela.journal import actions as journal
from tutela.policy import actions, controls, postings, scheduling
from tutela.policy.errors import (
    NotApart,
    NothingToCancel,
    NumberTaken,
    StillToCome,
    UnknownPlace,
    UnknownVersion,
)
from tutela.policy.folders import check_folder, load_folder

app.wire()
MakeCopy = Callable[[str], Copy]
NOON = datetime(2024, 6, 3, 12, tzinfo=UTC)
PRODUCTS = """
products:
  till:
    kind: application
    title: {en: "The till", ru: "Касса"}
    posted: apart
    clauses: ["1.2"]
  counter:
    kind: service
    title: {en: "The counter", ru: "Прилавок"}
"""


def in_the_till(copy: Copy, number: int = 1) -> Copy:
    copy.change("number: 1, dated", f"number: {number}, dated")
    copy.change("\nsubjects:", f"{PRODUCTS}\nsubjects:")
    return copy.change("    kind: form\n", "    kind: form\n    place: till\n")


@pytest.fixture
def at(db: None) -> Iterator[clock.ManualClock]:
    manual = clock.ManualClock(NOON)
    with clock.use(manual):
        yield manual


@pytest.fixture
def operator(at: clock.ManualClock, copy_of_minimal: MakeCopy) -> UUID:
    """Version 1 everywhere; an hour later version 2 on the site, in other words of consent."""
    actions.publish(load_folder(in_the_till(copy_of_minimal("first")).path))
    at.set(NOON + timedelta(hours=1))
    second = in_the_till(copy_of_minimal("second"), 2)
    second.change("processes my name, e-mail address", "bakes with my name, e-mail address")
    actions.publish(load_folder(second.path))
    return actions.operator_id("lark-bakery")


def given_in_the_till(operator: UUID) -> consent.ConsentEvent:
    with operator_scope(operator):
        point = next(each for each in actions.in_force(operator).points.values() if each.place)
        person = identity.new_subject(operator, "en", point.subject_category)
        asked = [*point.purposes, *point.optional_purposes]
        policy = actions.in_force(operator)
        purpose = next(each for each in asked if policy.purposes[each].consent_text)
        (event,) = consent.give(
            operator, person, [purpose], act="tick", point=point.slug, language="en", mode="tick"
        )
    return event


def test_a_product_keeps_its_version_until_the_next_is_posted_in_it(
    operator: UUID, at: clock.ManualClock
) -> None:
    with operator_scope(operator):
        assert actions.in_force(operator).number == 2
        assert postings.in_force_in(operator, "till").number == 1
        assert postings.in_force_in(operator, "counter").number == 2
        assert [each.behind for each in postings.places(operator)] == [True, False]
    before = given_in_the_till(operator)
    at.set(NOON + timedelta(hours=2))
    with operator_scope(operator):
        first = postings.post(operator, "till", 2)
        assert postings.post(operator, "till", 2) == first
        assert postings.in_force_in(operator, "till").number == 2
        assert journal.count(operator, ["policy.posted"]) == 2
    after = given_in_the_till(operator)
    assert (before.policy_version, after.policy_version) == (1, 2)
    assert before.text_hash != after.text_hash


def test_the_program_that_puts_a_version_into_a_product_says_so(operator: UUID) -> None:
    with operator_scope(operator):
        may = {"purposes": [], "actions": [], "functions": ["policy.write"]}
        row = applications.add(operator, "installer", applications.Rights(**may))
        key = applications.issue(operator, row.id)
    asked = {"authorization": f"Bearer {key}", "idempotency-key": "posting-of-version-2"}
    address = "/api/v1/policy/places/{}/postings"
    answers = [
        Client().post(
            address.format(place), body, content_type="application/json", headers=asked | other
        )
        for place, body, other in (
            ("till", "{}", {}),
            ("till", '{"number": 1}', {"idempotency-key": "posting-of-version-1"}),
            ("oven", "{}", {"idempotency-key": "posting-of-version-3"}),
            ("till", '{"number": 0}', {"idempotency-key": "posting-of-version-4"}),
        )
    ]
    assert [each.status_code for each in answers] == [201, 409, 404, 422]
    assert answers[0].json()["number"] == 2
    with operator_scope(operator):
        assert postings.in_force_in(operator, "till").number == 2
        (_first, said) = journal.entries(operator, kinds=["policy.posted"])
        assert str(said.actor) == f"application:{row.id}"


def test_a_form_in_a_product_is_shown_in_the_words_that_stand_there(operator: UUID) -> None:
    page = Client().get("/en/lark-bakery/forms/order/").content.decode()
    assert "processes my name" in page
    with operator_scope(operator):
        postings.post(operator, "till", 2)
    assert "bakes with my name" in Client().get("/en/lark-bakery/forms/order/").content.decode()


def test_the_address_of_a_product_shows_its_version_and_the_site_another(operator: UUID) -> None:
    there = Client().get("/en/lark-bakery/policy/in/till/")
    assert "Version 1, in force in “The till”" in there.content.decode()
    assert "On the site a newer version is in force" in there.content.decode()
    assert not there.cookies
    assert "version 1" in Client().get("/en/lark-bakery/policy/").content.decode()
    assert "в «Касса»" in Client().get("/ru/lark-bakery/policy/in/till/").content.decode()
    assert Client().get("/en/lark-bakery/policy/in/oven/").status_code == 404


@pytest.mark.parametrize(
    ("place", "number", "error"),
    [
        ("oven", 2, UnknownPlace),
        ("counter", 2, NotApart),
        ("till", 9, UnknownVersion),
    ],
)
def test_what_cannot_be_posted_is_refused_and_leaves_nothing(
    operator: UUID, place: str, number: int, error: type[Exception]
) -> None:
    with operator_scope(operator):
        with pytest.raises(error):
            postings.post(operator, place, number)
        assert journal.count(operator, ["policy.posted"]) == 1


def test_an_older_version_never_follows_a_newer_one(operator: UUID) -> None:
    with operator_scope(operator):
        postings.post(operator, "till", 2)
        with pytest.raises(NumberTaken):
            postings.post(operator, "till", 1)
        assert postings.wrong_postings(operator) == (2, 0)


def test_a_point_in_a_place_that_nobody_declares_is_found(copy_of_minimal: MakeCopy) -> None:
    copy = copy_of_minimal("lost").change("    kind: form\n", "    kind: form\n    place: oven\n")
    copy.change("  - {host: lark", "  - {posted: apart, host: lark")
    codes = [each.code for each in check_folder(copy.path).errors]
    assert sorted(codes) == ["site-slug", "unknown-place"]


def later(copy: Copy, day: str = "2024-07-01") -> Copy:
    copy.change("number: 1, dated", "number: 2, dated")
    return copy.change("effective: at-posting", f"effective: {day}")


def test_a_version_that_is_to_come_is_cancelled_with_a_reason_and_stays_to_be_read(
    at: clock.ManualClock, minimal: Path, copy_of_minimal: MakeCopy
) -> None:
    actions.publish(load_folder(minimal))
    actions.publish(load_folder(later(copy_of_minimal("later")).path))
    operator = actions.operator_id("lark-bakery")
    early = copy_of_minimal("early").change("number: 1, dated", "number: 3, dated")
    with pytest.raises(StillToCome):
        actions.publish(load_folder(early.path))
    with operator_scope(operator):
        with pytest.raises(NothingToCancel):
            scheduling.cancel(operator, 2, "whatever")
        scheduling.cancel(operator, 2, "mistake")
        with pytest.raises(NothingToCancel):
            scheduling.cancel(operator, 2, "mistake")
        (row,) = journal.entries(operator, kinds=["policy.cancelled"])
        assert row.data["reason"] == "mistake"
    at.set(NOON + timedelta(days=1))
    assert actions.publish(load_folder(early.path)) == 3
    at.set(NOON + timedelta(days=60))
    assert actions.in_force(operator).number == 3
    with operator_scope(operator):
        assert controls.wrong_versions(operator) == (3, 0)
    assert "cancelled" in Client().get("/en/lark-bakery/policy/versions/").content.decode()
    page = Client().get("/en/lark-bakery/policy/v/2/").content.decode()
    assert "Version 2 was cancelled before it took force" in page


def test_what_is_in_force_is_not_cancelled(operator: UUID) -> None:
    with operator_scope(operator), pytest.raises(NothingToCancel):
        scheduling.cancel(operator, 2, "mistake")
    assert actions.in_force(operator).number == 2


def test_a_scheduled_version_is_cancelled_by_the_command_and_is_never_published(
    at: clock.ManualClock, minimal: Path, copy_of_minimal: MakeCopy
) -> None:
    actions.publish(load_folder(minimal))
    second = copy_of_minimal("second").change("number: 1, dated", "number: 2, dated")
    scheduling.schedule(load_folder(second.path), NOON + timedelta(days=2))
    operator = actions.operator_id("lark-bakery")
    with operator_scope(operator):
        assert [each.number for each in scheduling.waiting(operator)] == [2]
    assert run("policy cancel", "lark-bakery", "2", "--reason", "newer-text") == 0
    engine.run_until(NOON + timedelta(days=3))
    assert actions.in_force(operator).number == 1
    with operator_scope(operator):
        assert scheduling.waiting(operator) == []


def run(name: str, *arguments: str) -> int:
    parser = ArgumentParser()
    COMMANDS[name].configure(parser)
    return COMMANDS[name].run(parser.parse_args(arguments))


def test_the_command_posts_the_version_in_force(operator: UUID) -> None:
    assert run("policy post", "lark-bakery", "till") == 0
    with operator_scope(operator):
        assert postings.in_force_in(operator, "till").number == 2
