"""Every request gets a number, is counted by its page, and may be logged without its address."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Container

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tutela.core import logs
from tutela.core.ids import new_id
from tutela.core.measures import ADDRESS, ADDRESSES, duration

log = logging.getLogger("tutela.web.requests")

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_STATUSES = frozenset({"1xx", "2xx", "3xx", "4xx", "5xx"})


class _Places(Container[str]):
    """The names of pages and the paths of the API; anything else is counted as ``other``."""

    def __contains__(self, name: object) -> bool:
        from tutela.web.pages import ROUTES  # noqa: PLC0415 - pages are registered after this

        return name in ROUTES or name in ADDRESSES


REQUESTS = duration(
    "request",
    "Requests by page or path of the API, method and class of status, with how long they took.",
    page=_Places,
    method=lambda: _METHODS,
    status=lambda: _STATUSES,
)


class Watch:
    """The number stands in the answer (``X-Request-Id``) and in every line of the log.

    It is always made here: one that comes from outside could hold anything.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        number = new_id().hex
        with logs.during(number):
            response = self.get_response(request)
            self._note(request, response, time.perf_counter() - began)
        response.headers["X-Request-Id"] = number
        return response

    def _note(self, request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
        match = request.resolver_match
        page = (match.url_name or "") if match else request.META.get(ADDRESS, "")
        status = f"{response.status_code // 100}xx"
        REQUESTS.add(seconds, page=page, method=request.method or "", status=status)
        if settings.TUTELA_LOG_REQUESTS:
            method = request.method if request.method in _METHODS else "OTHER"
            log.info(
                "%s %s %d in %d ms",
                method,
                page or "-",
                response.status_code,
                round(seconds * 1000),
                extra={
                    "page": page,
                    "method": method,
                    "status": response.status_code,
                    "milliseconds": round(seconds * 1000),
                },
            )
