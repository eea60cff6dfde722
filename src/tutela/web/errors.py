"""Errors as pages: what happened, what is safe, what to do; nothing personal in page or log."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from tutela.core.errors import TutelaError
from tutela.core.ids import new_id
from tutela.core.room import is_full
from tutela.web.guard import WrongMethod

logger = logging.getLogger("tutela.web")


class PlainErrors:
    """Turns whatever a view raises into a designed page in the reader's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        if isinstance(exception, TutelaError):
            return _told(request, exception)
        if isinstance(exception, Http404):
            return not_found(request, exception)
        if isinstance(exception, PermissionDenied):
            return forbidden(request, exception)
        if isinstance(exception, SuspiciousOperation | BadRequest | MultiPartParserError):
            return bad_request(request, exception)
        if _passes(exception):
            return unavailable(request, exception)
        got_request_exception.send(sender=type(self), request=request)
        return _failed(request, exception)


_COME_BACK = 10  # seconds


def _passes(exception: BaseException | None) -> bool:
    """Whether the same may go well later, because it is the ground that was missing."""
    return isinstance(exception, OperationalError | InterfaceError) or is_full(exception)


def unavailable(request: HttpRequest, exception: BaseException) -> HttpResponse:
    """The database is away or had to give up, or the disk is full; nothing was saved, and it may
    be tried again."""
    if is_full(exception):
        logger.error("The disk is full: nothing can be saved until there is room on it.")
        message = _(
            "There is no room left to save anything. Nothing was saved; try again in a few minutes."
        )
    else:
        logger.warning("The database did not answer: %s", type(exception).__name__)
        message = _(
            "The database does not answer just now. Nothing was saved; try again in a minute."
        )
    response = _page(request, HTTPStatus.SERVICE_UNAVAILABLE, message)
    response.headers["Retry-After"] = str(_COME_BACK)
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(
        request,
        HTTPStatus.NOT_FOUND,
        _("There is no such page here. Check the address for a typing mistake."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return _page(request, HTTPStatus.FORBIDDEN, _("This page is not open to you."))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return _page(
            request,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            _("What you sent is too large. Shorten the text and send it again."),
        )
    return _page(
        request,
        HTTPStatus.BAD_REQUEST,
        _("The request could not be understood. Open the page from its link and try again."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this where no view was reached, for example when the database is away."""
    import sys  # noqa: PLC0415 - the exception in flight is needed here only

    error = sys.exc_info()[1]
    if error is not None and _passes(error):
        return unavailable(request, error)
    return _failed(request, error)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    return forbidden(request)


def _told(request: HttpRequest, exception: TutelaError) -> HttpResponse:
    response = _page(request, HTTPStatus(exception.status), str(exception))
    if isinstance(exception, WrongMethod):
        response.headers["Allow"] = ", ".join(exception.allowed)
    return response


def _failed(request: HttpRequest, exception: BaseException | None) -> HttpResponse:
    """The class and the place in our code are logged; the message may hold somebody's data."""
    incident = new_id().hex[-12:]
    frames = traceback.extract_tb(exception.__traceback__) if exception else []
    place = f"{frames[-1].name}:{frames[-1].lineno}" if frames else "unknown"
    logger.error("A page failed: %s in %s, incident %s", type(exception).__name__, place, incident)
    return _page(request, HTTPStatus.INTERNAL_SERVER_ERROR, "", incident=incident)


_HEADINGS: dict[int, Callable[[], str]] = {
    HTTPStatus.BAD_REQUEST: lambda: _("This could not be read"),
    HTTPStatus.FORBIDDEN: lambda: _("This is not open to you"),
    HTTPStatus.NOT_FOUND: lambda: _("There is nothing at this address"),
    HTTPStatus.METHOD_NOT_ALLOWED: lambda: _("This page is used another way"),
    HTTPStatus.CONFLICT: lambda: _("This has changed meanwhile"),
    HTTPStatus.GONE: lambda: _("This is no longer here"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: lambda: _("This is too large"),
    HTTPStatus.TOO_MANY_REQUESTS: lambda: _("Too often in a short time"),
    HTTPStatus.INTERNAL_SERVER_ERROR: lambda: _("Something went wrong on our side"),
    HTTPStatus.SERVICE_UNAVAILABLE: lambda: _("This cannot be reached for a moment"),
}


def told(request: HttpRequest, exception: TutelaError) -> HttpResponse:
    """The page of an error that a middleware answers with."""
    return _told(request, exception)


def _page(
    request: HttpRequest, status: HTTPStatus, message: str, *, incident: str = ""
) -> HttpResponse:
    heading = _HEADINGS.get(status, lambda: _("This cannot be done"))()
    content = render_to_string(
        "web/error.html",
        {"status": int(status), "title": heading, "message": message, "incident": incident},
        request=request,
    )
    response = HttpResponse(content, status=status)
    response.headers["Cache-Control"] = "no-store"
    # Django would log the path, which may hold a single-use token
    response._has_been_logged = True  # type: ignore[attr-defined] # noqa: SLF001
    return response
