"""The pages of the proof: what anybody sees, what staff see, and the bundle to take away."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import timedelta

import pytest
from django.test import Client
from tests.proof.conftest import STARTED

from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.journal import offline
from tutela.proof.commands import proof_command

HERE = "/en/lark-bakery/proof/"
DESK = "/en/desk/lark-bakery/proof/"


def read(path, client=None, status=200):
    answer = (client or Client()).get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


@pytest.fixture
def at_risk(bakery):
    """A customer whose data is to be destroyed within two days."""
    subject = bakery.order()
    bakery.withdraw(subject)
    bakery.at.set(STARTED + timedelta(days=29, hours=6))
    return subject


def test_anybody_sees_every_clause_and_its_state(bakery):
    shown = read(HERE)
    for each in bakery.verdict().clauses:
        assert f'id="{each.clause.anchor}"' in shown
    assert "Is the policy kept?" in shown
    assert "Version 1, in force since 3 June 2024." in shown.replace("\xa0", " ")


def test_the_page_sets_no_cookie(bakery):
    visitor = Client()
    read(HERE, visitor)
    assert not visitor.cookies


@pytest.mark.parametrize("state", ["kept", "broken", "not-built", "informative"])
def test_plain_links_show_the_clauses_of_one_state(bakery, state):
    expected = {each.clause.anchor for each in bakery.verdict().clauses if each.state == state}
    shown = read(f"{HERE}?state={state}")
    for each in bakery.verdict().clauses:
        anchor = each.clause.anchor
        assert (f'id="{anchor}"' in shown) == (anchor in expected), anchor
    if not expected:
        assert "No clause stands like this" in shown


def test_an_unknown_state_shows_all(bakery):
    assert read(f"{HERE}?state=wonderful").count("<li id=") == bakery.verdict().total


def test_only_staff_see_whom_it_concerns_and_open_the_entries(bakery, at_risk, officer):
    public, desk = read(HERE), read(DESK, officer())
    assert str(at_risk) not in public
    assert "/desk/" not in public
    assert str(at_risk) in desk
    assert "/en/desk/lark-bakery/journal/?kind=obligation.opened" in desk


def test_the_desk_is_closed_to_others(bakery):
    assert Client().get(DESK).status_code == 302
    assert Client().get(f"{DESK}3.2/").status_code == 302


def test_a_clause_has_a_page_of_its_own(bakery, at_risk):
    shown = read(f"{HERE}3.2/")
    assert "Is clause 3.2 kept?" in shown
    assert "destroys the data within 30 days" in shown
    assert "After each withdrawal no use may be permitted" in shown
    assert str(at_risk) not in shown


def test_staff_find_the_last_entries_behind_a_clause(bakery, at_risk, officer):
    with operator_scope(bakery.id):
        (withdrawn,) = journal.entries(bakery.id, kinds=["consent.withdrawn"])
    link = f"/en/desk/lark-bakery/journal/{withdrawn.id}/"
    assert link in read(f"{DESK}3.2/", officer())
    assert link not in read(f"{HERE}3.2/")


@pytest.mark.parametrize("ref", ["3.2/p2", "4.1(1)", "Preamble/p1", "3.2(a)"])
def test_a_clause_is_found_whichever_way_it_is_written(bakery, ref):
    assert "Is clause" in read(f"{HERE}{ref}/")


def test_a_clause_that_is_not_there_is_not_found(bakery):
    assert "The policy has no such clause" in read(f"{HERE}99.1/", status=404)


def test_a_clause_that_nothing_watches_says_so(bakery):
    assert "Nothing in this version of Tutela watches it" in read(f"{HERE}3.4/")


def test_the_page_speaks_russian(bakery):
    shown = read("/ru/lark-bakery/proof/")
    assert "Исполняется ли политика?" in shown
    assert "Пекарня получает следующие данные" in shown
    assert "version" not in shown.partition("<main")[2].partition("</main")[0]


def test_the_bundle_verifies_without_us(bakery, tmp_path, capsys):
    bakery.sequence()
    answer = Client().get(f"{HERE}bundle/")
    path = tmp_path / "bundle.json"
    path.write_bytes(answer.content)
    key = json.loads(answer.content)["key"]
    options = {"path": path, "key": [key], "checkpoint": None, "json": False, "language": "en"}
    assert offline.run(Namespace(**options)) == offline.HOLDS
    assert "entries: 1" in capsys.readouterr().out
    path.write_text(answer.content.decode().replace("policy.published", "policy.withdrawn"))
    assert offline.run(Namespace(**options)) == offline.BROKEN


def test_the_bundle_holds_nothing_about_a_person(bakery, at_risk):
    bakery.sequence()
    assert str(at_risk) not in Client().get(f"{HERE}bundle/").content.decode()


def test_before_the_first_signature_there_is_no_bundle_yet(bakery):
    assert "waits for its signature" in read(f"{HERE}bundle/", status=404)


def test_the_command_prints_the_same_verdict(bakery, at_risk, capsys):
    arguments = Namespace(operator="lark-bakery", json=True, language="en")
    assert proof_command(arguments) == 0
    printed = json.loads(capsys.readouterr().out)
    verdict = bakery.verdict()
    assert printed["counts"] == {str(state): count for state, count in verdict.counts.items()}
    assert {each["ref"]: each["state"] for each in printed["clauses"]} == {
        each.clause.ref: str(each.state) for each in verdict.clauses
    }
    assert str(at_risk) not in json.dumps(printed)


def test_the_command_fails_where_a_clause_is_broken(bakery, at_risk, capsys):
    bakery.at.set(STARTED + timedelta(days=40))
    arguments = Namespace(operator="lark-bakery", json=False, language="ru")
    assert proof_command(arguments) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Lark Bakery, версия 1 политики"
    assert any(each.split()[:2] == ["3.2", "нарушено"] for each in lines)
