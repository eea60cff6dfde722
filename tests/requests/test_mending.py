"""The desk confirms a value or corrects it, without seeing it."""

from __future__ import annotations

import pytest
from tests.requests.conftest import desk, post, words

from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.vault import actions as vault
from tutela.vault.models import Value


@pytest.fixture
def anna(house):
    return house.send("order").subject


@pytest.fixture
def page(anna):
    return desk(f"people/{anna}/values/")


def mark(house, subject, field="email"):
    with operator_scope(house.id):
        (found,) = [each for each in vault.status_marks(house.id, subject) if each.field == field]
    return found


def sent(house, staff, page, anna, **said):
    place = mark(house, anna)
    return post(staff, page, action=page, place=f"{place.record}/email", **said)


def test_a_value_is_confirmed_with_day_and_way_and_not_shown(house, anna, page):
    clerk = house.staff("clerk")
    before = words(clerk.get(page))
    assert "E-mail" in before
    assert "@" not in clerk.get(page).content.decode().partition("<main")[2]
    assert mark(house, anna).confirmed_at is None
    assert sent(house, clerk, page, anna, do="confirm", how="document").status_code == 302
    found = mark(house, anna)
    assert (found.status, found.how) == ("confirmed", "document")
    assert "compared with a document" in words(clerk.get(page))
    with operator_scope(house.id):
        (row,) = journal.entries(house.id, kinds=("value.confirmed",))
    assert (row.subject, row.data["fields"], row.automated) == (anna, ["email"], False)


def test_a_value_is_corrected_and_the_earlier_one_stays(house, anna, page):
    clerk = house.staff("clerk")
    answer = sent(house, clerk, page, anna, do="correct", value="maria.new@mail.example")
    assert answer.status_code == 302
    reveal = desk(f"people/{anna}/reveal/")
    shown = post(clerk, desk(f"people/{anna}/"), action=reveal, reason="answer-request")
    assert "maria.new@mail.example" in shown.content.decode()
    with operator_scope(house.id):
        versions = Value.objects.filter(subject_id=anna, field="email").order_by("version")
        assert [each.superseded_at is None for each in versions] == [False, True]
        (row,) = [
            each
            for each in journal.entries(house.id, subject=anna, kinds=("gate.permitted",))
            if each.action == "clarification"
        ]
    assert (row.purpose, row.actor.role) == ("subject-rights", "clerk")


def test_what_cannot_be_a_value_is_told_beside_it_and_what_was_typed_stays(house, anna, page):
    answer = sent(house, house.staff(), page, anna, do="correct", value="no address")
    assert answer.status_code == 422
    assert 'value="no address"' in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()


@pytest.mark.parametrize("said", [{"do": "confirm", "how": "hearsay"}, {"do": "confirm"}])
def test_a_way_that_is_none_confirms_nothing(house, anna, page, said):
    assert sent(house, house.staff(), page, anna, **said).status_code == 404
    assert mark(house, anna).confirmed_at is None


def test_a_value_of_somebody_else_is_not_reached(house, anna, page):
    other = house.send("order", email="boris@mail.example").subject
    assert other != anna
    place = mark(house, other)
    answer = post(house.staff(), page, action=page, place=f"{place.record}/email", do="confirm")
    assert answer.status_code == 404


def test_the_page_reads_in_russian(house, anna):
    page = words(house.staff().get(desk(f"people/{anna}/values/", "ru")))
    assert "Верно ли то, что хранится?" in page
