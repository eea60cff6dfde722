"""Sign-in through a real OpenID provider over HTTP, and the attacks on it."""

from __future__ import annotations

import base64
import hmac
import json
import urllib.error
import urllib.request
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from django.contrib.auth.models import User
from oidc_provider_mock import run_server_in_thread
from tests.identity.staff import HERE, MINIMAL, browser, give_app, hire, inside, publish

from tutela import app
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.identity.staff.models import StaffLink

app.wire()
# of the library that the provider is made of
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")
BEGIN, BACK = "/en/desk/sign-in/provider/", "/en/desk/sign-in/provider/back/"
TUTELA = "tutela:desk"


@pytest.fixture(scope="module")
def provider() -> str:
    with run_server_in_thread(require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def site(db, settings, provider):
    settings.TUTELA_OIDC_ISSUER = provider
    settings.TUTELA_OIDC_CLIENT_ID = TUTELA
    settings.TUTELA_OIDC_CLIENT_SECRET = "a secret of two"
    settings.TUTELA_OIDC_LINK_BY_EMAIL = True
    return publish(MINIMAL)


@pytest.fixture
def nadia(site) -> User:
    return hire(site, "nadia", "officer", email="nadia@example.org")


def know(provider: str, subject: str, **claims: object) -> None:
    asked = urllib.request.Request(  # noqa: S310 - the provider of this test
        f"{provider}/users/{subject}",
        json.dumps(claims).encode(),
        {"Content-Type": "application/json"},
        method="PUT",
    )
    urllib.request.urlopen(asked).close()  # noqa: S310


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def agree(address: str, subject: str) -> str:
    """What the provider sends the browser back with, once ``subject`` has signed in there."""
    form = urlencode({"sub": subject}).encode()
    asked = urllib.request.Request(address, form)  # noqa: S310 - the provider of this test
    try:
        urllib.request.build_opener(_Stay).open(asked)
    except urllib.error.HTTPError as answer:
        with answer:
            return urlsplit(answer.headers["Location"]).query
    raise AssertionError("The provider sent nobody back.")


def through(client, subject: str):
    sent = agree(client.get(BEGIN).headers["Location"], subject)
    return client.get(f"{BACK}?{sent}")


VERIFIED = {"email": "nadia@example.org", "email_verified": True}


def test_an_identity_with_a_verified_address_opens_the_one_account_that_has_it(provider, nadia):
    know(provider, "n-1", **VERIFIED)
    client = browser()
    assert through(client, "n-1").headers["Location"] == "/en/desk/"
    assert inside(client)
    know(provider, "n-1", email="moved@example.org", email_verified=True)
    again = browser()
    through(again, "n-1")
    assert inside(again), "the link is to who they are there, not to the address"
    (link,) = StaffLink.objects.all()
    assert "n-1" not in link.digest


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nadia@example.org", "email_verified": False},
        {"email": "nadia@example.org"},
        {"email": "nadia@example.org", "email_verified": "true"},
        {"email": "stranger@example.org", "email_verified": True},
        {},
    ],
)
def test_an_unverified_or_unknown_address_opens_nothing_and_registers_nobody(
    provider, nadia, claims
):
    know(provider, "m-1", **claims)
    client = browser()
    assert through(client, "m-1").status_code == 403
    assert not inside(client)
    assert User.objects.count() == 1


def test_addresses_link_nobody_unless_the_installation_allows_it(provider, nadia, settings):
    settings.TUTELA_OIDC_LINK_BY_EMAIL = False
    know(provider, "n-2", **VERIFIED)
    client = browser()
    assert through(client, "n-2").status_code == 403
    mine = browser(nadia)
    sent = agree(mine.get("/en/desk/account/provider/").headers["Location"], "n-2")
    assert mine.get(f"{BACK}?{sent}").headers["Location"] == "/en/desk/account/"
    through(client, "n-2")
    assert inside(client)


def test_an_address_of_two_accounts_opens_neither(provider, site, nadia):
    hire(site, "double", "clerk", email="Nadia@example.org")
    know(provider, "n-3", **VERIFIED)
    assert through(browser(), "n-3").status_code == 403


def test_an_answer_planted_in_another_browser_signs_nobody_in(provider, nadia):
    """Login CSRF: the attacker's own answer is sent to the victim's browser."""
    know(provider, "n-4", **VERIFIED)
    attacker, victim = browser(), browser()
    sent = agree(attacker.get(BEGIN).headers["Location"], "n-4")
    assert victim.get(f"{BACK}?{sent}").status_code == 403
    victim.get(BEGIN)
    assert victim.get(f"{BACK}?{sent}").status_code == 403
    assert not inside(victim)


def test_a_code_of_another_sign_in_is_refused_by_its_nonce(provider, nadia):
    """The attacker's state is replaced by the victim's own; the token was made for another."""
    know(provider, "n-5", **VERIFIED)
    attacker, victim = browser(), browser()
    stolen = parse_qs(agree(attacker.get(BEGIN).headers["Location"], "n-5"))["code"][0]
    state = parse_qs(urlsplit(victim.get(BEGIN).headers["Location"]).query)["state"][0]
    answer = victim.get(BACK, {"code": stolen, "state": state})
    assert answer.status_code in {403, 502}
    assert not inside(victim)


def test_an_answer_works_once(provider, nadia):
    know(provider, "n-6", **VERIFIED)
    client = browser()
    sent = agree(client.get(BEGIN).headers["Location"], "n-6")
    client.get(f"{BACK}?{sent}")
    client.post("/en/desk/sign-out/")
    assert client.get(f"{BACK}?{sent}").status_code == 403
    assert not inside(client)


