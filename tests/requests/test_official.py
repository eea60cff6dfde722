"""A state body asks for data: the form is checked, the person told, the least given."""

from __future__ import annotations

import pytest
from tests.requests.conftest import desk, my, post, words

from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.requests import cases, moving, official, reading, replies, sections
from tutela.requests.cases import NotPossible, open_case
from tutela.requests.kinds import Asker
from tutela.requests.official_wording import CHECKS

OFFICER = Actor(ActorKind.STAFF, "1", "officer")
LAWFUL = official.Paper(
    "investigator", "RU-152-FZ 6(1)(3)", tuple(CHECKS), ("email", "phone"), ("email",)
)


@pytest.fixture
def asked(house):
    """A person, and what an authority asks about them."""
    subject = house.send("order").subject
    with operator_scope(house.id):
        case = open_case(
            house.id, "authority", "paper", subject, asker=Asker.AUTHORITY, ground="information"
        )
    return house, subject, case


def _answer(house, case) -> None:
    moving.decide(house.id, case, "granted", by=OFFICER)
    told = sections.must_have(cases.get(house.id, case))
    replies.answered_outside(house.id, case, told, by=OFFICER)


def test_the_officer_checks_it_on_its_page_and_the_person_is_told_at_once(asked):
    house, subject, case = asked
    house.letters()
    officer, path = house.staff(), desk(f"requests/{case}/")
    assert "Check the official request" in words(officer.get(path))
    form = {
        "do": "official",
        "signed": "judge",
        "ground": "RU-152-FZ 6(1)(3)",
        "checked": tuple(CHECKS),
        "asked": ("email", "phone"),
        "granted": ("email",),
    }
    assert post(officer, path, **form).status_code == 302
    page = words(officer.get(path))
    assert "holds in everything" in page
    assert "Confidential" in page
    (letter,) = house.letters()
    assert letter.subject == "ProHomeExchange: a state body has asked for data about you"
    assert "asked for data" not in words(house.person(subject).get(my("requests/")))


def test_the_least_is_given_by_the_gate_and_stands_among_the_disclosures(asked):
    house, subject, case = asked
    with operator_scope(house.id):
        official.record(house.id, case, LAWFUL, by=OFFICER)
        _answer(house, case)
        (given,) = reading.disclosures(house.id, subject, "en")
        assert official.of(house.id, case).given_at is not None
    assert len(given.fields) == 1


def test_nothing_is_decided_before_the_check_and_nothing_given_on_a_faulty_form(asked):
    house, subject, case = asked
    with operator_scope(house.id):
        with pytest.raises(NotPossible, match="Check the form"):
            moving.decide(house.id, case, "granted", by=OFFICER)
        faulty = official.Paper("nobody", "", ("in-writing",), ("email",), ())
        official.record(house.id, case, faulty, by=OFFICER)
        with pytest.raises(NotPossible, match="refuse it"):
            moving.decide(house.id, case, "granted", by=OFFICER)
        moving.decide(house.id, case, "refused", refusal="unlawful-request", by=OFFICER)
        assert reading.disclosures(house.id, subject, "en") == []


def test_where_a_law_forbids_to_tell_nothing_reaches_the_person(asked):
    house, subject, case = asked
    house.letters()
    silent = official.Paper(
        "judge", "RU-152-FZ 6(1)(3)", tuple(CHECKS), ("email",), ("email",), "RU-144-FZ 12"
    )
    with operator_scope(house.id):
        official.record(house.id, case, silent, by=OFFICER)
        _answer(house, case)
        assert reading.disclosures(house.id, subject, "en") == []
    assert house.letters() == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"signed": "a friend"}, "who signed"),
        ({"checked": ("stamped",)}, "who signed"),
        ({"ground": "because we want it"}, "article"),
        ({"untold_by": "hush"}, "article"),
        ({"asked": ("shoe-size",)}, "declares"),
        ({"granted": ("email", "phone", "full-name")}, "No more is given"),
    ],
)
def test_a_record_that_cannot_be_is_refused_in_a_sentence(asked, changes, told):
    house, _subject, case = asked
    fields = {name: getattr(LAWFUL, name) for name in LAWFUL.__dataclass_fields__}
    with operator_scope(house.id), pytest.raises(NotPossible, match=told):
        official.record(house.id, case, official.Paper(**{**fields, **changes}), by=OFFICER)


def test_the_check_stands_once_it_is_recorded(asked):
    house, _subject, case = asked
    with operator_scope(house.id):
        official.record(house.id, case, LAWFUL, by=OFFICER)
        with pytest.raises(NotPossible, match="checked already"):
            official.record(house.id, case, LAWFUL, by=OFFICER)


def test_only_what_an_authority_asks_about_somebody_known_is_checked_so(house):
    with operator_scope(house.id):
        case = open_case(house.id, "authority", "paper", None, asker=Asker.AUTHORITY)
        with pytest.raises(NotPossible, match="known person"):
            official.record(house.id, case, LAWFUL, by=OFFICER)
