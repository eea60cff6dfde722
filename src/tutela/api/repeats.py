"""The same request sent twice is done once (draft-ietf-httpapi-idempotency-key-header-07).

The caller names each writing request by the header ``Idempotency-Key``. In the transaction that
does the work, the name is claimed first and the answer kept last, so after a crash either both
are there or neither. Another request with the same name waits for that transaction and gets the
same answer.

Kept are: the digest of the name; a digest of the request keyed with the name, so that nobody
can try out what was sent; and the answer, sealed with a key that is derived from the name, which
is not kept. Only whoever knows the name can have the answer again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tutela.api import problems
from tutela.api.callers import Call, Kept, keys

HEADER = "Idempotency-Key"
PATTERN = "^[A-Za-z0-9_-]{16,128}$"
_NAME = re.compile(r"[A-Za-z0-9_-]{16,128}")
REPLAYED = "Idempotency-Replayed"
_NONCE = bytes(12)  # each name seals once, with a key of its own


def name_of(request: HttpRequest) -> str:
    """The name that the caller gave the request; a problem if there is none."""
    name = str(request.META.get("HTTP_IDEMPOTENCY_KEY", ""))
    if not _NAME.fullmatch(name):
        raise problems.Problem(
            HTTPStatus.BAD_REQUEST,
            "idempotency-key-missing",
            _(
                "Name this request by the header Idempotency-Key: 16 to 128 letters, digits, "
                "hyphens or underscores, such as a new UUID. Repeat it with the same name."
            ),
        )
    return name


def once(request: HttpRequest, call: Call, do: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of ``do``, or the one it gave earlier under this name."""
    name = name_of(request)
    label = hashlib.sha256(name.encode()).digest()
    digest = _derived(call.application_id, name, "request", _content(request))
    known = keys().claim(call.operator_id, call.application_id, label, digest)
    if known is not None:
        return _again(call, name, digest, known)
    response = do()
    sealed = _seal(call, name, response)
    kept = Kept(digest, response.status_code, sealed)
    keys().keep(call.operator_id, call.application_id, label, kept)
    return response


def _again(call: Call, name: str, digest: bytes, known: Kept) -> HttpResponse:
    if not hmac.compare_digest(known.digest, digest):
        raise problems.Problem(
            HTTPStatus.CONFLICT,
            "idempotency-key-reused",
            _(
                "Another request was sent under this Idempotency-Key. Give each request a key "
                "of its own."
            ),
        )
    opened = json.loads(_cipher(call, name).decrypt(_NONCE, known.sealed, None))
    return HttpResponse(
        opened["content"],
        status=known.status,
        content_type=opened["type"],
        headers={REPLAYED: "true"},
    )


def _seal(call: Call, name: str, response: HttpResponse) -> bytes:
    kept = {"type": response.headers["Content-Type"], "content": response.content.decode()}
    return _cipher(call, name).encrypt(_NONCE, json.dumps(kept).encode(), None)


def _cipher(call: Call, name: str) -> AESGCM:
    return AESGCM(_derived(call.application_id, name, "answer", b""))


def _derived(application: UUID, name: str, what: str, content: bytes) -> bytes:
    secret = hashlib.sha256(f"{settings.SECRET_KEY}|{name}".encode()).digest()
    label = f"tutela api {what} {application} ".encode()
    return hmac.digest(secret, label + content, "sha256")


def _content(request: HttpRequest) -> bytes:
    head = f"{request.method} {request.get_full_path()} "
    return head.encode() + request.body
