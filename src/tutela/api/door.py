"""From a request to an answer: nothing of the pages' middleware is passed on the way.

The order is: whether anything is done at all now; address and method; size and form of what was
sent; whether too many keys have failed from there; the key; the limit of requests; what the key is
for; the name of the request, if it changes something; the endpoint. From the key on, everything is
one transaction in the operator's scope; an endpoint that runs ``alone`` begins its own.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote_to_bytes
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from tutela.api import failures, problems
from tutela.api.callers import Call, Caller, bearer, hooks, keys
from tutela.api.endpoints import ROOT, ApiRequest
from tutela.api.limits import BUCKETS, MINUTE, Allowance
from tutela.api.problems import Problem
from tutela.core import closed
from tutela.core.errors import TutelaError
from tutela.core.ids import new_id
from tutela.core.measures import ADDRESS
from tutela.core.room import is_full
from tutela.core.vocabulary import LANGUAGES
from tutela.db.scope import LOCK_MAY_TAKE, STATEMENT_MAY_TAKE, operator_scope, patient

if TYPE_CHECKING:
    from tutela.api.machinery import Found

logger = logging.getLogger("tutela.api")

PREFIX = "/api/"
DESCRIPTION = f"{ROOT}/openapi.json"
LARGEST = 256 * 1024
"""Bytes of a body; a record is a form, not a file."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_DEADLOCK, _LOCKED, _TOO_LONG = "40P01", "55P03", "57014"


class ApiDoor:
    """Stands before the middleware of pages and answers what is addressed to the API."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(PREFIX):
            return answer(request)
        return self.get_response(request)


def answer(request: HttpRequest) -> HttpResponse:
    """Whatever happens, an answer in the caller's language; errors of ours tell no detail."""
    language = language_of(request)
    with translation.override(language):
        response = _told(request, language)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Content-Language"] = language
    response.headers["Vary"] = "Accept-Language"
    # Django would log the path of what was refused
    response._has_been_logged = True  # type: ignore[attr-defined] # noqa: SLF001
    return response


def language_of(request: HttpRequest) -> str:
    asked = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    for code, _weight in parse_accept_lang_header(asked.lower()) if asked else ():
        if (short := code.split("-")[0]) in LANGUAGES:
            return str(short)
    return LANGUAGES[0]


def _told(request: HttpRequest, language: str) -> HttpResponse:
    try:
        return _answer(request, language)
    except TutelaError as error:
        return _of_ours(error)
    except (SuspiciousOperation, UnreadablePostError):
        return problems.told(_unreadable())
    except (OperationalError, InterfaceError) as error:
        return _no_room() if is_full(error) else _not_now(error) or _failed(error)
    except Exception as error:  # noqa: BLE001 - whatever it was, nothing of it may be shown
        return _no_room() if is_full(error) else _failed(error)


def _of_ours(error: TutelaError) -> HttpResponse:
    """Its sentence says what to do; unavailable is what is sealed, restored, or has no key now."""
    if error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return problems.told(error)
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return problems.busy(str(error))
    return _failed(error)


def _no_room() -> HttpResponse:
    logger.error("The disk is full: nothing can be saved until there is room on it.")
    return problems.busy(
        _("There is no room left to save anything; nothing was done. Send the request again later.")
    )


def _not_now(error: OperationalError | InterfaceError) -> HttpResponse | None:
    """What may go well the next time: the database is away, or others hold what is needed."""
    code = getattr(error.__cause__, "sqlstate", None)
    if code in {_DEADLOCK, _LOCKED}:
        return problems.busy(
            _("Another request is changing the same; nothing was done. Send this one again.")
        )
    if code == _TOO_LONG:
        return problems.busy(
            _("This took too long and was stopped; nothing was done. Ask for less at once.")
        )
    if code is None or str(code)[:2] in {"08", "53", "57"}:
        return problems.busy(
            _("The database does not answer; nothing was done. Send the request again later.")
        )
    return None


def _failed(error: BaseException) -> HttpResponse:
    """The class and the place in our code are logged; the message may hold somebody's data."""
    incident = new_id().hex[-12:]
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown"
    logger.error(
        "An API request failed: %s in %s, incident %s", type(error).__name__, place, incident
    )
    return problems.failed(incident)


def _answer(request: HttpRequest, language: str) -> HttpResponse:
    request.get_host()  # refuses hosts that are not ours
    if request.path_info == DESCRIPTION:
        return _description(request)
    if (why := closed.reason()) is not None:
        raise why
    found = _find(request)
    request.META[ADDRESS] = found.endpoint.path
    _check(request, found)
    key = bearer(request)
    source = hooks.source(request)
    if failures.is_shut(source, key):
        raise _too_many_failures()
    operator = keys().operator_of(key)
    if operator is None:
        failures.failed(source)
        raise _no_key()
    asked = cast("ApiRequest", request)
    try:
        return _served(operator, key, source, asked, found, language)
    except TutelaError as error:
        if error.leaves_word:
            with operator_scope(operator):
                error.afterwards()
        raise


def _served(  # noqa: PLR0917 - what a request is made of
    operator: UUID, key: str, source: str, asked: ApiRequest, found: Found, language: str
) -> HttpResponse:
    with failures.counted(source):
        if found.endpoint.alone:
            with patient(statements=STATEMENT_MAY_TAKE, locks=LOCK_MAY_TAKE):
                caller = keys().authenticate_alone(operator, key)
                return _let_in(operator, caller, asked, found, language)
        with operator_scope(operator):
            caller = keys().authenticate(operator, key)
            response = _let_in(operator, caller, asked, found, language)
            if connection.needs_rollback:
                raise SwallowedDatabaseError(found.endpoint.name)
    return response


