"""Pseudonyms at the desk: made by a permit, led back with a reason, cut off for good."""

from __future__ import annotations

import re

import pytest
from tests.requests.conftest import desk, post, words

from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.journal import actions as journal

PAGE = desk("pseudonyms/")


@pytest.fixture
def anna(house):
    """Somebody who has ordered."""
    return house.send("order").subject


@pytest.fixture
def officer(house):
    return house.staff()


def make(staff, person, purpose="orders", recipient=""):
    sent = {"do": "make", "person": str(person), "purpose": purpose, "recipient": recipient}
    return post(staff, PAGE, action=PAGE, **sent)


def lead(staff, name, reason="answer-request"):
    return post(staff, PAGE, action=PAGE, do="lead", name=name, reason=reason)


def made(answer) -> str:
    found = re.search(r"<code>([a-z2-7]{24})</code>", answer.content.decode())
    assert found, words(answer)
    return found[1]


def test_a_pseudonym_is_made_for_a_use_and_leads_back_with_a_reason(house, anna, officer):
    name = made(make(officer, anna))
    assert made(make(officer, anna)) == name
    answer = lead(officer, name)
    assert f"/people/{anna}/" in answer.content.decode()
    with operator_scope(house.id):
        (row,) = journal.entries(house.id, kinds=("pseudonym.led-back",))
        (asked,) = [
            each
            for each in journal.entries(house.id, kinds=("gate.permitted",))
            if each.purpose == "reidentification"
        ]
    assert (row.subject, row.data["found"]) == (anna, True)
    assert asked.data["because"] == "answer-request"
    assert name not in str([row.data, asked.data])


def test_what_leads_to_nobody_says_so(officer, anna):
    assert "It leads to nobody" in words(lead(officer, "a" * 24))


def test_a_use_that_the_gate_refuses_makes_no_pseudonym(officer, anna):
    answer = make(officer, anna, purpose="claims")
    assert answer.status_code == 403
    assert "<code>" not in answer.content.decode()


def test_a_clerk_makes_one_and_leads_none_back(house, anna):
    clerk = house.staff("clerk")
    name = made(make(clerk, anna))
    answer = lead(clerk, name)
    assert (answer.status_code, str(anna) in answer.content.decode()) == (403, False)


def test_what_leads_back_from_a_use_is_destroyed_for_good(officer, anna):
    name = made(make(officer, anna))
    ended = post(officer, PAGE, action=f"{PAGE}end/", scope="orders")
    assert ended.status_code == 302
    assert "It leads to nobody" in words(lead(officer, name))
    assert made(make(officer, anna)) != name


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"do": "make", "person": "", "purpose": "orders"}, "Copy the identifier"),
        ({"do": "make", "person": "7", "purpose": "orders"}, "This is no identifier"),
        ({"do": "lead", "name": "", "reason": "answer-request"}, "24 letters and digits"),
        ({"do": "lead", "name": "a" * 24, "reason": ""}, "one of the reasons"),
    ],
)
def test_what_is_missing_is_told_beside_its_field(officer, sent, told):
    answer = post(officer, PAGE, action=PAGE, **sent)
    assert (answer.status_code, told in words(answer)) == (422, True)


def test_somebody_who_is_not_here_has_no_pseudonym(officer):
    assert make(officer, new_id()).status_code == 404


def test_the_page_reads_in_russian(officer, anna):
    page = words(officer.get(desk("pseudonyms/", "ru")))
    assert "Найти человека по псевдониму" in page
