"""From a request to a page: method, input, operator, scope, access, form token, rendering."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast
from urllib.parse import quote, urlsplit
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from tutela.core.errors import NotAllowed, NotFound, TutelaError
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.web import access, guard
from tutela.web.pages import Audience, PageRequest, Route, page_url

_SIGN_IN = {Audience.SUBJECT: "sign-in", Audience.STAFF: "desk-sign-in"}
"""The pages that sign people in; the rooms that own them register them under these names."""

CONFIRM = "desk-confirm"
"""The page on which staff prove again that they are there."""


def serve(route: Route) -> Callable[..., HttpResponseBase]:
    """The Django view of a page. Exempt from Django's CSRF check because ``guard`` does its own."""

    @csrf_exempt
    def served(
        request: HttpRequest, language: str, operator: str = "", **captured: Any
    ) -> HttpResponseBase:
        guard.check_method(request, route.methods)
        guard.check_input(request)
        visited = cast("PageRequest", request)
        visited.visit = access.Visit(language, route.name)
        if "operator" not in route.parameters:
            return _answer(route, visited, captured)
        found = access.hooks.operator(operator)
        if found is None:
            raise NotFound(_("There is no such page here. Check the address for a typing mistake."))
        visited.visit = replace(visited.visit, operator=found)
        return _inside(found.id, route, visited, captured)

    served.__name__ = served.__qualname__ = route.view.__name__
    return served


def _inside(
    operator: UUID, route: Route, request: PageRequest, captured: dict[str, Any]
) -> HttpResponseBase:
    """Answer in the operator's scope; an error that keeps a refusal's entry is raised after it."""
    try:
        return _decided(operator, route, request, captured)
    except TutelaError as error:
        if error.leaves_word:
            with operator_scope(operator):
                error.afterwards()
        raise


def _decided(
    operator: UUID, route: Route, request: PageRequest, captured: dict[str, Any]
) -> HttpResponseBase:
    with operator_scope(operator):
        outcome: HttpResponseBase | TutelaError
        try:
            outcome = _answer(route, request, captured)
        except TutelaError as error:
            if not error.keeps:
                raise
            outcome = error
        if connection.needs_rollback:
            raise SwallowedDatabaseError(route.name)
    if isinstance(outcome, TutelaError):
        raise outcome
    return outcome


def _answer(route: Route, request: PageRequest, captured: dict[str, Any]) -> HttpResponseBase:
    with _time_zone(request):
        response = _admit(route, request)
        if response is None:
            response = route.view(request, **captured)
            if isinstance(response, SimpleTemplateResponse):
                response.render()
    if route.private:
        response.headers["Cache-Control"] = "no-store"
    elif "POST" in route.methods:
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


def _time_zone(request: PageRequest) -> contextlib.AbstractContextManager[None]:
    operator = request.visit.operator
    return timezone.override(access.hooks.zone(operator.id) if operator else "UTC")


def _admit(route: Route, request: PageRequest) -> HttpResponseBase | None:
    """Resolve who is here and check the form's token; a response means “sign in first”."""
    operator = request.visit.operator
    if route.audience is Audience.SUBJECT:
        subject = access.hooks.subject(request, operator) if operator else None
        if subject is None:
            return _to_sign_in(route, request)
        request.visit = replace(request.visit, subject=subject)
    elif route.audience is Audience.STAFF:
        staff = access.hooks.staff(request, operator)
        if staff is None:
            return _to_sign_in(route, request)
        if staff.first and route.name != staff.first:
            return HttpResponseRedirect(page_url(request, staff.first))
        if route.permission not in staff.permissions:
            raise NotAllowed(
                _("Your role does not open this page. Ask whoever manages roles at this operator.")
            )
        request.visit = replace(request.visit, staff=staff)
        if route.recent and not staff.recent:
            return _to_confirm(request)
    if request.method == "POST":
        submission = new_id() if route.foreign else guard.check_form(request, route)
        request.visit = replace(request.visit, submission=submission)
    return None


def _to_sign_in(route: Route, request: PageRequest) -> HttpResponseBase:
    try:
        target = page_url(request, _SIGN_IN[route.audience])
    except (KeyError, NoReverseMatch):
        raise access.SignInNeeded(_("Sign in first; the page opens after that.")) from None
    if request.method == "GET":
        target += "?next=" + quote(request.path)
    return HttpResponseRedirect(target)


def _to_confirm(request: PageRequest) -> HttpResponseBase:
    """Ask who is there, then lead back to the page, or to the one with the form that was sent."""
    back = request.get_full_path()
    if request.method == "POST":
        back = urlsplit(request.headers.get("Referer", "")).path
    target = page_url(request, CONFIRM)
    return HttpResponseRedirect(f"{target}?next={quote(back)}" if back else target)


class SwallowedDatabaseError(RuntimeError):
    """The view went on after a database error, so nothing of its work can be saved."""