class SwallowedDatabaseError(RuntimeError):
    """The endpoint went on after a database error, so nothing of its work can be saved."""


def _find(request: HttpRequest) -> Found:
    from tutela.api.machinery import Found, machinery  # noqa: PLC0415 - loads pydantic

    found = machinery().find(request.path_info, request.method or "")
    if isinstance(found, Found):
        return found
    if not found:
        raise Problem(
            HTTPStatus.NOT_FOUND,
            "no-such-address",
            _("The API has no such address. Its description lists them all: %(path)s")
            % {"path": DESCRIPTION},
        )
    raise _wrong_method(found)


def _wrong_method(allowed: tuple[str, ...]) -> Problem:
    methods = ", ".join(allowed)
    return Problem(
        HTTPStatus.METHOD_NOT_ALLOWED,
        "wrong-method",
        _("This address is used with: %(methods)s.") % {"methods": methods},
        headers={"Allow": methods},
    )


def _description(request: HttpRequest) -> HttpResponse:
    import json  # noqa: PLC0415 - with what it needs, only where it is needed

    from tutela.api.machinery import document  # noqa: PLC0415

    if request.method != "GET":
        raise _wrong_method(("GET",))
    made = json.dumps(document(), ensure_ascii=False)
    response = HttpResponse(made, content_type="application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _check(request: HttpRequest, found: Found) -> None:
    """The form of a request, before anything in it is looked at."""
    _check_address(request, found)
    if request.method == "GET":
        return
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise _unreadable() from None
    if length > LARGEST:
        raise Problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "too-large",
            _("A body may have %(most)d bytes. Send less at once.") % {"most": LARGEST},
        )
    if request.content_type != "application/json":
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "not-json",
            _("Send JSON, with the header Content-Type: application/json."),
        )
    try:
        request.body.decode()
    except UnicodeDecodeError:
        raise _unreadable() from None


def _check_address(request: HttpRequest, found: Found) -> None:
    """Text without NUL, and in the query only names that are known, each once."""
    try:
        broken = "\0" in unquote_to_bytes(request.META.get("QUERY_STRING", "")).decode()
    except UnicodeDecodeError:
        broken = True
    if broken or "\0" in request.path_info or "\ufffd" in request.path_info:
        raise _unreadable()
    if not request.META.get("QUERY_STRING"):
        return
    for name, values in request.GET.lists():
        if name not in found.query:
            raise problems.mistaken(
                "",
                _("There is a parameter in the address that nobody knows; leave it out."),
            )
        if len(values) != 1:
            raise problems.mistaken(name, _("Give this parameter once."))


def _unreadable() -> Problem:
    return Problem(
        HTTPStatus.BAD_REQUEST,
        "unreadable",
        _("The request could not be read as UTF-8 text and JSON; check how it is written."),
    )


def _no_key() -> Problem:
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        "key-missing",
        _("Send the application’s key with the header Authorization: Bearer …"),
        headers={"WWW-Authenticate": 'Bearer realm="tutela"'},
    )


def _too_many_failures() -> Problem:
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too-many-failures",
        _("Too many requests came from there without a key that works. Wait a minute and go on."),
        headers={"Retry-After": str(int(MINUTE))},
    )


def _too_many(allowance: Allowance) -> Problem:
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too-many-requests",
        _("This application may send %(limit)d requests a minute. Wait %(wait)d s and go on.")
        % {"limit": allowance.limit, "wait": allowance.wait},
        headers=allowance.headers,
    )


def _let_in(
    operator: UUID, caller: Caller, request: ApiRequest, found: Found, language: str
) -> HttpResponse:
    """In the operator's scope, unless the endpoint is alone; an error that keeps a refusal's entry
    is an answer here."""
    failures.worked(bearer(request))
    allowance = BUCKETS.take(caller.key, caller.per_minute)
    if allowance.wait:
        raise _too_many(allowance)
    request.call = Call(operator, caller, language)
    response = _admitted(request, caller, found)
    for name, value in allowance.headers.items():
        response.headers[name] = value
    return response


def _admitted(request: ApiRequest, caller: Caller, found: Found) -> HttpResponse:
    function = found.endpoint.function
    if function and function not in caller.functions:
        with operator_scope(request.call.operator_id):
            keys().refused(request.call.operator_id, caller, function)
        return problems.told(
            Problem(
                HTTPStatus.FORBIDDEN,
                "outside-functions",
                _(
                    "The key of this application was not made for this function: %(function)s. "
                    "Ask whoever manages applications at this operator to widen it."
                )
                % {"function": function},
            )
        )
    if not found.endpoint.writes:
        return _run(request, found)
    from tutela.api import repeats  # noqa: PLC0415 - with what seals, only where it is needed

    return repeats.once(request, request.call, lambda: _run(request, found))


def _run(request: ApiRequest, found: Found) -> HttpResponse:
    from ninja.errors import HttpError, ValidationError  # noqa: PLC0415 - loaded by now

    try:
        return cast("HttpResponse", found.operation.run(request, **found.values))
    except ValidationError as error:
        from tutela.api.machinery import machinery  # noqa: PLC0415
        from tutela.api.mistakes import mistakes  # noqa: PLC0415

        members = machinery().members | found.query | set(found.endpoint.parameters)
        raise problems.invalid(*mistakes(error.errors, members)) from None
    except HttpError:
        raise _unreadable() from None
    except TutelaError as error:
        if not error.keeps:
            raise
        return problems.told(error)
