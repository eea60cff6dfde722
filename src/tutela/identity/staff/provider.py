"""Sign-in through an OpenID Connect provider: the authorization code flow with PKCE.

OpenID Connect Core 1.0 section 3.1, RFC 7636 (PKCE), RFC 9207 (issuer in the answer). The browser
that began must be the one that comes back (``state``), the token must be made for this sign-in
(``nonce``), by this issuer, for this client, and be signed by its key. Nobody is registered here:
an identity opens an account it was linked to, or, where the installation allows it, the one
account that has its verified address. Roles come from a declared claim or not at all.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit
from urllib.request import Request

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.errors import NotAllowed, TutelaError
from tutela.core.outgoing import fetch
from tutela.identity.staff import claims, sealing, sessions, telling
from tutela.identity.staff.entries import StaffProviderLinked
from tutela.identity.staff.limits import PENDING_LASTS
from tutela.identity.staff.models import StaffLink
from tutela.web.access import on_this_host

_KEPT = "staff-provider"
_PATIENCE = 5  # seconds for an answer of the provider
_LARGEST = 1 << 20  # bytes of an answer
_SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "ES256", "ES384", "EdDSA")
_LEEWAY = 60  # seconds by which its clock may differ from ours


class ProviderFailed(TutelaError):
    """The OpenID provider did not answer as it should; try again, or sign in with a password."""

    status = 502


class NotThisSignIn(NotAllowed):
    """What came back does not belong to a sign-in of this browser; begin again."""


class NobodyHere(NotAllowed):
    """The identity at the provider opens no account here; ask an officer."""


@dataclass(frozen=True, slots=True)
class Known:
    """Who came back: the account, whether the provider has seen a second factor, where to."""

    user: User
    second: bool
    to: str
    linking: bool


def configured() -> bool:
    return bool(settings.TUTELA_OIDC_ISSUER and settings.TUTELA_OIDC_CLIENT_ID)


def begin(request: HttpRequest, *, to: str, language: str, link: bool = False) -> str:
    """The address at the provider to go to; ``link`` joins the identity to the signed-in user."""
    verifier = secrets.token_urlsafe(48)
    kept = {
        "state": secrets.token_urlsafe(32),
        "nonce": secrets.token_urlsafe(32),
        "verifier": verifier,
        "at": clock.machine().timestamp(),
        "to": to,
        "language": language,
        "link": request.user.pk if link else None,
    }
    asked = {
        "response_type": "code",
        "client_id": settings.TUTELA_OIDC_CLIENT_ID,
        "redirect_uri": callback(),
        "scope": settings.TUTELA_OIDC_SCOPE,
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": _unpadded(hashlib.sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
    }
    address = f"{_discovered()['authorization_endpoint']}?{urlencode(asked)}"
    request.session[_KEPT] = kept
    return address


def callback() -> str:
    """The one address to be registered at the provider."""
    path = reverse("desk-provider-back", kwargs={"language": "en"})
    return f"{settings.TUTELA_PUBLIC_URL}{path}"


def language_of(request: HttpRequest) -> str:
    """The language in which this browser began, or nothing."""
    kept = request.session.get(_KEPT)
    return str(kept["language"]) if kept else ""


def finish(request: HttpRequest) -> Known:
    """Who came back, once. Raises ``NotThisSignIn``, ``ProviderFailed`` or ``NobodyHere``."""
    kept = request.session.pop(_KEPT, None)
    _belongs(request, kept)
    found = _discovered()
    if request.GET.get("iss", found["issuer"]) != found["issuer"]:
        raise _not_this()
    token = _exchange(found, request.GET.get("code", ""), kept["verifier"])
    said = _verified(found, str(token.get("id_token", "")), kept["nonce"])
    if "email" not in said and found.get("userinfo_endpoint"):
        said = {**_userinfo(found, str(token.get("access_token", "")), said["sub"]), **said}
    linking = kept["link"] is not None
    user = _link(request, kept["link"], said) if linking else _account(said)
    claims.take_roles(user.pk, said)
    second = settings.TUTELA_OIDC_SECOND_FACTOR or "mfa" in _listed(said.get("amr"))
    return Known(user, second, on_this_host(kept["to"]), linking)


def _belongs(request: HttpRequest, kept: dict[str, Any] | None) -> None:
    state = request.GET.get("state", "")
    if kept is None or not hmac.compare_digest(kept["state"].encode(), state.encode()):
        raise _not_this()
    if clock.machine().timestamp() - kept["at"] >= PENDING_LASTS.total_seconds():
        raise _not_this()
    if "error" in request.GET or not request.GET.get("code"):
        raise ProviderFailed(
            _("The provider did not let you in. Try again, or sign in with a password.")
        )


def _not_this() -> NotThisSignIn:
    return NotThisSignIn(
        _("This answer belongs to no sign-in of this browser. Begin again from the sign-in page.")
    )


def _failed() -> ProviderFailed:
    return ProviderFailed(
        _("The provider did not answer as it should. Try again, or sign in with a password.")
    )


def _account(said: dict[str, Any]) -> User:
    digest = sealing.link_digest(said["iss"], said["sub"])
    link = StaffLink.objects.filter(digest=digest).first()
    if link is not None:
        user = User.objects.filter(pk=link.user_id, is_active=True).first()
    else:
        user = _by_address(said)
        if user is not None:
            _keep(user, digest)
    if user is None:
        raise NobodyHere(
            _("Nobody here belongs to this identity at the provider. Ask an officer to let you in.")
        )
    return user


def _by_address(said: dict[str, Any]) -> User | None:
    """The one account with an address that the provider has verified, where that is allowed."""
    address = said.get("email")
    if not settings.TUTELA_OIDC_LINK_BY_EMAIL or said.get("email_verified") is not True:
        return None
    if not isinstance(address, str) or not address:
        return None
    found = list(User.objects.filter(email__iexact=address)[:2])
    return found[0] if len(found) == 1 and found[0].is_active else None


def _link(request: HttpRequest, user_id: int, said: dict[str, Any]) -> User:
    """Join the identity to whoever began and is still signed in; it may be nobody else's."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or request.user.pk != user.pk or sessions.of(request) is None:
        raise _not_this()
    digest = sealing.link_digest(said["iss"], said["sub"])
    if StaffLink.objects.filter(digest=digest).exclude(user_id=user.pk).exists():
        raise NobodyHere(_("This identity at the provider belongs to another account here."))
    _keep(user, digest)
    return user


