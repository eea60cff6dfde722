"""Representatives and guardians, and the attacks on them: beyond scope, after revocation, after the
child has come of age, with somebody else's authority or child."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from tests.requests.conftest import SAMPLE, desk, my, post, words

from tutela.consent import actions as consent
from tutela.core import clock
from tutela.core.vocabulary import Actor, ActorKind, Right
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.identity import authorities
from tutela.identity.authorities import NotOpen, State, UnknownAuthority
from tutela.jobs import engine
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.requests import acting, minors, representing
from tutela.requests.errors import Refused

OFFICER = Actor(ActorKind.STAFF, "1", "officer")
LAWYER = "lawyer@mail.example"
MARIA = "maria@mail.example"


class Case:
    """Maria, about whom data is held, and somebody who wants to act for her."""

    def __init__(self, house) -> None:
        self.house = house
        self.maria = house.send("order").subject
        self.lawyer = house.send("order", email=LAWYER, phone="+1 305 555 0188").subject

    def ask(self, *rights, holder=None, address=MARIA, relation="representative"):
        with operator_scope(self.house.id):
            return representing.ask(
                self.house.id,
                holder or self.lawyer,
                address,
                relation=relation,
                rights=rights or tuple(Right),
                evidence="notarial-power",
            )

    def confirm(self, authority, until=None):
        with operator_scope(self.house.id):
            return representing.confirm(self.house.id, authority, until=until, by=OFFICER)

    def end(self, authority, why="person"):
        with operator_scope(self.house.id):
            return representing.end(self.house.id, authority, why)

    def demand(self, authority, right=Right.ACCESS, holder=None):
        with operator_scope(self.house.id):
            return representing.demand(self.house.id, authority, holder or self.lawyer, right)

    def withdraw(self, authority, *purposes, holder=None):
        with operator_scope(self.house.id):
            return representing.withdraw_for(
                self.house.id, authority, holder or self.lawyer, purposes or None, "en"
            )

    def entries(self, *kinds):
        with operator_scope(self.house.id):
            return journal.entries(self.house.id, kinds=kinds, limit=500)


@pytest.fixture
def case(house):
    return Case(house)


def test_nothing_is_open_before_the_document_was_checked(case):
    authority = case.ask()
    with pytest.raises(Refused, match="No checked authority"):
        case.demand(authority)
    case.confirm(authority)
    assert case.demand(authority).subject == case.maria


def test_what_a_representative_does_is_journalled_as_theirs_and_for_whom(case):
    authority = case.ask()
    case.confirm(authority)
    case.withdraw(authority, "newsletter")
    (entry,) = case.entries("consent.withdrawn")
    assert entry.subject == case.maria
    assert entry.actor == representing.acting(case.lawyer)
    with operator_scope(case.house.id):
        assert "newsletter" not in consent.live(case.house.id, case.maria)


def test_a_representative_beyond_their_scope_is_refused_and_the_refusal_is_journalled(case):
    authority = case.ask(Right.WITHDRAWAL)
    case.confirm(authority)
    with operator_scope(case.house.id), pytest.raises(Refused, match="does not reach so far"):
        representing.demand(case.house.id, authority, case.lawyer, Right.ACCESS)
    refused = [each.data["reason"] for each in case.entries("gate.refused")]
    assert refused == ["beyond-authority"]
    assert case.withdraw(authority).subject == case.maria


def test_a_representative_who_may_only_look_withdraws_nothing(case):
    authority = case.ask(Right.ACCESS)
    case.confirm(authority)
    with pytest.raises(Refused):
        case.withdraw(authority)
    with operator_scope(case.house.id):
        assert consent.live(case.house.id, case.maria)


@pytest.mark.parametrize("why", ["person", "holder", "operator"])
def test_after_revocation_the_representative_is_refused_at_once(case, why):
    authority = case.ask()
    case.confirm(authority)
    assert case.end(authority, why)
    assert not case.end(authority, why)
    with pytest.raises(Refused, match="No checked authority"):
        case.demand(authority)


def test_after_the_last_day_of_the_document_it_is_over_even_if_nobody_looked(case):
    authority = case.ask()
    until = clock.now() + timedelta(days=10)
    case.confirm(authority, until)
    case.house.at.set(until - timedelta(seconds=1))
    case.demand(authority)
    case.house.at.set(until)
    with pytest.raises(Refused):
        case.demand(authority)
    engine.run_now()
    with operator_scope(case.house.id):
        row = authorities.get(case.house.id, authority)
        assert (row.state, row.why) == (State.ENDED, "term")
        assert gate.standing(case.house.id, case.maria).mandates == ()


def test_time_walks_to_the_end_of_a_term(case):
    authority = case.ask()
    until = clock.now() + timedelta(days=10)
    case.confirm(authority, until)
    engine.run_until(until + timedelta(hours=1))
    with operator_scope(case.house.id):
        assert authorities.get(case.house.id, authority).ended_at == until


def test_somebody_elses_authority_is_as_good_as_none(case):
    authority = case.ask()
    case.confirm(authority)
    mallory = case.house.send("order", email="m@mail.example", phone="+1 305 555 0177").subject
    for attempt in (case.demand, case.withdraw):
        with pytest.raises(UnknownAuthority):
            attempt(authority, holder=mallory)
    client = case.house.person(mallory)
    assert client.get(my(f"for/{authority}/")).status_code == 404
    assert client.post(my(f"representatives/{authority}/end/")).status_code in {403, 404}


def test_nobody_represents_themselves_and_nothing_is_confirmed_over_nobody(case):
    for authority in (case.ask(address=LAWYER), case.ask(address="nobody@mail.example")):
        with pytest.raises(NotOpen):
            case.confirm(authority)


def test_asking_tells_nobody_whether_the_person_is_known(case):
    client = case.house.person(case.lawyer)
    pages = []
    for address in (MARIA, "nobody@mail.example"):
        answer = post(
            client,
            my("represent/"),
            address=address,
            relation="representative",
            evidence="declaration",
            rights=["access"],
        )
        assert answer.status_code == 302
        pages.append(words(client.get(my("representatives/"))))
        with operator_scope(case.house.id):
            for each in authorities.held(case.house.id, case.lawyer):
                representing.end(case.house.id, each.id, "holder")
    first, second = (page.partition("For whom you act")[2] for page in pages)
    assert second.startswith(first.partition("Ask to act")[0].rstrip())


def test_what_is_asked_too_often_is_refused(case):
    client = case.house.person(case.lawyer)
    asked = {"address": MARIA, "relation": "guardian", "evidence": "declaration"}
    sent = [
        post(client, my("represent/"), **asked, rights=["access"]).status_code for _ in range(11)
    ]
    assert sent == [302] * 10 + [429]


def test_an_incomplete_request_says_what_is_missing_and_keeps_what_was_typed(case):
    client = case.house.person(case.lawyer)
    answer = post(client, my("represent/"), address=MARIA, relation="representative")
    assert answer.status_code == 422
    assert "at least one right" in words(answer)
    assert MARIA in answer.content.decode()
    assert post(client, my("represent/"), relation="guardian").status_code == 422


def test_the_person_is_told_sees_it_and_ends_it(case):
    authority = case.ask(Right.ACCESS)
    case.house.letters()
    case.confirm(authority)
    (letter,) = case.house.letters()
    assert letter.to == [MARIA]
    assert "see the data" in letter.body
    client = case.house.person(case.maria)
    page = client.get(my("representatives/"))
    assert "in force" in words(page)
    end = my(f"representatives/{authority}/end/")
    assert post(client, my("representatives/"), action=end).status_code == 302
    assert "the person ended it" in words(client.get(my("representatives/")))
    assert "ended: the person ended it" in words(client.get(my("history/")))
    with pytest.raises(Refused):
        case.demand(authority)


def test_the_holder_sees_the_data_and_withdraws_on_the_page(case):
    authority = case.ask(Right.ACCESS, Right.WITHDRAWAL)
    case.confirm(authority)
    client = case.house.person(case.lawyer)
    page = client.get(my(f"for/{authority}/"))
    assert "Maria Sample" in words(page)
    assert "no-store" in page.headers["Cache-Control"]
    answer = post(client, my(f"for/{authority}/"), purpose="newsletter")
    assert answer.status_code == 302
    with operator_scope(case.house.id):
        assert set(consent.live(case.house.id, case.maria)) == {"orders"}


def test_a_holder_asks_for_a_block_on_the_page_and_is_refused_what_is_beyond_the_authority(case):
    authority = case.ask(Right.BLOCKING)
    case.confirm(authority)
    client, page = case.house.person(case.lawyer), my(f"for/{authority}/")
    assert post(client, page, ask="blocking").status_code == 302
    assert post(client, page, ask="correction").status_code == 403
    assert post(client, page, ask="export").status_code == 409
    (opened,) = case.entries("request.opened")
    assert (opened.subject, opened.actor) == (case.maria, representing.acting(case.lawyer))
    with operator_scope(case.house.id):
        (block,) = gate.standing(case.house.id, case.maria).blocks
    assert block.ground == "verification"


def test_a_holder_without_the_right_to_look_sees_no_value(case):
    authority = case.ask(Right.WITHDRAWAL)
    case.confirm(authority)
    page = words(case.house.person(case.lawyer).get(my(f"for/{authority}/")))
    assert "Maria" not in page
    assert "Withdraw this consent" in page


def test_the_desk_checks_a_document(case):
    authority, other = case.ask(), case.ask(address="nobody@mail.example")
    officer = case.house.staff()
    assert "2 documents wait" in words(officer.get(desk("authorities/")))
    one = desk(f"authorities/{authority}/")
    assert post(officer, one, do="confirm", until="soon").status_code == 404
    assert post(officer, one, do="confirm", until="2024-06-01").status_code == 409
    assert post(officer, one, do="confirm", until="2024-12-31").status_code == 302
    second = desk(f"authorities/{other}/")
    assert "Nobody is known by what was given" in words(officer.get(second))
    assert post(officer, second, do="refuse", why="person-unknown").status_code == 302
    with operator_scope(case.house.id):
        assert authorities.get(case.house.id, authority).state == State.STANDING
        assert authorities.get(case.house.id, other).state == State.REFUSED
    assert post(officer, one, do="end").status_code == 302
    assert acting.STATES.keys() == set(State)


def test_a_destroyed_person_leaves_no_authority_standing(case):
    authority = case.ask()
    case.confirm(authority)
    case.house.withdraw(case.maria)
    engine.run_until(clock.now() + timedelta(days=31))
    with operator_scope(case.house.id):
        assert authorities.get(case.house.id, authority).why == "destroyed"
    with pytest.raises(Refused):
        case.demand(authority)


CHILD, PARENT = "child@mail.example", "parent@mail.example"


@pytest.fixture
def family(house, tmp_path):
    """The sample policy with the other rule of age: a guardian acts for those under eighteen."""
    folder = tmp_path / "prohomeexchange"
    shutil.copytree(SAMPLE, folder)
    path = folder / "policy.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace(
        "    minimum_age: 18\n    control: consent", "    guardian_until: 18\n    control: consent"
    )
    text = re.sub(r"(\n  number: )\d+", r"\g<1>99", text, count=1)
    path.write_text(text, encoding="utf-8")
    policies.publish(policies.load_folder(folder))
    case = Case(house)
    case.child = house.send(
        "account", email=CHILD, phone="+1 305 555 0101", **{"birth-date": "2008-02-29"}
    ).subject
    case.parent = house.send(
        "account", email=PARENT, phone="+1 305 555 0102", **{"birth-date": "1980-01-05"}
    ).subject
    return case


def guard(case):
    authority = case.ask(holder=case.parent, address=CHILD, relation="guardian")
    case.confirm(authority)
    return authority


def test_a_child_without_a_guardian_is_known_and_shown_as_such(family):
    with operator_scope(family.house.id):
        assert minors.without_guardian(family.house.id) == [family.child]
    page = words(family.house.staff().get(desk(f"people/{family.child}/")))
    assert "A child without a guardian’s consent" in page
    guard(family)
    with operator_scope(family.house.id):
        assert minors.without_guardian(family.house.id) == []


def test_no_table_in_the_clear_tells_when_a_child_comes_of_age(family):
    authority = guard(family)
    with operator_scope(family.house.id):
        assert authorities.get(family.house.id, authority).until is None
        (mandate,) = gate.standing(family.house.id, family.child).mandates
        assert mandate.until is None


def test_a_guardian_acts_for_the_child_until_the_birthday_and_not_a_moment_longer(family):
    authority = guard(family)
    eve = datetime(2026, 3, 1, 4, 59, tzinfo=UTC)
    family.house.at.set(eve)
    assert family.demand(authority, holder=family.parent).subject == family.child
    family.house.at.set(eve + timedelta(minutes=1))
    with pytest.raises((Refused, UnknownAuthority)):
        family.demand(authority, holder=family.parent)


def test_guardianship_ends_by_itself_on_the_birthday(family):
    authority = guard(family)
    engine.run_until(datetime(2026, 3, 2, tzinfo=UTC))
    with operator_scope(family.house.id):
        row = authorities.get(family.house.id, authority)
        assert (row.state, row.why) == (State.ENDED, "of-age")
        assert row.ended_at == datetime(2026, 3, 1, 5, tzinfo=UTC)
        assert minors.without_guardian(family.house.id) == []
        assert journal.count(family.house.id, ["subject.came-of-age"]) == 1


def test_a_parent_gets_nothing_of_somebody_elses_child(family):
    guard(family)
    other = family.house.send(
        "account",
        email="other@mail.example",
        phone="+1 305 555 0103",
        **{"birth-date": "2010-01-01"},
    ).subject
    asked = family.ask(holder=family.parent, address="other@mail.example", relation="guardian")
    with pytest.raises(Refused):
        family.demand(asked, holder=family.parent)
    with operator_scope(family.house.id):
        assert gate.standing(family.house.id, other).mandates == ()
