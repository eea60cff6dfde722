from __future__ import annotations

import pytest
from tests.requests.conftest import desk, only_obligation, post, words

from tutela.core.errors import NotFound
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.obligations import actions as obligations
from tutela.requests import actions as requests

OFFICER = Actor(ActorKind.STAFF, "1", "officer")


def test_an_outcome_is_recorded_with_one_button(house):
    sent = house.send("claim")
    row = only_obligation(house, sent.subject, "answer")
    officer = house.staff()
    answer = post(officer, desk(f"obligations/{row.id}/"), outcome="answered")
    assert answer.headers["Location"] == desk("")
    assert only_obligation(house, sent.subject, "answer").state == "discharged"
    assert "Nothing waits for you." in words(officer.get(desk("")))
    said = words(officer.get(desk(f"people/{sent.subject}/")))
    assert "A member of staff recorded the outcome: Answered" in said
    assert "“Answer” was carried out in time" in said


@pytest.mark.parametrize("outcome", ["", "no-such-outcome"])
def test_an_outcome_outside_the_list_is_not_recorded(house, outcome):
    sent = house.send("claim")
    row = only_obligation(house, sent.subject, "answer")
    path = desk(f"obligations/{row.id}/")
    assert post(house.staff(), path, outcome=outcome).status_code == 404
    assert only_obligation(house, sent.subject, "answer").standing


def extendable(house) -> obligations.ObligationRow:
    """An obligation whose promise the policy lets be extended."""
    sent = house.send("claim")
    with operator_scope(house.id):
        rows = obligations.open_for(
            house.id, sent.subject, "request.received", at=house.at.now(), cause=sent.about
        )
    return next(each for each in rows if requests.may_extend(each, obligations.promise_of(each)))


def test_a_term_is_extended_once_with_a_motive_and_a_letter(house):
    row = extendable(house)
    house.letters()
    page, action = desk(f"obligations/{row.id}/"), desk(f"obligations/{row.id}/extend/")
    officer = house.staff()
    assert post(officer, page, action=action, motive="volume").status_code == 302
    with operator_scope(house.id):
        assert obligations.get(house.id, row.id).due_at > row.due_at
    (letter,) = house.letters()
    assert letter.subject == "ProHomeExchange needs more time for your request"
    assert "The reason: the request is large." in letter.body
    assert "Not enough time?" not in words(officer.get(page))
    with operator_scope(house.id), pytest.raises(obligations.NoExtension):
        requests.extend(house.id, row.id, OFFICER, "volume")


def test_an_extension_without_a_motive_is_refused(house):
    row = extendable(house)
    with operator_scope(house.id), pytest.raises(NotFound):
        requests.extend(house.id, row.id, OFFICER, "because")
    with operator_scope(house.id):
        assert obligations.get(house.id, row.id).extension is None


def test_hidden_data_is_shown_for_a_reason_only_and_the_look_is_journalled(house):
    sent = house.send("order")
    officer = house.staff()
    person = desk(f"people/{sent.subject}/")
    action = desk(f"people/{sent.subject}/reveal/")
    assert "Maria" not in officer.get(person).content.decode()
    assert post(officer, person, action=action, reason="").status_code == 404
    shown = post(officer, person, action=action, reason="answer-request")
    assert "Maria Sample" in words(shown)
    assert "Maria" not in officer.get(person).content.decode()
    assert "A member of staff looked at hidden data" in words(officer.get(person))


def test_an_obstacle_is_told_in_words_and_taken_back(house):
    sent = house.send("order")
    officer = house.staff()
    person = desk(f"people/{sent.subject}/", "ru")
    action = desk(f"people/{sent.subject}/obstacle/", "ru")
    assert post(officer, person, action=action, reason="processor-silent").status_code == 302
    assert "обработчик не подтвердил уничтожение" in words(officer.get(person))
    assert post(officer, person, action=action, close="1").status_code == 302
    said = words(officer.get(person))
    assert "Препятствие для уничтожения устранено: обработчик не подтвердил уничтожение" in said


def test_a_long_journal_is_folded_after_ten_lines(house):
    for _ in range(3):
        sent = house.send("order")
    page = house.staff().get(desk(f"people/{sent.subject}/")).content.decode()
    seen, _, rest = page.rpartition("<details>")
    assert seen.rpartition("<h2>Journal</h2>")[2].count('<tr role="row">') == 1 + 10
    assert "earlier entries" in rest
