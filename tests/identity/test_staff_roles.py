"""Role escalation and whose account is whose: what an officer may do, and to whom."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from tests.identity.staff import (
    HERE,
    MINIMAL,
    PASSWORD,
    SAMPLE,
    THERE,
    browser,
    give_app,
    hire,
    inside,
    publish,
    sign_in,
    words,
)

from tutela import app
from tutela.core import clock
from tutela.core.errors import NotAllowed
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.identity.staff import actions, approval, factors
from tutela.identity.staff.errors import LastOfficer, OwnRole, UnknownStaff, WorksElsewhere
from tutela.identity.staff.models import StaffInvitation
from tutela.journal import actions as journal

app.wire()
STAFF = f"/en/desk/{HERE}/staff/"


@pytest.fixture
def bakery(db):
    return publish(MINIMAL)


@pytest.fixture
def olga(bakery) -> User:
    return hire(bakery, "olga", "officer")


def roles(operator, user) -> set[str]:
    with operator_scope(operator):
        return set(identity.staff_roles(user, operator))


def as_staff(user: User) -> Actor:
    return Actor(ActorKind.STAFF, str(user.pk), "officer")


@pytest.mark.parametrize("role", ["clerk", "auditor"])
def test_a_lesser_role_cannot_raise_itself_or_manage_anybody(bakery, olga, role):
    nadia = hire(bakery, "nadia", role)
    client = browser(nadia)
    assert client.get(STAFF).status_code == 403
    for user in (nadia, olga):
        answer = client.post(f"{STAFF}{user.pk}/", {"give": "officer", "do": "switch-off"})
        assert answer.status_code == 403
    assert client.post(STAFF, {"name": "mole", "role": "officer"}).status_code == 403
    assert roles(bakery, nadia) == {role}
    assert not User.objects.filter(username="mole").exists()


def test_an_officer_cannot_change_their_own_roles(bakery, olga):
    assert browser(olga).post(f"{STAFF}{olga.pk}/", {"give": "clerk"}).status_code == 403
    assert roles(bakery, olga) == {"officer"}
    with operator_scope(bakery), pytest.raises(OwnRole):
        identity.revoke_role(bakery, olga.pk, "officer", by=as_staff(olga))


def test_a_role_given_or_taken_ends_the_sessions_and_is_journalled_with_who_did_it(bakery, olga):
    nadia = hire(bakery, "nadia", "clerk")
    hers = browser(nadia)
    assert inside(hers)
    boss = browser(olga)
    boss.post(f"{STAFF}{nadia.pk}/", {"give": "officer"})
    assert not inside(hers)
    boss.post(f"{STAFF}{nadia.pk}/", {"take": "clerk"})
    assert roles(bakery, nadia) == {"officer"}
    with operator_scope(bakery):
        done = [
            (each.kind, each.actor.id)
            for each in journal.entries(bakery, limit=50)
            if each.kind.startswith("staff.role") and each.actor.kind is ActorKind.STAFF
        ]
    assert sorted(done) == [
        ("staff.role-granted", str(olga.pk)),
        ("staff.role-revoked", str(olga.pk)),
    ]


def test_an_operator_is_never_left_without_an_officer(bakery, olga):
    with operator_scope(bakery):
        for undo in (
            lambda by: actions.take_role(bakery, olga.pk, "officer", by=by),
            lambda by: actions.switch_off(bakery, olga.pk, by=by),
        ):
            with pytest.raises(LastOfficer):
                undo(Actor(ActorKind.SYSTEM))
    assert inside(browser(olga))


def test_an_officer_reaches_only_the_staff_of_their_own_operator(bakery, olga):
    other = publish(SAMPLE)
    theirs = hire(other, "pavel", "clerk")
    boss = browser(olga)
    assert boss.get(f"{STAFF}{theirs.pk}/").status_code == 404
    for sent in (
        {"do": "link"},
        {"do": "switch-off"},
        {"do": "reset-factors"},
        {"give": "officer"},
    ):
        assert boss.post(f"{STAFF}{theirs.pk}/", sent).status_code == 404
        assert boss.post(f"/en/desk/{THERE}/staff/{theirs.pk}/", sent).status_code == 403
    assert inside(browser(theirs), f"/en/desk/{THERE}/")
    with operator_scope(bakery), pytest.raises(UnknownStaff):
        actions.issue_link(bakery, theirs.pk, by=as_staff(olga))


def test_inviting_somebody_elses_staff_gives_no_way_into_their_account(bakery, olga):
    other = publish(SAMPLE)
    theirs = hire(other, "pavel", "officer")
    give_app(browser(theirs))
    boss = browser(olga)
    assert boss.post(STAFF, {"name": "PAVEL", "role": "clerk"}).status_code == 302
    assert roles(bakery, theirs) == {"clerk"}
    assert not StaffInvitation.objects.exists()
    for sent in ({"do": "link"}, {"do": "reset-factors"}):
        assert boss.post(f"{STAFF}{theirs.pk}/", sent).status_code == 403
    with operator_scope(bakery), pytest.raises(WorksElsewhere):
        actions.reset_factors(bakery, theirs.pk, by=as_staff(olga))
    assert factors.kinds(theirs.pk)
    boss.post(f"{STAFF}{theirs.pk}/", {"do": "switch-off"})
    assert roles(bakery, theirs) == set()
    assert roles(other, theirs) == {"officer"}
    assert User.objects.get(pk=theirs.pk).is_active


def test_an_invitation_opens_an_account_once(bakery, olga):
    page = words(browser(olga).post(STAFF, {"name": "vera", "role": "clerk", "email": ""}))
    link = re.search(r"http://[^<]+(/en/[^<]+/welcome/[^<]+)</code>", page)[1]
    vera = User.objects.get(username="vera")
    assert not vera.has_usable_password()
    assert link.rstrip("/").rpartition("/")[2] not in str(list(StaffInvitation.objects.values()))
    stranger = browser()
    for _ in range(2):
        assert stranger.get(link).status_code == 200, "looking uses nothing up"
    typed = {"password": PASSWORD, "again": PASSWORD}
    weak = {"password": "vera", "again": "vera"}
    assert stranger.post(link, weak).status_code == 422
    assert stranger.post(link, typed).status_code == 302
    assert stranger.post(link, typed).status_code == 410
    assert stranger.get(link).status_code == 410
    client = browser()
    sign_in(client, "vera")
    assert inside(client)


def test_an_invitation_dies_of_age_and_when_it_is_replaced(bakery, olga):
    with operator_scope(bakery):
        first = actions.invite(bakery, "vera", "clerk", by=as_staff(olga))
        vera = User.objects.get(username="vera")
        second = actions.issue_link(bakery, vera.pk, by=as_staff(olga))
    assert browser().get(f"/en/{HERE}/welcome/{first}/").status_code == 410
    assert browser().get(f"/en/{HERE}/welcome/{second}/").status_code == 200
    with operator_scope(bakery):
        StaffInvitation.objects.update(expires_at=clock.machine() - timedelta(seconds=1))
    assert browser().get(f"/en/{HERE}/welcome/{second}/").status_code == 410


def test_an_invitation_of_one_operator_is_nothing_at_another(bakery, olga):
    publish(SAMPLE)
    with operator_scope(bakery):
        token = actions.invite(bakery, "vera", "clerk", by=as_staff(olga))
    assert browser().get(f"/en/{THERE}/welcome/{token}/").status_code == 410


@pytest.mark.parametrize("name", ["", "two words", "x" * 151, "<b>", "a\u200bb"])
def test_a_name_that_cannot_be_used_is_refused_with_what_to_do(bakery, olga, name):
    answer = browser(olga).post(STAFF, {"name": name, "role": "clerk"})
    assert answer.status_code == 422
    assert User.objects.count() == 1


def test_whoever_is_switched_off_is_out_at_once_and_stays_out(bakery, olga):
    nadia = hire(bakery, "nadia", "clerk")
    hers = browser(nadia)
    assert inside(hers)
    assert browser(olga).post(f"{STAFF}{nadia.pk}/", {"do": "switch-off"}).status_code == 302
    assert not inside(hers)
    assert sign_in(browser(), "nadia").status_code == 422
    page = words(browser(olga).post(STAFF, {"name": "nadia", "role": "auditor"}))
    assert "/welcome/" in page, "letting them in again begins with a new password"
    assert sign_in(browser(), "nadia").status_code == 422


def test_lost_factors_are_removed_by_an_officer_and_the_sessions_end(bakery, olga):
    nadia = hire(bakery, "nadia", "clerk")
    hers = browser(nadia)
    give_app(hers)
    browser(olga).post(f"{STAFF}{nadia.pk}/", {"do": "reset-factors"})
    assert not factors.listing(nadia.pk)
    assert not inside(hers)
    client = browser()
    sign_in(client, "nadia")
    assert inside(client)


def test_a_second_pair_of_eyes_can_be_demanded_before_factors_are_removed(bakery, olga):
    nadia = hire(bakery, "nadia", "clerk")
    give_app(browser(nadia))
    asked = []

    def refuse(operator_id, operation, actor, whom, role):
        asked.append((operation, actor.id, whom))
        raise NotAllowed("Somebody else has to approve this first.")

    before = approval._ask
    approval.install(refuse)
    try:
        answer = browser(olga).post(f"{STAFF}{nadia.pk}/", {"do": "reset-factors"})
    finally:
        approval.install(before)
    assert answer.status_code == 403
    assert asked == [(approval.RESET_FACTORS, str(olga.pk), str(nadia.pk))]
    assert factors.kinds(nadia.pk)
