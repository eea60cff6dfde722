"""Decisions that a machine made alone: registered, explained, looked at by a person."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from tests.api.conftest import Application
from tests.requests.conftest import STARTED, desk, post, words
from tests.requests.test_answering import OFFICER, again, at, judged, opened

from tutela.applications import actions as applications
from tutela.applications.actions import Rights
from tutela.core.controls import ClauseState
from tutela.core.vocabulary import Action
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.jobs import engine
from tutela.journal import actions as journal
from tutela.requests import cases, machine_decisions, moving, sections

SCORED = {
    "purpose": "orders",
    "fields": ["full-name", "email"],
    "rule": "credit-limit-2",
    "outcome": "no-credit",
    "legal": True,
}


@pytest.fixture
def program(house) -> Application:
    with operator_scope(house.id):
        rights = Rights(
            purposes=["orders", "claims"],
            actions=[Action.USE],
            functions=["automated.read", "automated.write"],
        )
        made = applications.add(house.id, "scoring", rights, by=OFFICER)
        key = applications.issue(house.id, made.id, by=OFFICER)
    return Application(key)


def told(program, subject, **changes):
    answer = program.ask("POST", f"/subjects/{subject}/automated-decisions", SCORED | changes)
    return answer.status_code, json.loads(answer.content)


def test_a_decision_with_legal_effect_waits_for_a_person_without_law_or_written_consent(
    house, program
):
    subject = house.send("order").subject
    status, row = told(program, subject)
    assert (status, row["takes_effect"]) == (201, False)
    assert "has to look at it" in row["sentence"]
    assert judged(house, "request.object").state == ClauseState.AT_RISK
    officer, register = house.staff(), desk("automated/")
    assert "1 decision takes no effect" in words(officer.get(register))
    there = desk(f"automated/{row['decision']}/")
    assert post(officer, register, action=there, found="").status_code == 409
    assert post(officer, register, action=there, found="upheld").status_code == 302
    listed = program.ask("GET", f"/subjects/{subject}/automated-decisions")
    (now,) = json.loads(listed.content)["items"]
    assert (now["takes_effect"], now["found"]) == (True, "upheld")
    assert judged(house, "request.object").state == ClauseState.KEPT


@pytest.mark.parametrize(
    ("point", "changes"), [("order", {"legal": False}), ("claim", {"purpose": "claims"})]
)
def test_one_without_legal_effect_or_with_a_written_consent_takes_effect(
    house, program, point, changes
):
    status, row = told(program, house.send(point).subject, **changes)
    assert (status, row["takes_effect"], row["sentence"]) == (201, True, "")


def test_what_may_not_be_used_for_the_purpose_may_not_be_decided_from(house, program):
    status, _ = told(program, house.send("order").subject, fields=["claim-text"])
    assert status == 403
    with operator_scope(house.id):
        assert not machine_decisions.listing(house.id).exists()


@pytest.mark.parametrize("field", ["rule", "outcome"])
def test_a_name_that_could_hold_a_number_of_somebody_is_refused(house, program, field):
    status, problem = told(program, house.send("order").subject, **{field: "limit-13055550142"})
    assert status == 422
    assert "seven digits" in json.dumps(problem)


def test_an_objection_is_granted_only_after_a_person_has_looked_at_the_decision_again(
    house, program
):
    subject = house.send("order").subject
    _status, row = told(program, subject, legal=False)
    case = opened(house, "objection", subject)
    officer = house.staff()
    assert "credit-limit-2" in words(officer.get(at(case)))
    for outcome, refusal in (("granted", ""), ("refused", "no-such-decision")):
        answer = post(officer, at(case), do="decide", outcome=outcome, refusal=refusal)
        assert answer.status_code == 409
    post(officer, at(case), do="review", decision=row["decision"], found="changed")
    assert post(officer, at(case), do="decide", outcome="granted").status_code == 302
    assert again(house, case).state == "decided"
    with operator_scope(house.id):
        drafted = {each.slug: each.text for each in sections.drafted(cases.get(house.id, case.id))}
    assert "by the rule “credit-limit-2”" in drafted["explanation"]
    assert "it was changed." in drafted["review"]


def test_an_answer_about_ones_data_names_the_decisions_or_says_that_there_are_none(house, program):
    subject = house.send("order").subject
    case = opened(house, "access", subject)
    with operator_scope(house.id):
        moving.decide(house.id, case.id, "granted", by=OFFICER)
        row = cases.get(house.id, case.id)
        none = {each.slug: each.text for each in sections.drafted(row)}["decisions"]
    told(program, subject, legal=False)
    with operator_scope(house.id):
        some = {each.slug: each.text for each in sections.drafted(row)}["decisions"]
    assert none == "No decision about you was made by a machine alone."
    assert "from: E-mail" in some or "from: Full name" in some


def test_what_was_decided_about_somebody_goes_with_the_person(house, program):
    gone = house.send("order").subject
    told(program, gone, legal=False)
    house.withdraw(gone)
    engine.run_until(STARTED + timedelta(days=200))
    with operator_scope(house.id):
        assert identity.subject(house.id, gone).destroyed_at is not None
        assert machine_decisions.about(house.id, gone) == []
        assert journal.count(house.id, ["machine.decided"]) == 1
