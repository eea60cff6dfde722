"""Keys made from the installation's secret key, and what is sealed and named with them.

The secret key never serves two ends: each use has a key of its own (HKDF, RFC 5869).
"""

from __future__ import annotations

import base64
import functools
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from tutela.core.errors import TutelaError
from tutela.identity.staff import limits

_NONCE = 12  # bytes


class SealBroken(TutelaError):
    """A secret of staff cannot be opened: TUTELA_SECRET_KEY is not the one it was sealed with."""


@functools.lru_cache(maxsize=8)
def _derived(secret: str, use: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"tutela.staff.{use}".encode())
    return derive.derive(secret.encode())


def key(use: str) -> bytes:
    """32 bytes for one use."""
    return _derived(str(settings.SECRET_KEY), use)


def seal(text: str) -> str:
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(key("seal")).encrypt(nonce, text.encode(), None)
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str) -> str:
    """Raises ``SealBroken`` if it was changed or sealed with another secret key."""
    raw = base64.urlsafe_b64decode(sealed)
    try:
        return AESGCM(key("seal")).decrypt(raw[:_NONCE], raw[_NONCE:], None).decode()
    except InvalidTag:
        raise SealBroken(
            "A second factor was sealed with another TUTELA_SECRET_KEY; give the former one back, "
            "or reset the factor: tutela staff reset NAME --operator SLUG."
        ) from None


def account_digest(name: str) -> str:
    """The opaque name under which attempts at an account are counted, whether it exists or not."""
    return limits.keyed(key("attempts"), "account", limits.folded(name))


def source_digest(address: str) -> str:
    return limits.keyed(key("attempts"), "source", address)


def link_digest(issuer: str, subject: str) -> str:
    """The opaque name of an identity at an OpenID provider."""
    return limits.keyed(key("links"), issuer, subject)
