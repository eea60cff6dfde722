"""A clock that stands still, as the desk, the person, the calendar and the forecast see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.obligations.test_pausing import publish_patient
from tests.requests.conftest import desk, my, post, words

from tutela.core.errors import NotFound
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.obligations import actions as obligations
from tutela.requests import actions as requests
from tutela.requests import cases, forecasting, moving
from tutela.requests.cases import open_case

OFFICER = Actor(ActorKind.STAFF, "1", "officer")


@pytest.fixture
def asked(house, tmp_path, settings):
    """A person of an operator whose policy lets the answer wait, and what they asked for."""
    publish_patient(tmp_path, 2)
    subject = house.send("order").subject
    with operator_scope(house.id):
        case = open_case(house.id, "access", "portal", subject)
        (row,) = obligations.listing(house.id, cause=case)
    house.letters()
    return house, subject, row


def _case(house, row):
    with operator_scope(house.id):
        return cases.get(house.id, row.cause)


def test_the_desk_asks_for_what_is_missing_and_everybody_sees_that_the_clock_stands(asked):
    house, subject, row = asked
    officer, person = house.staff(), house.person(subject)
    page, action = desk(f"obligations/{row.id}/"), desk(f"obligations/{row.id}/pause/")
    shown = words(officer.get(page))
    assert "proof of who asks is awaited (3 working days)" in shown
    done = post(officer, page, action=action, do="pause", awaited="identity")
    assert done.status_code == 302
    (letter,) = house.letters()
    assert letter.subject == "ProHomeExchange needs something from you for your request"
    assert "proof that it is you who asks" in letter.body
    assert "clause 9.10(b)" in letter.body
    assert "until 5 June 2024 at the latest" in letter.body.replace("\N{NO-BREAK SPACE}", " ")
    still = "The clock stands still until 5 June 2024 at the latest: proof of who asks is awaited."
    for who, path in (
        (officer, page),
        (officer, desk(f"requests/{row.cause}/")),
        (officer, desk("requests/calendar/")),
        (officer, desk("requests/calendar/", "en")),
        (person, my("requests/")),
    ):
        assert still in words(who.get(path)), path
    assert "the clock stands still" in words(officer.get(desk("requests/")))
    assert "The clock of 1 stands still" in words(officer.get(desk("requests/figures/")))
    case = _case(house, row)
    assert case.due_at > row.due_at
    with operator_scope(house.id):
        assert forecasting.forecast(house.id, [case]).still == 1


def test_it_goes_on_with_one_button_and_the_date_comes_back(asked):
    house, subject, row = asked
    officer = house.staff()
    page, action = desk(f"obligations/{row.id}/"), desk(f"obligations/{row.id}/pause/")
    house.at.set(house.at.now() + timedelta(days=1))
    post(officer, page, action=action, do="pause", awaited="identity")
    latest = _case(house, row).due_at
    house.at.set(house.at.now() + timedelta(days=1))
    assert "Has it come?" in words(officer.get(page))
    assert post(officer, page, action=action, do="go-on").status_code == 302
    assert row.due_at < _case(house, row).due_at < latest
    assert "Has it come?" not in words(officer.get(page))
    assert "Not counted is 4 June 2024" in words(house.person(subject).get(my("requests/")))


def test_a_policy_without_the_word_offers_nothing_and_refuses_in_a_sentence(house):
    subject = house.send("order").subject
    with operator_scope(house.id):
        case = open_case(house.id, "access", "portal", subject)
        (row,) = obligations.listing(house.id, cause=case)
    house.letters()
    officer = house.staff()
    assert "stand still" not in words(officer.get(desk(f"obligations/{row.id}/")))
    with operator_scope(house.id), pytest.raises(obligations.NoPause) as refused:
        requests.pause(house.id, row.id, OFFICER, "identity")
    assert "does not let this term wait" in str(refused.value)
    assert house.letters() == []


def test_what_is_not_on_the_list_is_not_awaited(asked):
    house, _subject, row = asked
    with operator_scope(house.id), pytest.raises(NotFound):
        requests.pause(house.id, row.id, OFFICER, "good-weather")


def test_the_proof_that_was_awaited_lets_the_clock_go_on_by_itself(asked):
    house, subject, _row = asked
    with operator_scope(house.id):
        case = open_case(house.id, "access", "paper", None)
        (row,) = obligations.listing(house.id, cause=case)
        requests.pause(house.id, row.id, OFFICER, "identity")
        moving.proven(house.id, case, subject, by=OFFICER)
        row = obligations.get(house.id, row.id)
    assert row.paused_until is None
    assert _case(house, row).due_at == row.due_at


def test_a_date_that_a_court_has_set_stands_whatever_a_promise_waits_for(asked):
    house, subject, _row = asked
    with operator_scope(house.id):
        case = open_case(
            house.id,
            "access",
            "paper",
            subject,
            court_until=datetime(2024, 6, 7, tzinfo=UTC).date(),
        )
        (row,) = obligations.listing(house.id, cause=case)
        due = cases.get(house.id, case).due_at
        requests.pause(house.id, row.id, OFFICER, "identity")
        assert cases.get(house.id, case).due_at == due
