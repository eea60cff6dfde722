"""Hand-over tokens: one step to one's own pages, and every way to cheat that was thought of."""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection
from django.test import Client
from tests.requests.conftest import SLUG, my, public, words

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.identity import handover, limits, tokens
from tutela.identity.models import HandoverToken, Reference
from tutela.jobs import engine
from tutela.journal import actions as journal
from tutela.requests.arrivals import audience

SITE = "https://shop.example"
PAGE = public("hand-over/")
HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "hand-people-over.md"


def pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class Site:
    """The operator's own site with a registered key."""

    def __init__(self, house) -> None:
        self.house = house
        self.key = Ed25519PrivateKey.generate()
        self.register("k1", self.key)

    def register(self, kid, key, **changes):
        with operator_scope(self.house.id):
            handover.register_key(self.house.id, kid, SITE, pem(key), **changes)

    def token(self, *, key=None, kid="k1", headers=None, **claims):
        now = int(clock.now().timestamp())
        said = {
            "iss": SITE,
            "aud": audience(SLUG),
            "sub": "customer-17",
            "iat": now,
            "exp": now + 60,
            "jti": new_id().hex,
        } | claims
        said = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(
            said, key or self.key, algorithm="EdDSA", headers={"kid": kid, **(headers or {})}
        )

    def send(self, token, *, client=None, origin=SITE):
        headers = {"origin": origin} if origin else {}
        client = client or Client(raise_request_exception=False, enforce_csrf_checks=True)
        return client.post(PAGE, {"token": token}, headers=headers)

    def why(self):
        with operator_scope(self.house.id):
            rows = journal.entries(self.house.id, kinds=["handover.sign-in-failed"], limit=100)
        return [each.data["why"] for each in rows]


@pytest.fixture
def site(house):
    return Site(house)


def test_one_step_opens_the_pages_of_whoever_has_the_verified_address(site):
    known = site.house.send("order").subject
    client = Client()
    token = site.token(email="maria@mail.example", email_verified=True)
    answer = site.send(token, client=client)
    assert (answer.status_code, answer.headers["Location"]) == (302, my(""))
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Maria Sample" in words(client.get(my("")))
    with operator_scope(site.house.id):
        assert [each.subject_id for each in Reference.objects.all()] == [known]
    again = Client()
    site.send(site.token(), client=again)
    assert "Maria Sample" in words(again.get(my(""))), "from now on the reference is enough"


def test_an_address_that_the_site_has_not_verified_opens_nobody_s_data(site):
    site.house.send("order")
    for said in (False, "true", None, 1):
        client = Client()
        email = {"email": "maria@mail.example", "email_verified": said}
        site.send(site.token(sub=f"c-{said}", **email), client=client)
        assert "Maria" not in words(client.get(my("")))


def test_two_customers_of_the_site_are_two_people(site):
    first, second = Client(), Client()
    site.send(site.token(sub="a"), client=first)
    site.send(site.token(sub="b"), client=second)
    with operator_scope(site.house.id):
        assert len({each.subject_id for each in Reference.objects.all()}) == 2


def test_a_replayed_token_is_refused(site):
    token = site.token()
    assert site.send(token).status_code == 302
    assert site.send(token).status_code == 403
    assert site.why() == ["replayed"]


def test_a_forged_token_is_refused(site):
    stranger = Ed25519PrivateKey.generate()
    assert site.send(site.token(key=stranger)).status_code == 403
    head, _body, signature = site.token().split(".")
    claims = {"iss": SITE, "aud": audience(SLUG), "sub": "victim", "jti": "12345678"}
    other = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    assert site.send(f"{head}.{other}.{signature}").status_code == 403
    assert site.why() == ["forged", "forged"]


def test_a_token_without_a_signature_is_refused(site):
    claims = jwt.decode(site.token(), options={"verify_signature": False})
    unsigned = jwt.encode(claims, None, algorithm="none", headers={"kid": "k1"})
    assert site.send(unsigned).status_code == 403
    assert site.why() == ["wrong-algorithm"]


def test_a_token_signed_with_the_public_key_as_a_password_is_refused(site):
    head = {"alg": "HS256", "typ": "JWT", "kid": "k1"}
    part = [base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in (head, {})]
    import hashlib  # noqa: PLC0415
    import hmac  # noqa: PLC0415

    mac = hmac.new(pem(site.key).encode(), b".".join(part), hashlib.sha256).digest()
    token = b".".join([*part, base64.urlsafe_b64encode(mac).rstrip(b"=")]).decode()
    assert site.send(token).status_code == 403
    assert site.why() == ["wrong-algorithm"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"aud": "https://privacy.example/another/"}, "wrong-audience"),
        ({"aud": None}, "malformed"),
        ({"iss": "https://evil.example"}, "wrong-issuer"),
        ({"sub": ""}, "malformed"),
        ({"sub": "x" * 201}, "malformed"),
        ({"jti": "short"}, "malformed"),
        ({"jti": None}, "malformed"),
        ({"exp": None}, "malformed"),
        ({"exp": "soon"}, "malformed"),
        ({"iat": 0}, "malformed"),
        ({"email": ["x"], "email_verified": True}, "malformed"),
    ],
)
def test_a_token_that_says_something_else_is_refused(site, changes, why):
    assert site.send(site.token(**changes)).status_code == 403
    assert site.why() == [why]


