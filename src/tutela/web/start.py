"""Addresses without a language: they lead to the same page in the reader's language."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import get_language


def _front(request: HttpRequest) -> HttpResponseRedirect:  # noqa: ARG001 - a Django view
    """The demo's start page in a demo, else the list of operators."""
    return HttpResponseRedirect(f"/{get_language()}/" + ("demo/" if settings.TUTELA_DEMO else ""))


def _in_language(request: HttpRequest, rest: str = "") -> HttpResponseRedirect:  # noqa: ARG001
    return HttpResponseRedirect(f"/{get_language()}{request.get_full_path()}")


def start_patterns() -> list[URLPattern]:
    return [
        path("", _front, name="front"),
        path("demo/", _in_language),
        path("demo/<path:rest>", _in_language),
        path("desk/", _in_language),
        path("desk/<path:rest>", _in_language),
    ]
