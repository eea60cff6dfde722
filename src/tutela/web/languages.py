"""The language is the first part of the path; nothing is remembered and no cookie is set."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from tutela.core.vocabulary import LANGUAGES

NAMES = {"en": "English", "ru": "Русский"}
"""Each language in its own words, for the switch."""

RESERVED = frozenset({"desk", "demo"})
"""First parts of a path that are no operator's slug."""

_SAME_IN_EVERY_LANGUAGE = ("/static/", "/log/")


class LanguageConverter:
    regex = "|".join(LANGUAGES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class OperatorConverter:
    regex = "[a-z0-9][a-z0-9-]{0,62}"

    def to_python(self, value: str) -> str:
        if value in RESERVED:
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        return value


def of_path(path: str) -> str | None:
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first if first in LANGUAGES else None


class PathLanguage:
    """Activates the language of the path, else the first one the browser asks for that we have."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        named = of_path(request.path_info)
        language = named or _accepted(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if named is None and not request.path_info.startswith(_SAME_IN_EVERY_LANGUAGE):
            patch_vary_headers(response, ("Accept-Language",))
        return response


def _accepted(request: HttpRequest) -> str:
    for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        if (short := code.split("-")[0]) in LANGUAGES:
            return str(short)
    return LANGUAGES[0]
