"""An officer says at the desk which sites hand people over."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.gate.test_pages import client, opened
from tests.requests.conftest import post, words

from tutela.db.scope import operator_scope
from tutela.identity import handover
from tutela.journal import actions as journal

PAGE = "/en/desk/lark-bakery/sites/"


def public_key() -> str:
    key = Ed25519PrivateKey.generate().public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture
def shop(db, at):
    return opened()


@pytest.fixture
def officer(shop):
    return client(shop, "ann", "officer")


def given(**changes: str) -> dict[str, str]:
    sent = {"kid": "site-2026", "issuer": "https://shop.example", "key": public_key()}
    return {**sent, "until": "", **changes}


def test_a_key_is_added_and_believed_no_more(shop, officer):
    assert post(officer, PAGE, **given()).status_code == 302
    page = words(officer.get(PAGE))
    assert "site-2026" in page
    assert "https://shop.example" in page
    with operator_scope(shop):
        (row,) = handover.keys(shop)
        assert row.until is None
    answer = post(officer, PAGE, action=f"{PAGE}end/", kid="site-2026")
    assert answer.status_code == 302
    with operator_scope(shop):
        (row,) = handover.keys(shop)
        assert row.until is not None
        kinds = ["handover.key-registered", "handover.key-ended"]
        entries = journal.entries(shop, kinds=kinds)
    assert [each.kind for each in entries] == kinds
    assert {(str(each.actor.kind), each.automated) for each in entries} == {("staff", False)}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"key": "no key"}, "no Ed25519 public key"),
        ({"key": ""}, "Paste the Ed25519"),
        ({"issuer": "https://shop.example/page"}, "origin of the site alone"),
        ({"issuer": "http://["}, "origin of the site alone"),
        ({"kid": "два слова"}, "Latin letters"),
        ({"until": "2001-01-01"}, "This day is over"),
        ({"until": "soon"}, "Write the day as"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_lost(officer, changes, told):
    sent = given(**changes)
    answer = post(officer, PAGE, **sent)
    assert answer.status_code == 422
    assert told in words(answer)
    for name in {"kid", "issuer"} - changes.keys():
        assert sent[name] in answer.content.decode()


def test_a_name_is_taken_once(officer):
    post(officer, PAGE, **given())
    assert "registered already" in words(post(officer, PAGE, action=PAGE, **given()))


def test_a_clerk_reaches_neither_page(shop):
    clerk = client(shop, "cat", "clerk")
    assert clerk.get(PAGE).status_code == 403


def test_a_key_nobody_registered_is_told(shop, officer):
    post(officer, PAGE, **given())
    answer = post(officer, PAGE, action=f"{PAGE}end/", kid="another")
    assert (answer.status_code, "no key" in words(answer)) == (404, True)