def test_an_answer_that_names_another_issuer_is_refused(provider, nadia):
    """Mix-up (RFC 9207)."""
    know(provider, "n-7", **VERIFIED)
    client = browser()
    sent = agree(client.get(BEGIN).headers["Location"], "n-7")
    assert client.get(f"{BACK}?{sent}&iss=https://evil.example").status_code == 403
    assert not inside(client)


def test_a_provider_that_calls_itself_otherwise_is_refused(provider, nadia, settings):
    settings.TUTELA_OIDC_ISSUER = provider.replace("localhost", "127.0.0.1") + "/"
    assert browser().get(BEGIN).status_code == 502


def test_a_provider_that_does_not_answer_gets_a_sentence(nadia, settings):
    settings.TUTELA_OIDC_ISSUER = "http://localhost:9"
    answer = browser().get(BEGIN)
    assert answer.status_code == 502
    settings.TUTELA_OIDC_ISSUER = "http://provider.example"
    assert browser().get(BEGIN).status_code == 502, "never without TLS to another machine"


@pytest.mark.parametrize(
    ("change", "sign_with"),
    [
        ({}, "other key"),
        ({"aud": "another client"}, "its key"),
        ({"iss": "https://evil.example"}, "its key"),
        ({"exp": 1}, "its key"),
        ({"nonce": "another"}, "its key"),
        ({"azp": "another client"}, "its key"),
        ({}, "nothing"),
        ({}, "the public key as a secret"),
    ],
)
def test_a_forged_token_is_refused(site, settings, change, sign_with):
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    from tutela.core.errors import TutelaError  # noqa: PLC0415
    from tutela.identity.staff import provider as ours  # noqa: PLC0415

    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    public = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": "1"}
    now = 2_000_000_000
    said = {"iss": settings.TUTELA_OIDC_ISSUER, "sub": "n", "aud": TUTELA, "nonce": "right"}
    said |= {"iat": 1, "exp": now} | change
    signed = {
        "its key": lambda: jwt.encode(said, key, "ES256", {"kid": "1"}),
        "other key": lambda: jwt.encode(said, other, "ES256", {"kid": "1"}),
        "nothing": lambda: jwt.encode(said, "", "none", {"kid": "1"}),
        "the public key as a secret": lambda: _by_hand(said, json.dumps(public)),
    }
    good = jwt.encode(said | _right(settings, now), key, "ES256", {"kid": "1"})
    found = {"issuer": settings.TUTELA_OIDC_ISSUER, "jwks_uri": _served({"keys": [public]})}
    assert ours._verified(found, good, "right")["sub"] == "n"
    with pytest.raises(TutelaError):
        ours._verified(found, signed[sign_with](), "right")


def _by_hand(said: dict[str, object], secret: str) -> str:
    """Signed with a secret that everybody knows; no library would do it."""
    parts = [_packed(json.dumps(each).encode()) for each in ({"alg": "HS256", "kid": "1"}, said)]
    signature = hmac.digest(secret.encode(), ".".join(parts).encode(), "sha256")
    return ".".join([*parts, _packed(signature)])


def _packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _right(settings, now: int) -> dict[str, object]:
    return {
        "iss": settings.TUTELA_OIDC_ISSUER,
        "sub": "n",
        "aud": TUTELA,
        "nonce": "right",
        "iat": 1,
        "exp": now,
        "azp": TUTELA,
    }


def _served(document: dict[str, object]) -> str:
    """The document at an address of a real server that lives as long as the tests."""
    import http.server  # noqa: PLC0415
    import threading  # noqa: PLC0415

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *_):
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def test_whoever_has_an_app_here_is_asked_for_it_after_the_provider_too(provider, nadia, settings):
    give_app(browser(nadia))
    know(provider, "n-8", **VERIFIED)
    client = browser()
    assert through(client, "n-8").headers["Location"] == "/en/desk/sign-in/code/"
    assert not inside(client)
    settings.TUTELA_OIDC_SECOND_FACTOR = True
    through(client, "n-8")
    assert inside(client)


def test_a_claim_gives_roles_only_where_that_is_declared(provider, site, nadia, settings):
    know(provider, "n-9", groups=["bosses"], **VERIFIED)

    def held() -> set[str]:
        with operator_scope(site):
            return set(identity.staff_roles(nadia, site))

    through(browser(), "n-9")
    assert held() == {"officer"}
    settings.TUTELA_OIDC_ROLES = f"groups: bosses={HERE}/auditor, clerks={HERE}/clerk"
    through(browser(), "n-9")
    assert held() == {"officer", "auditor"}
    know(provider, "n-9", groups=["clerks"], **VERIFIED)
    through(browser(), "n-9")
    assert held() == {"officer", "clerk"}, "what it does not name stays"


def test_a_switched_off_account_stays_shut_for_the_provider(provider, nadia):
    know(provider, "n-10", **VERIFIED)
    through(browser(), "n-10")
    User.objects.update(is_active=False)
    assert through(browser(), "n-10").status_code == 403


def test_the_language_in_which_one_began_is_kept(provider, nadia):
    know(provider, "n-11", **VERIFIED)
    client = browser()
    sent = agree(client.get(BEGIN.replace("/en/", "/ru/")).headers["Location"], "n-11")
    answer = client.get(f"{BACK}?{sent}")
    assert answer.headers["Location"].startswith("/ru/desk/sign-in/provider/back/")
    assert client.get(answer.headers["Location"]).headers["Location"] == "/ru/desk/"
    assert inside(client)
