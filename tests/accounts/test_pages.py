"""The pages about an account, as a browser asks for them, and the endpoints beside them."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.requests.conftest import post, words

from tutela.accounts import actions as accounts
from tutela.accounts import children
from tutela.accounts.models import Account
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity

TITLES = {"en": "Your account", "ru": "Ваша учётная запись"}


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("slug", ["amigo", "familami", "prohomeexchange"])
def test_a_person_sees_their_account_and_every_page_about_it(site, slug, language):
    here = site(slug)
    maria = here.person(here.register())
    for page in ("account/", "account/edit/", "account/delete/", "children/"):
        answer = maria.get(here.my(page, language))
        assert answer.status_code == 200, page
    assert TITLES[language] in words(maria.get(here.my("account/", language)))
    assert "Maria Sample" in words(maria.get(here.my("account/", language)))


@pytest.mark.parametrize("slug", ["amigo", "familami", "prohomeexchange", "amorealtor", "uslugi"])
def test_anybody_can_read_how_an_account_is_deleted_without_a_cookie(site, slug):
    site(slug)
    answer = Client().get(f"/en/{slug}/account/")
    assert answer.status_code == 200
    assert "Delete my account" in words(answer)
    assert not answer.cookies


def test_a_change_is_saved_and_a_wrong_one_loses_nothing_that_was_typed(site):
    here = site("amigo")
    subject = here.register()
    maria = here.person(subject)
    typed = {"full-name": "Мария 🌷 Новак", "phone": "no number", "city": "Berlin", "about": "<b>"}
    answer = post(maria, here.my("account/edit/"), **typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Мария 🌷 Новак" in page
    assert "no number" in page
    assert "&lt;b&gt;" in page
    assert post(maria, here.my("account/edit/"), **{**typed, "phone": ""}).status_code == 302
    assert "Мария 🌷 Новак" in words(maria.get(here.my("account/")))


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"full-name": "x" * 100_000},
        {"full-name": "\x00"},
        {"full-name": "\u202eמריה"},
        {"email": "eve@mail.example", "birth-date": "1900-01-01"},
        {"record": "x", "operator_id": "y"},
    ],
)
def test_whatever_is_sent_to_the_edit_page_gets_a_page(site, typed):
    here = site("prohomeexchange")
    maria = here.person(here.register())
    answer = post(maria, here.my("account/edit/"), **typed)
    assert answer.status_code in {302, 400, 422}
    assert "maria@mail.example" in words(maria.get(here.my("account/")))


def test_a_person_deletes_the_account_in_two_steps_and_is_signed_out(site):
    here = site("familami")
    maria = here.person(here.register())
    answer = post(maria, here.my("account/delete/"))
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "/en/familami/account/?deleted=1",
    )
    assert "Your account is deleted" in words(maria.get(answer.headers["Location"]))
    assert maria.get(here.my("account/")).status_code == 302


def test_the_rights_stay_after_the_account_is_gone(site):
    here = site("amigo")
    subject = here.register()
    post(here.person(subject), here.my("account/delete/"))
    again = here.person(subject)
    assert "is deleted" in words(again.get(here.my("account/")))
    assert "Maria Sample" in words(again.get(here.my("")))
    assert again.get(here.my("account/edit/")).status_code == 404


def test_a_guardian_makes_changes_and_closes_a_profile_on_the_page(site):
    here = site("familami")
    subject = here.register()
    maria = here.person(subject)
    path = here.my("children/")
    wrong = post(maria, path, **{"full-name": "Anna"})
    assert wrong.status_code == 422
    assert 'value="Anna"' in wrong.content.decode()
    right = {"full-name": "Anna", "birth-date": "2014-09-01", "consent-child-access": "on"}
    assert post(maria, path, **right).status_code == 302
    with operator_scope(here.id):
        (row,) = children.of(here.id, subject)
    child = str(row.subject)
    assert "Anna" in words(maria.get(path))
    answer = post(maria, f"{path}?child={child}", action=path, child=child, **{"full-name": "Ann"})
    assert answer.status_code == 302
    assert "Ann" in words(maria.get(path))
    assert post(maria, f"{path}?close={child}", action=path, close=child).status_code == 302
    with operator_scope(here.id):
        assert children.of(here.id, subject) == []


@pytest.mark.parametrize("named", ["nobody", "00000000-0000-0000-0000-000000000000"])
def test_a_child_of_somebody_else_is_not_there(site, named):
    here = site("familami")
    maria = here.person(here.register())
    for what in ("child", "close"):
        assert maria.get(f"{here.my('children/')}?{what}={named}").status_code == 404


def test_documents_are_accepted_on_the_page(site):
    here = site("familami")
    subject = here.register()
    maria = here.person(subject)
    assert "limited for now" in words(maria.get(here.my("account/")))
    assert post(maria, here.my("account/"), document="user-agreement").status_code == 302
    assert post(maria, here.my("account/"), document="agreement-on-certificates").status_code == 302
    with operator_scope(here.id):
        assert accounts.demand(here.id, subject).state == "open"
    assert post(maria, here.my("account/edit/"), document="x").status_code in {302, 422}


def test_a_registration_from_before_accounts_were_kept_is_entered_when_it_is_looked_at(site):
    here = site("amigo")
    subject = here.register()
    with operator_scope(here.id):
        Account.objects.all().delete()
        assert accounts.demand(here.id, subject).state == "open"
        assert identity.subject(here.id, subject).destroyed_at is None
