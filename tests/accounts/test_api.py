"""Accounts as the operator's own site uses them, through the Python client."""

from __future__ import annotations

import httpx
import pytest
from django.test import Client
from tests.accounts.conftest import OPERATORS, VALUES
from tests.api.conftest import Shop

from tutela.api.limits import BUCKETS
from tutela_client import Conflict, Invalid, NotFound, Tutela

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
