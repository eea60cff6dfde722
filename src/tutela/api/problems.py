"""The one shape of an error: ``application/problem+json`` (RFC 9457).

    type      urn:tutela:problem:<slug>, for programs
    title     what kind of thing went wrong, in the caller's language
    status    the HTTP status
    detail    one sentence that says what to do, in the caller's language
    clause    the clause of the policy behind a refusal of the gate, if any
    errors    what is wrong with the input: {pointer, detail}; a pointer is a JSON pointer
              (RFC 6901) into the body, or the name of a parameter
    incident  of an error on our side: what to tell whoever runs Tutela

Nothing that was sent is repeated in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core.errors import TutelaError

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:tutela:problem:"

TITLES: Mapping[int, Any] = {
    HTTPStatus.BAD_REQUEST: gettext_lazy("The request could not be read"),
    HTTPStatus.UNAUTHORIZED: gettext_lazy("The key was not accepted"),
    HTTPStatus.FORBIDDEN: gettext_lazy("This is not allowed"),
    HTTPStatus.NOT_FOUND: gettext_lazy("There is nothing at this address"),
    HTTPStatus.METHOD_NOT_ALLOWED: gettext_lazy("This address is used another way"),
    HTTPStatus.CONFLICT: gettext_lazy("This does not fit what is there"),
    HTTPStatus.GONE: gettext_lazy("This is no longer here"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: gettext_lazy("This is too large"),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: gettext_lazy("This is not JSON"),
    HTTPStatus.UNPROCESSABLE_ENTITY: gettext_lazy("Something in the request needs mending"),
    HTTPStatus.TOO_MANY_REQUESTS: gettext_lazy("Too many requests"),
    HTTPStatus.INTERNAL_SERVER_ERROR: gettext_lazy("Something went wrong on our side"),
    HTTPStatus.SERVICE_UNAVAILABLE: gettext_lazy("Not available at this moment"),
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong at ``pointer`` and how to mend it; ``detail`` repeats nothing."""

    pointer: str
    detail: str


class Problem(TutelaError):
    """An error of the kit itself. ``slug`` names it for programs, ``headers`` go with it."""

    def __init__(
        self,
        status: int,
        slug: str,
        detail: str,
        *,
        errors: Sequence[Mistake] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.slug, self.errors = status, slug, tuple(errors)
        self.headers = dict(headers or {})


def invalid(*mistakes: Mistake) -> Problem:
    """Input that was understood and cannot be taken."""
    detail = _("Mend what is listed under “errors” and send it again; nothing was done.")
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, errors=mistakes)


def mistaken(pointer: str, detail: str) -> Problem:
    return invalid(Mistake(pointer, detail))


_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def slug_of(error: TutelaError) -> str:
    """``UnknownSubject`` is told as ``unknown-subject``; what the gate refused, by its reason."""
    if isinstance(error, Problem):
        return error.slug
    refusal = getattr(error, "refusal", None)
    reason = getattr(refusal, "reason", "")
    return str(reason) or _WORD.sub("-", type(error).__name__).lower()


def told(error: TutelaError) -> HttpResponse:
    """The answer for an error that its reader can act on."""
    content: dict[str, Any] = {}
    if clause := getattr(getattr(error, "refusal", None), "clause", ""):
        content["clause"] = clause
    if mistakes := _mistakes(error):
        content["errors"] = [{"pointer": m.pointer, "detail": m.detail} for m in mistakes]
    headers = getattr(error, "headers", {})
    return answer(error.status, slug_of(error), str(error), content, headers)


def _mistakes(error: TutelaError) -> Sequence[Mistake]:
    """Those of a problem, or those that a room found in a form (``problems``)."""
    if isinstance(error, Problem):
        return error.errors
    found = getattr(error, "problems", ())
    return [Mistake(_place(each.field), each.message) for each in found]


def _place(field: str) -> str:
    """A room names a field of the form, or the consent to a purpose, or nothing."""
    if field.startswith("consent-"):
        return "/consents"
    return f"/values/{field}" if field else ""


def answer(
    status: int,
    slug: str,
    detail: str,
    more: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    title = TITLES.get(status, gettext_lazy("This cannot be done"))
    content = {"type": TYPE + slug, "title": str(title), "status": int(status), "detail": detail}
    return HttpResponse(
        json.dumps(content | dict(more or {}), ensure_ascii=False),
        status=int(status),
        content_type=MEDIA_TYPE,
        headers=dict(headers or {}),
    )


def failed(incident: str) -> HttpResponse:
    """The answer for an error of ours; the log holds its place under the same incident."""
    detail = _(
        "Nothing was done. Send the request again later; if it fails again, tell whoever runs "
        "this installation the incident’s number."
    )
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return answer(status, "internal", detail, {"incident": incident})


def busy(detail: str) -> HttpResponse:
    status = HTTPStatus.SERVICE_UNAVAILABLE
    return answer(status, "try-again", detail, headers={"Retry-After": "1"})
