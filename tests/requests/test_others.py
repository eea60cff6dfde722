"""What of other people is hidden in the copy of somebody's data: found, looked at, decided."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from tests.requests.conftest import desk, my, post, words
from tests.requests.test_answering import opened

from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.requests import spotting
from tutela.requests.models import Hidden
from tutela.requests.spotting import HIDDEN, without

SAID = "My neighbour Ivan Example lives at john@mail.example; call +7 900 555-01-42 or Peter."


def taken(house, subject) -> zipfile.ZipFile:
    person = house.person(subject)
    answer = post(person, post(person, my("everything/")).headers["Location"])
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def text_in(made: zipfile.ZipFile, field: str = "claim-text") -> str:
    values = json.loads(made.read("data.json"))["values"]
    return next(each["value"] for each in values if each["field"] == field)


def proposed(officer, address: str, typed: str = "") -> list[tuple[str, str]]:
    """The key and the words of each place, as the page shows them."""
    page = post(officer, address, do="look", words=typed).content.decode()
    keys = re.findall(r'name="hide" value="([^"]+)"', page)
    return list(zip(keys, re.findall(r"<mark>(.*?)</mark>", page), strict=True))


def test_the_officer_sees_what_would_be_hidden_changes_it_and_the_copy_follows(house):
    subject = house.send("claim", **{"claim-text": SAID}).subject
    case = opened(house, "access", subject)
    officer, address = house.staff(), desk(f"requests/{case.id}/others/")
    assert address in officer.get(desk(f"requests/{case.id}/")).content.decode()
    places = proposed(officer, address, typed="ivan  example\n")
    assert [said for _key, said in places] == [
        "Ivan Example",
        "john@mail.example",
        "+7 900 555-01-42",
    ]
    assert HIDDEN in text_in(taken(house, subject))
    keys = [key for key, _said in places]
    sent = {"do": "decide", "words": "ivan  example", "seen": keys, "hide": [keys[0], keys[2]]}
    assert post(officer, address, **sent).status_code == 302
    assert "Hidden: 2. Shown: 1." in words(officer.get(address))
    made = taken(house, subject)
    assert text_in(made) == (
        f"My neighbour {HIDDEN} lives at john@mail.example; call {HIDDEN} or Peter."
    )
    assert "Ivan Example" not in made.read("data.html").decode()
    with operator_scope(house.id):
        (entry,) = journal.entries(house.id, kinds=("request.others-reviewed",))
        assert (entry.data["hidden"], entry.data["shown"]) == (2, 1)
        assert {each.case for each in Hidden.objects.all()} == {case.id}
    again = proposed(officer, address)
    assert len(again) == 3, "what was decided is shown when somebody looks again"


def test_a_decision_holds_for_the_version_that_was_seen_and_goes_with_the_data(house):
    subject = house.send("claim", **{"claim-text": SAID}).subject
    officer, case = house.staff(), opened(house, "access", subject)
    address = desk(f"requests/{case.id}/others/")
    keys = [key for key, _said in proposed(officer, address)]
    post(officer, address, do="decide", seen=keys, hide=[])
    assert HIDDEN not in text_in(taken(house, subject))
    with operator_scope(house.id):
        Hidden.objects.update(version=2)
    assert HIDDEN in text_in(taken(house, subject))


def test_a_place_that_nobody_was_shown_cannot_be_decided(house):
    subject = house.send("claim", **{"claim-text": SAID}).subject
    case = opened(house, "access", subject)
    address = desk(f"requests/{case.id}/others/")
    forged = f"{case.id}:claim-text:1:0:9:marked"
    post(house.staff(), address, do="decide", seen=[forged], hide=[forged])
    with operator_scope(house.id):
        assert not Hidden.objects.exists()


def test_a_value_that_somebody_else_has_too_is_shown_until_it_is_decided(house):
    subject = house.send("order", phone="+7 900 555 01 42").subject
    house.send("order", email="other@mail.example", phone="+7 900 555 01 42")
    case = opened(house, "access", subject)
    officer, address = house.staff(), desk(f"requests/{case.id}/others/")
    places = proposed(officer, address)
    assert "somebody else is known by the same value" in words(
        post(officer, address, do="look", words="")
    )
    assert text_in(taken(house, subject), "phone").endswith("0142")
    keys = [key for key, _said in places]
    post(officer, address, do="decide", seen=keys, hide=keys)
    assert text_in(taken(house, subject), "phone") == HIDDEN


OWN = spotting.stems(["Мария Ивановна Пример"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write to a.b+c@mail.example.", ["a.b+c@mail.example"]),
        ("call +44 20 7946 0018 today", ["+44 20 7946 0018"]),
        ("Mrs. Anna Example came", ["Anna Example"]),
        ("видела г-на Петрова", ["Петрова"]),
        ("со мной был Пётр Сергеевич Образцов.", ["Пётр Сергеевич Образцов"]),
        ("передать Анне Петровне", ["Анне Петровне"]),
        ("Я, Мария Ивановна Пример, прошу", []),
        ("Nothing of anybody, at 10:30 on 2026-01-01", []),
        ("", []),
    ],
)
def test_addresses_numbers_and_names_are_found_and_ones_own_are_not(text, found):
    spots = spotting.spotted(text, lambda _each: False, OWN)
    assert [text[each.start : each.end] for each in spots] == found


def test_places_that_meet_are_hidden_as_one():
    spots = [
        spotting.Spot(0, 4, "name"),
        spotting.Spot(2, 6, "marked"),
        spotting.Spot(8, 9, "name"),
    ]
    assert without("abcdefghijk", spots) == (f"{HIDDEN}gh{HIDDEN}jk", 2)
