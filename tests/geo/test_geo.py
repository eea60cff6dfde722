"""Where somebody is: with permission, made rough, one place at a time, and gone when it goes."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.accounts.conftest import oneself
from tests.requests.conftest import post, words

from tutela.core import places
from tutela.core.vocabulary import Action, LawPurpose
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.geo import actions as geo
from tutela.geo.errors import NoPermission, NotAsked
from tutela.journal import actions as journal
from tutela.requests.errors import Incomplete
from tutela.vault import actions as vault

EXACT = (43.238949, 76.889709)


def held(here, subject):
    leave = gate.decide(
        Operation(
            operator=here.id,
            subject=subject,
            action=Action.EXTRACTION,
            purpose=LawPurpose.SUBJECT_RIGHTS,
            fields=frozenset({"geolocation", "address"}),
            actor=oneself(subject),
        )
    )
    return [each.value for each in vault.read(leave) if each.point == "location"]


@example(1.0, 179.99999, 100)
@given(st.floats(-85, 85), st.floats(-180, 180), st.sampled_from([100, 1000, 10_000]))
def test_a_rounded_place_is_near_and_its_neighbours_are_told_alike(north, east, metres):
    told = places.rounded(north, east, metres)
    there = [float(each) for each in told.split(", ")]
    wide = 111_320 * math.cos(math.radians(there[0]))
    away = abs((there[1] - east + 180) % 360 - 180) * wide
    assert abs(there[0] - north) * 111_320 <= metres
    assert away <= 1.2 * metres
    assert places.rounded(*there, metres) == told


def test_a_place_is_made_rough_before_it_is_sealed_and_only_the_last_is_kept(site):
    here = site("uslugi")
    subject = here.register()
    with operator_scope(here.id):
        geo.permit_it(here.id, subject, language="en", actor=oneself(subject))
        geo.keep_coordinates(here.id, subject, *EXACT, actor=oneself(subject))
        geo.keep_coordinates(here.id, subject, 43.3, 76.9, actor=oneself(subject))
        (value,) = held(here, subject)
        first, last = journal.entries(here.id, subject=subject, kinds=["geo.kept"])
    assert value == places.rounded(43.3, 76.9, 1000)
    assert "43.238949" not in value
    assert (first.purpose, last.data["how"], last.data["precision"]) == (
        "distribution",
        "device",
        1000,
    )
    assert "43." not in str(last.data)


def test_without_permission_nothing_is_kept(site):
    here = site("uslugi")
    subject = here.register()
    with operator_scope(here.id):
        for act, told in ((geo.keep_coordinates, EXACT), (geo.keep_address, ("Almaty",))):
            with pytest.raises(NoPermission):
                act(here.id, subject, *told, actor=oneself(subject))
        assert held(here, subject) == []


def test_a_typed_address_does_instead_and_a_withdrawal_removes_it(site):
    here = site("uslugi")
    subject = here.register()
    with operator_scope(here.id):
        geo.permit_it(here.id, subject, language="ru", actor=oneself(subject))
        geo.keep_address(here.id, subject, "Алматы, Примерная, 1", actor=oneself(subject))
        assert held(here, subject) == ["Алматы, Примерная, 1"]
        with pytest.raises(Incomplete):
            geo.keep_address(here.id, subject, "  ", actor=oneself(subject))
        assert held(here, subject) == ["Алматы, Примерная, 1"]
        assert geo.remove(here.id, subject, actor=oneself(subject))
        assert held(here, subject) == []
        assert geo.place(here.id, subject) == geo.Place(permitted=False, held=False)
        (said,) = journal.entries(here.id, subject=subject, kinds=["geo.removed"])
    assert said.data["records"] == 1


def test_where_the_policy_asks_for_a_city_no_coordinates_are_taken(site):
    here = site("amorealtor")
    subject = here.register("product")
    with operator_scope(here.id):
        geo.permit_it(here.id, subject, language="en", actor=oneself(subject))
        with pytest.raises(NotAsked):
            geo.keep_coordinates(here.id, subject, *EXACT, actor=oneself(subject))
        geo.keep_address(here.id, subject, "Bishkek", actor=oneself(subject))
        assert geo.place(here.id, subject).held


def test_the_page_keeps_and_removes_a_place(site):
    here = site("uslugi")
    subject = here.register()
    browser, path = here.person(subject), here.my("location/")
    refused = post(browser, path, address="Almaty <i>")
    assert refused.status_code == 422
    assert "Almaty &lt;i&gt;" in refused.content.decode()
    assert post(browser, path, address="", agree="1").status_code == 422
    with operator_scope(here.id):
        assert not geo.place(here.id, subject).permitted, "a form that failed agreed to something"
    assert post(browser, path, address="Almaty", agree="1").status_code == 302
    assert "Almaty" in words(browser.get(path))
    assert post(browser, path, do="remove").status_code == 302
    assert "No place is kept" in words(browser.get(path))


def test_where_nobody_is_asked_the_page_says_so(site):
    here = site("amigo")
    browser = here.person(here.register())
    assert "Nobody asks where you are" in words(browser.get(here.my("location/")))
