"""The desk's pages of the gate, as the people use them who may and who may not."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from tests.gate.office import bakery
from tests.requests.conftest import post, words

from tutela import app
from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate import approvals
from tutela.identity import actions as identity
from tutela.policy import actions as policies

DESK = "/en/desk/lark-bakery/"


def opened(*sections: str) -> UUID:
    app.wire()
    policies.publish(bakery(*sections))
    return policies.operator_id("lark-bakery")


def client(shop: UUID, name: str, role: str) -> Client:
    user = User.objects.create_user(name)
    with operator_scope(shop):
        identity.grant_role(shop, user.pk, role)
    made = Client(raise_request_exception=False)
    made.force_login(user)
    return made


@pytest.fixture
def shop(db: None, at: clock.ManualClock) -> UUID:
    return opened("decisions", "four_eyes")


TYPED = {"operations": "use", "ground": "policy", "interest": "serves"}


def test_a_decision_goes_from_a_clerk_to_an_officer_and_is_revoked(shop: UUID) -> None:
    clerk, officer = client(shop, "cat", "clerk"), client(shop, "ann", "officer")
    page = post(clerk, f"{DESK}decisions/propose/", **TYPED).headers["Location"]
    assert "You have proposed this." in words(clerk.get(page))
    assert post(clerk, page, action=f"{page}settle/", how="agree").status_code == 403
    assert "1 proposal waits" in words(officer.get(f"{DESK}decisions/"))
    assert post(officer, page, action=f"{page}settle/", how="agree").status_code == 302
    assert "The decision is in force" in words(officer.get(page))
    assert post(officer, page, action=f"{page}settle/", how="agree").status_code == 409
    assert post(officer, page, action=f"{page}settle/", how="end").status_code == 302
    assert "The decision has ended." in words(clerk.get(page))


def test_an_officer_does_not_decide_what_they_proposed(shop: UUID) -> None:
    officer = client(shop, "ann", "officer")
    page = post(officer, f"{DESK}decisions/propose/", **TYPED).headers["Location"]
    assert "Agree" not in words(officer.get(page))
    assert post(officer, page, action=f"{page}settle/", how="agree").status_code == 403
    assert post(officer, page, action=f"{page}settle/", how="end").status_code == 302


def test_an_auditor_reads_and_proposes_nothing(shop: UUID) -> None:
    auditor = client(shop, "eve", "auditor")
    for path in ("access/", "access/roles/", "decisions/", "explain/"):
        assert auditor.get(DESK + path).status_code == 200
    assert auditor.get(f"{DESK}decisions/propose/").status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"operations": ""},
        {"operations": "sale"},
        {"act": "destroy-person"},
        {"ground": ""},
        {"interest": "none"},
        {"person": "ann@example.org"},
        {"purpose": "resale"},
        {"until": "soon"},
        {"until": "2024-01-01"},
    ],
)
def test_a_proposal_that_cannot_be_comes_back_with_what_was_typed(shop: UUID, wrong) -> None:
    clerk = client(shop, "cat", "clerk")
    typed = {key: value for key, value in (TYPED | wrong).items() if value}
    answer = post(clerk, f"{DESK}decisions/propose/", **typed)
    assert answer.status_code == 422
    assert "to put right" in words(answer)
    if "interest" not in wrong:
        assert re.search(r'<option value="serves" selected', answer.content.decode())
    with operator_scope(shop):
        assert approvals.listing(shop) == []


@pytest.mark.parametrize("path", ["decisions/{}/", "decisions/{}/settle/"])
def test_a_decision_that_is_not_there_is_not_found(shop: UUID, path: str) -> None:
    officer = client(shop, "ann", "officer")
    address = DESK + path.format(uuid4())
    if path.endswith("settle/"):
        page = post(officer, f"{DESK}decisions/propose/", **TYPED).headers["Location"]
        assert post(officer, page, action=f"{page}settle/", how="dance").status_code == 404
    else:
        assert officer.get(address).status_code == 404


def test_why_is_told_with_rule_and_what_would_have_to_change(shop: UUID, at) -> None:
    officer, person = client(shop, "ann", "officer"), uuid4()
    asked = {"what": "use", "purpose": "orders", "who": "system", "person": str(person)}
    said = words(post(officer, f"{DESK}explain/", **asked))
    assert "It is refused" in said
    assert "Ask for consent first." in said
    assert "A legal basis carries the purpose for this person refuses it" in said
    earlier = asked | {"day": "2024-01-01"}
    answer = post(officer, f"{DESK}explain/", **earlier)
    assert answer.status_code == 422
    assert "no policy in force at that moment" in words(answer)
    for wrong in ({"what": "sale"}, {"person": "Ann"}, {"hour": "noon"}, {"who": "staff/king"}):
        assert post(officer, f"{DESK}explain/", **(asked | wrong)).status_code == 422


def test_until_staff_have_acknowledged_every_page_leads_to_the_policy(db: None, at) -> None:
    shop = opened("access", "roles")
    clerk = client(shop, "cat", "clerk")
    for path in ("", "people/", "access/", "decisions/"):
        assert clerk.get(DESK + path).headers["Location"] == f"{DESK}acknowledge/"
    page = clerk.get(f"{DESK}acknowledge/")
    assert "Until you have acknowledged" in words(page)
    assert post(clerk, f"{DESK}acknowledge/").status_code == 302
    assert "You acknowledged version 1" in words(clerk.get(f"{DESK}acknowledge/"))
    assert clerk.get(f"{DESK}people/").status_code == 200
    policies.publish(bakery("access", "roles", number=2))
    assert clerk.get(f"{DESK}people/").status_code == 302


def test_roles_are_looked_over_on_one_page_and_never_ones_own(db: None, at) -> None:
    shop = opened("roles")
    officer = client(shop, "ann", "officer")
    baker = User.objects.create_user("bob")
    with operator_scope(shop):
        identity.grant_role(shop, baker.pk, "baker")
    said = words(officer.get(f"{DESK}access/"))
    assert "bob" in said
    assert "Baker" in said
    confirm = f"{DESK}access/confirm/"
    page = f"{DESK}access/"
    assert post(officer, page, action=confirm, holder=f"{baker.pk}/baker").status_code == 302
    assert "by ann" in words(officer.get(page))
    own = User.objects.get(username="ann").pk
    for holder, status in (
        (f"{own}/officer", 403),
        (f"{baker.pk}/officer", 400),
        ("x", 404),
        ("9" * 40, 404),
    ):
        assert post(officer, page, action=confirm, holder=holder).status_code == status


def test_a_role_of_the_operators_own_opens_what_the_role_opens_that_it_is_like(
    db: None, at
) -> None:
    shop = opened("roles")
    baker = client(shop, "bob", "baker")
    assert baker.get(f"{DESK}people/").status_code == 200
    assert baker.get(f"{DESK}decisions/propose/").status_code == 200
    table = words(client(shop, "ann", "officer").get(f"{DESK}access/roles/"))
    assert "Baker “Taking and delivering orders” collection, recording" in table


def test_the_pages_speak_russian(shop: UUID) -> None:
    officer = client(shop, "ann", "officer")
    with operator_scope(shop):
        assert gate.standing(shop, uuid4()).consents == {}
    for path, said in (
        ("access/", "У кого какая роль?"),
        ("access/roles/", "Что может каждая роль?"),
        ("decisions/", "Кто что решил?"),
        ("decisions/propose/", "Что нужно решить?"),
        ("explain/", "Почему это разрешено или запрещено?"),
        ("acknowledge/", "Вы знаете, что исполняете?"),
    ):
        text = words(officer.get(f"/ru/desk/lark-bakery/{path}"))
        assert said in text
        assert not re.search(r"\b(the|of|is)\b", text), text
