"""Addresses for programs: without language, cookie or script, and public unless they say so.

    @feed("log/<operator>/checkpoint", name="log-checkpoint")
    def checkpoint(request: PageRequest) -> HttpResponse: ...

The view runs inside the operator's scope and answers everybody alike; it sets ``Cache-Control``
itself. An error is the same designed page with its status that people see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt

from tutela.core.errors import NotFound
from tutela.core.registry import Registry
from tutela.core.vocabulary import LANGUAGES
from tutela.db.scope import operator_scope
from tutela.web import access, guard
from tutela.web.pages import PageRequest

V = TypeVar("V", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True, slots=True)
class Feed:
    path: str
    name: str
    view: Callable[..., HttpResponseBase]
    methods: tuple[str, ...] = ("GET",)


FEEDS: Registry[Feed] = Registry("feed")


def feed(path: str, *, name: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[V], V]:
    """Register the decorated view at ``/path``, which names the operator it is about.

    One that takes more than GET proves its caller itself, and no other site may read it.
    """
    if "<operator>" not in path or path.startswith("/"):
        raise ValueError(f"The feed “{name}” must name its operator and not begin with a slash.")

    def register(view: V) -> V:
        FEEDS.register(name, Feed(path, name, view, methods))
        return view

    return register


def feed_patterns() -> list[URLPattern]:
    """Every registered feed as a Django URL pattern."""
    return [
        path(each.path.replace("<operator>", "<operator:operator>"), _serve(each), name=each.name)
        for each in FEEDS.values()
    ]


def _serve(each: Feed) -> Callable[..., HttpResponseBase]:
    @csrf_exempt
    def served(request: HttpRequest, operator: str, **captured: Any) -> HttpResponseBase:
        guard.check_method(request, each.methods)
        guard.check_input(request)
        found = access.hooks.operator(operator)
        if found is None:
            raise NotFound(
                gettext("There is no such page here. Check the address for a typing mistake.")
            )
        visited = cast("PageRequest", request)
        with operator_scope(found.id):
            language = get_language() or LANGUAGES[0]
            visit = access.Visit(language, each.name, operator=found)
            visited.visit = visit
            try:
                response = each.view(visited, **captured)
            finally:
                del visited.visit  # an error is shown in the frame of no page
        if each.methods == ("GET",):
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return served
