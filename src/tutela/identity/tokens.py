"""Reading a hand-over token: a JSON Web Token signed with Ed25519 (RFC 7519, RFC 8037). Pure.

The operator's own site, where a person is signed in already, makes one and hands the person over::

    header  {"alg": "EdDSA", "kid": <registered key>}
    claims  iss   the site's origin, as registered with the key
            aud   the address of the operator's pages here
            sub   the person's identifier at the site, opaque to us
            iat, exp   seconds since 1970; at most ``LONGEST`` apart
            jti   a random name of this one token
            email, email_verified   optional: an address the site has verified
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

LONGEST = timedelta(seconds=120)
"""A token lives so long at most: the time it takes a browser to send one form."""

SKEW = timedelta(seconds=30)
"""So far the clocks of two servers may differ."""

LARGEST = 4096
_REQUIRED = ["iss", "aud", "sub", "iat", "exp", "jti"]
_SLUGS = {
    "InvalidSignatureError": "forged",
    "InvalidAudienceError": "wrong-audience",
    "InvalidIssuerError": "wrong-issuer",
    "InvalidAlgorithmError": "wrong-algorithm",
}
"""What the library finds wrong, by the name of its error."""


class Wrong(Exception):
    """Why a token is not taken, as a slug."""


@dataclass(frozen=True, slots=True)
class Claims:
    """``reference`` is the person's identifier at the site; ``email`` is empty unless verified."""

    reference: str
    name: str
    expires_at: datetime
    email: str


def key_of(token: str) -> str:
    """The name of the key a token says it is signed with; nothing is believed yet."""
    import jwt  # noqa: PLC0415 - loaded where one is met, for a quick start

    if len(token) > LARGEST:
        raise Wrong("malformed")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        raise Wrong("malformed") from None
    if header.get("alg") != "EdDSA":
        raise Wrong("wrong-algorithm")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise Wrong("unknown-key")
    return kid


def read(token: str, public_key: str, *, issuer: str, audience: str, now: datetime) -> Claims:
    """The claims of a token that holds for this key, issuer and audience at ``now``.

    Times are judged here and not by the library, which would ask the machine's clock.
    """
    import jwt  # noqa: PLC0415 - loaded where one is met, for a quick start

    try:
        said: dict[str, Any] = jwt.decode(
            token,
            public_key,
            algorithms=["EdDSA"],
            audience=audience,
            issuer=issuer,
            options={
                "require": _REQUIRED,
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except jwt.PyJWTError as error:
        raise Wrong(_SLUGS.get(type(error).__name__, "malformed")) from None
    expires = _in_time(said, now)
    reference, name, email = said["sub"], said["jti"], said.get("email", "")
    texts = all(isinstance(each, str) for each in (reference, name, email))
    if not texts or not 1 <= len(reference) <= 200 or not 8 <= len(name) <= 128:  # noqa: PLR2004
        raise Wrong("malformed")
    verified = said.get("email_verified") is True
    return Claims(reference, name, expires, email if verified else "")


def _in_time(said: dict[str, Any], now: datetime) -> datetime:
    moments = []
    for name in ("iat", "exp"):
        value = said[name]
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**33:
            raise Wrong("malformed")
        moments.append(datetime.fromtimestamp(value, UTC))
    issued, expires = moments
    if not timedelta(0) < expires - issued <= LONGEST:
        raise Wrong("too-long")
    if issued > now + SKEW:
        raise Wrong("not-yet")
    if now >= expires + SKEW:
        raise Wrong("expired")
    return expires
