"""Accounts as the operator's own site uses them, through the Python client."""

from __future__ import annotations

import httpx
import pytest
from django.test import Client
from tests.accounts.conftest import OPERATORS, VALUES
from tests.api.conftest import Shop

from tutela.api.limits import BUCKETS
from tutela_client import Conflict, Invalid, NotFound, Refused, Tutela

CHILD = {"full-name": "Anna Sample", "birth-date": "2014-09-01"}


class Wire(httpx.BaseTransport):
    """Hands the client's requests to Django in this process."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        told = Client(raise_request_exception=False).generic(
            request.method,
            request.url.raw_path.decode(),
            request.read(),
            content_type=request.headers.get("content-type", "application/json"),
            headers={
                name: value
                for name, value in request.headers.items()
                if name not in {"content-type", "content-length", "host"}
            },
        )
        return httpx.Response(told.status_code, headers=dict(told.headers), content=told.content)


@pytest.fixture
def client(site):
    def of(slug: str) -> Tutela:
        BUCKETS.__init__()
        site(slug)
        shop = Shop(OPERATORS / slug)
        return Tutela("http://here.example", shop.application().key, transport=Wire(), retries=0)

    return of


def registered(tutela: Tutela, point: str, purpose: str):
    values = {slug: VALUES[slug] for slug in ("full-name", "email", "birth-date")}
    return tutela.send_form(point, values, consents=[purpose], language="en").subject


def test_a_site_opens_limits_and_deletes_an_account_with_its_tokens(client):
    tutela = client("familami")
    maria = registered(tutela, "account", "app-access")
    account = tutela.account(maria)
    assert (account.state, set(account.to_accept)) == (
        "limited",
        {"user-agreement", "agreement-on-certificates"},
    )
    assert tutela.accept_documents(maria, account.to_accept).state == "open"
    with pytest.raises(NotFound):
        tutela.accept_documents(maria, ["another"])
    token = tutela.issue_token(maria, "application")
    assert tutela.whose_token(token) == maria
    over = tutela.delete_account(maria, idempotency_key="a-deletion-done-once")
    assert tutela.delete_account(maria, idempotency_key="a-deletion-done-once") == over
    assert over.account.state == "closed"
    assert "destroy-after-account" in {each.promise for each in over.obligations}
    assert tutela.whose_token(token) is None
    with pytest.raises(NotFound):
        tutela.issue_token(maria, "application")
    with pytest.raises(NotFound):
        tutela.delete_account(maria)


def test_a_site_makes_a_childs_profile_under_its_guardian(client):
    tutela = client("familami")
    maria = registered(tutela, "account", "app-access")
    with pytest.raises(Invalid):
        tutela.add_child(maria, CHILD, consents=[], language="en")
    anna = tutela.add_child(maria, CHILD, consents=["child-access"], language="en")
    (child,) = tutela.children(maria)
    assert (child.subject, child.state) == (anna, "open")
    assert [each.mode for each in tutela.consent_history(anna)] == ["by-guardian"]
    tutela.delete_account(anna)
    assert tutela.children(maria) == ()


def test_an_operator_without_children_says_so(client):
    tutela = client("amigo")
    maria = registered(tutela, "account", "profile")
    with pytest.raises(Conflict):
        tutela.add_child(maria, CHILD, consents=[], language="en")


def test_somebody_without_an_account_has_none_and_is_not_an_error(client):
    tutela = client("amigo")
    someone = tutela.create_subject("user", "en").subject
    assert tutela.account(someone).state == "none"
    assert tutela.children(someone) == ()


NEEDED = ("name", "city", "mobile", "identification-number", "email")
AD = {"full-name": "Maria Sample", "email": "maria@mail.example", "ad-text": "I sell a sofa."}


def test_a_site_publishes_what_the_person_ticked_and_shows_that_alone(client):
    tutela = client("amigo")
    maria = tutela.send_form("ad", AD, consents=["ads"], language="en").subject
    (mine,) = tutela.public_records(maria)
    assert (mine.public, mine.listing) == ((), None)
    card = {"ad-text": "Pay to 4111 1111 1111 1111"}
    with pytest.raises(Invalid) as refused:
        tutela.publish(maria, mine.record, ["ad-text"], language="en", changes=card)
    assert "4111" not in str(refused.value)
    listing = tutela.publish(maria, mine.record, ["ad-text"], language="en")
    assert [each.listing for each in tutela.listings()] == [listing]
    shown = tutela.public(listing)
    assert (shown.values, shown.purpose) == ({"ad-text": "I sell a sofa."}, "ads")
    tutela.take_back(maria, mine.record)
    assert tutela.public(listing) is None
    assert tutela.listings() == ()


def test_a_site_keeps_a_rough_place_with_permission_and_removes_it(client):
    tutela = client("uslugi")
    values = {slug: VALUES[slug] for slug in NEEDED}
    anna = tutela.send_form("account", values, consents=["service"], language="ru").subject
    with pytest.raises(Refused):
        tutela.keep_location(anna, latitude=43.238949, longitude=76.889709)
    texts = [tutela.consent_text("distribution", "ru")]
    tutela.give_consents(anna, texts, language="ru", point="location")
    tutela.keep_location(anna, latitude=43.238949, longitude=76.889709)
    (held,) = [each for each in tutela.records(anna) if each.point == "location"]
    assert held.fields == ("geolocation",)
    for wrong in ({"latitude": 43.2}, {"latitude": 1, "longitude": 1, "address": "Almaty"}):
        with pytest.raises(Invalid):
            tutela.keep_location(anna, **wrong)
    assert tutela.remove_location(anna)
    assert [each for each in tutela.records(anna) if each.point == "location" and each.fields] == []


def test_a_site_counts_visits_and_cannot_send_who_they_were(client):
    tutela = client("prohomeexchange")
    seen = {"page": "home", "device": "phone", "language": "en", "visits": 40}
    assert tutela.count_visits([seen, seen | {"page": "a-name"}]) == 2
    with pytest.raises(Invalid):
        tutela.count_visits([seen | {"visitor": "maria"}])
    with pytest.raises(Conflict):
        client("amigo").count_visits([seen])
