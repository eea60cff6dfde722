"""While there is a reason to be closed, every page says so and nothing is done."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tutela.core import closed
from tutela.web import errors

_FOR_MACHINES = ("/health/", "/metrics")
"""Who watches the program hears the reason from those, not from a page."""
_RETRY_AFTER = "30"  # seconds


class Closed:
    """Answers with the status and the sentence of the reason; no view is reached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        why = closed.reason()
        if why is None or request.path.startswith(_FOR_MACHINES):
            return self.get_response(request)
        response = errors.told(request, why)
        response.headers["Retry-After"] = _RETRY_AFTER
        return response
