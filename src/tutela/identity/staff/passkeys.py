"""Passkeys (WebAuthn level 2): added at the desk, and enough to sign in, because the device asks
for a finger, a face or a number itself.

The ceremony is allauth's over Yubico's ``fido2``. Added here: the origin must be exactly ours, and
a device whose counter runs backwards is refused, because there are two of it (WebAuthn 6.1.1).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from tutela.identity.staff.factors import PASSKEY

_LONGEST = 60
"""Characters of the name that somebody gives to a passkey."""


def possible(request: HttpRequest) -> bool:
    """Browsers bind passkeys to a name; a numeric address cannot have any."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    return not host.replace(".", "").isdigit() and not host.startswith("[")


def begin_adding(request: HttpRequest, user: User) -> str:
    """Options for the browser's ``navigator.credentials.create``, as JSON."""
    return _options(request, lambda auth: auth.begin_registration(user, passwordless=True))


def begin_sign_in(request: HttpRequest) -> str:
    """Options for ``navigator.credentials.get``; the device knows whose passkey it holds."""
    return _options(request, lambda auth: auth.begin_authentication())


def _options(request: HttpRequest, begin: Callable[[Any], dict[str, Any]]) -> str:
    from allauth.core.context import request_context  # noqa: PLC0415 - loaded when it is needed
    from allauth.mfa.webauthn.internal import auth  # noqa: PLC0415

    with request_context(request):
        return json.dumps(begin(auth)["publicKey"], default=dict)


def finish_adding(request: HttpRequest, user: User, sent: str, name: str) -> bool:
    """Keep the passkey if the browser's answer fits what it was asked in this session."""
    from allauth.core.context import request_context  # noqa: PLC0415
    from allauth.mfa.webauthn.internal import auth  # noqa: PLC0415

    credential = _read(request, sent)
    if credential is None:
        return False
    with request_context(request):
        try:
            auth.complete_registration(auth.parse_registration_response(credential) and credential)
        except (ValidationError, ValueError, TypeError, KeyError):
            return False
        finally:
            auth.clear_state()
        auth.WebAuthn.add(user, name.strip()[:_LONGEST], credential)
    return True


def who(request: HttpRequest, sent: str) -> User | None:
    """Whose passkey signed what this session asked; None if nobody's did. Works once."""
    from allauth.core.context import request_context  # noqa: PLC0415
    from allauth.mfa.webauthn.internal import auth  # noqa: PLC0415

    credential = _read(request, sent)
    if credential is None:
        return None
    with request_context(request), transaction.atomic():
        try:
            user: User = auth.extract_user_from_response(credential)
            row = auth.complete_authentication(user, credential)
            counter = auth.parse_authentication_response(credential).response.authenticator_data
        except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
            return None
        finally:
            auth.clear_state()
        return user if user.is_active and _counted(row, counter.counter) else None


def _counted(row: Any, counter: int) -> bool:
    """Remember the device's counter; False if it does not go forward. Many devices send 0."""
    kept = type(row).objects.select_for_update().filter(pk=row.pk, type=PASSKEY).first()
    if kept is None:
        return False
    before = int(kept.data.get("counter", 0))
    if (before or counter) and counter <= before:
        return False
    kept.data["counter"] = counter
    kept.save(update_fields=["data"])
    kept.record_usage()
    return True


def _read(request: HttpRequest, sent: str) -> dict[str, Any] | None:
    """The browser's answer, if it was given to a page of exactly this origin."""
    try:
        credential = json.loads(sent)
        client = credential["response"]["clientDataJSON"]
        said = json.loads(base64.urlsafe_b64decode(client + "=" * (-len(client) % 4)))
    except (ValueError, TypeError, KeyError, binascii.Error):
        return None
    if not isinstance(said, dict) or said.get("origin") != _origin(request):
        return None
    return credential if isinstance(credential, dict) else None


def _origin(request: HttpRequest) -> str:
    """As the browser names it. Behind a server with TLS the public address tells the scheme."""
    from django.conf import settings  # noqa: PLC0415

    scheme = "https" if settings.SESSION_COOKIE_SECURE else request.scheme
    return f"{scheme}://{request.get_host()}"