def test_a_token_dies_after_its_time_and_the_skew_of_clocks(site):
    now = int(clock.now().timestamp())
    assert site.send(site.token(iat=now - 89, exp=now - 29)).status_code == 302
    assert site.send(site.token(iat=now - 90, exp=now - 30)).status_code == 403
    assert site.send(site.token(iat=now + 30, exp=now + 90)).status_code == 302
    assert site.send(site.token(iat=now + 31, exp=now + 90)).status_code == 403
    assert site.send(site.token(exp=now + 121)).status_code == 403
    assert site.send(site.token(exp=now - 1)).status_code == 403
    assert site.why() == ["expired", "not-yet", "too-long", "too-long"]


def test_a_form_of_a_third_site_signs_nobody_in(site):
    for origin in ("https://evil.example", "null", "", "https://shop.example.evil.example"):
        assert site.send(site.token(), origin=origin).status_code == 403
    assert set(site.why()) == {"wrong-origin"}


def test_a_key_that_was_ended_or_never_registered_opens_nothing_and_a_new_one_follows(site):
    assert site.send(site.token(kid="k9")).status_code == 403
    new = Ed25519PrivateKey.generate()
    site.register("k2", new)
    assert site.send(site.token(key=new, kid="k2")).status_code == 302
    assert site.send(site.token()).status_code == 302, "both stand while one follows the other"
    with operator_scope(site.house.id):
        assert handover.end_key(site.house.id, "k1")
        assert not handover.end_key(site.house.id, "k1")
    assert site.send(site.token()).status_code == 403
    assert site.send(site.token(key=new, kid="k2")).status_code == 302
    assert site.why() == ["unknown-key", "unknown-key"]


def test_a_key_of_one_operator_opens_nothing_at_another(site):
    other = new_id()
    with operator_scope(other), pytest.raises(handover.NotHandedOver):
        handover.accept(other, site.token(), audience=audience(SLUG), origin=SITE)


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "." * 5000, "e30.e30.e30", "\u0000x"])
def test_nonsense_is_refused_in_a_sentence(site, token):
    answer = site.send(token)
    assert answer.status_code in {400, 403}
    assert "Traceback" not in answer.content.decode()


def test_who_tries_tokens_again_and_again_is_told_to_wait(site):
    statuses = [site.send("nonsense").status_code for _ in range(3)]
    assert statuses == [403] * 3
    with operator_scope(site.house.id):
        for _ in range(limits.OPENINGS_PER_SOURCE.shared):
            limits.OPENINGS_PER_SOURCE.spend(site.house.id, "")
    assert site.send("nonsense").status_code == 429


def test_the_identifier_of_the_site_stands_in_no_table(site):
    site.send(site.token(sub="customer-secret-17"))
    with connection.cursor() as cursor, operator_scope(site.house.id):
        cursor.execute(
            "SELECT r::text FROM identity_reference r UNION ALL "
            "SELECT t::text FROM identity_handover_token t UNION ALL "
            "SELECT j::text FROM journal_entry j"
        )
        assert "customer-secret" not in " ".join(text for (text,) in cursor.fetchall())


def test_nothing_links_a_destroyed_person_to_the_site_any_more(site):
    site.send(site.token())
    with operator_scope(site.house.id):
        (first,) = Reference.objects.values_list("subject_id", flat=True)
        identity.mark_destroyed(site.house.id, first)
        assert not Reference.objects.exists()
    site.send(site.token())
    with operator_scope(site.house.id):
        (second,) = Reference.objects.values_list("subject_id", flat=True)
    assert first != second


def test_tokens_used_up_are_forgotten_when_they_could_not_be_used_anyway(site):
    site.send(site.token())
    site.house.at.set(clock.now() + timedelta(minutes=5))
    engine.run_now()
    with operator_scope(site.house.id):
        assert not HandoverToken.objects.exists()


@pytest.mark.parametrize("issuer", ["shop.example", "https://shop.example/", "ftp://shop.example"])
def test_a_key_is_registered_for_the_origin_of_a_site_only(site, issuer):
    with operator_scope(site.house.id), pytest.raises(handover.BadKey):
        handover.register_key(site.house.id, "k3", issuer, pem(site.key))


def test_only_an_ed25519_public_key_is_registered_and_each_name_once(site):
    with operator_scope(site.house.id):
        with pytest.raises(handover.BadKey):
            handover.register_key(site.house.id, "k3", SITE, "not a key")
        with pytest.raises(handover.KeyTaken):
            handover.register_key(site.house.id, "k1", SITE, pem(site.key))
        assert [each.kid for each in handover.keys(site.house.id)] == ["k1"]


def test_the_example_of_the_how_to_page_is_taken(site, monkeypatch):
    example = re.search(r"```python\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)[1]
    made: dict = {}
    exec(example, made)  # noqa: S102 - our own page
    monkeypatch.setattr(made["time"], "time", lambda: clock.now().timestamp())
    with operator_scope(site.house.id):
        handover.register_key(site.house.id, "site-2026", SITE, pem(site.key))
    token = made["handover_token"](site.key, "c-1", "maria@mail.example", audience(SLUG))
    assert site.send(token).status_code == 302
    assert tokens.key_of(token) == "site-2026"