def _keep(user: User, digest: str) -> None:
    made = StaffLink.objects.get_or_create(
        digest=digest, defaults={"user_id": user.pk, "linked_at": clock.machine()}
    )[1]
    if made:
        actor = telling.themselves(user.pk)
        telling.tell(
            user.pk, lambda: StaffProviderLinked(user=user.pk, actor=actor, automated=False)
        )


def linked(user_id: int) -> bool:
    return StaffLink.objects.filter(user_id=user_id).exists()


def _discovered() -> dict[str, Any]:
    """What the provider says of itself; it must call itself what the installation calls it."""
    issuer = settings.TUTELA_OIDC_ISSUER
    found = _fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise _failed()
    return found


def _exchange(found: dict[str, Any], code: str, verifier: str) -> dict[str, Any]:
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback(),
        "code_verifier": verifier,
    }
    client, secret = settings.TUTELA_OIDC_CLIENT_ID, settings.TUTELA_OIDC_CLIENT_SECRET
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if secret and "client_secret_basic" in methods:
        pair = f"{quote_plus(client)}:{quote_plus(secret)}"  # RFC 6749 section 2.3.1
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        asked |= {"client_id": client} | ({"client_secret": secret} if secret else {})
    return _fetch(found["token_endpoint"], headers, urlencode(asked).encode())


def _verified(found: dict[str, Any], token: str, nonce: str) -> dict[str, Any]:
    import jwt  # noqa: PLC0415 - loaded when somebody signs in so

    try:
        kid = jwt.get_unverified_header(token).get("kid")
        keys = jwt.PyJWKSet.from_dict(_fetch(found["jwks_uri"])).keys
        fitting = [each for each in keys if kid is None or each.key_id == kid]
        said: dict[str, Any] = jwt.decode(
            token,
            fitting[0],
            algorithms=list(_SIGNED_BY),
            audience=settings.TUTELA_OIDC_CLIENT_ID,
            issuer=settings.TUTELA_OIDC_ISSUER,
            leeway=_LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, IndexError, KeyError, TypeError, ValueError):
        raise _failed() from None
    if not hmac.compare_digest(str(said.get("nonce", "")).encode(), nonce.encode()):
        raise _not_this()
    if said.get("azp", settings.TUTELA_OIDC_CLIENT_ID) != settings.TUTELA_OIDC_CLIENT_ID:
        raise _not_this()
    return said


def _userinfo(found: dict[str, Any], access_token: str, subject: str) -> dict[str, Any]:
    more = _fetch(found["userinfo_endpoint"], {"Authorization": f"Bearer {access_token}"})
    return more if more.get("sub") == subject else {}


def _fetch(
    address: str, headers: dict[str, str] | None = None, data: bytes | None = None
) -> dict[str, Any]:
    """What the provider answers, as JSON; over TLS, or from this very machine."""
    parts = urlsplit(address)
    here = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if parts.scheme != "https" and not here:
        raise _failed()
    asked = Request(address, data, headers or {})  # noqa: S310 - the scheme is looked at above
    try:
        found = json.loads(fetch(asked, patience=_PATIENCE, largest=_LARGEST))
    except (OSError, ValueError):
        raise _failed() from None
    if not isinstance(found, dict):
        raise _failed()
    return found


def _listed(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
