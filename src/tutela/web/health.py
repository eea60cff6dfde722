"""Two addresses for whoever watches the program: does it run, and can it serve.

They are answered before anything else: without a host name to check, a session or a language,
and the first one without the database.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from tutela.core.readiness import lacking

LIVE = "/health/live"
READY = "/health/ready"


class Health:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == LIVE:
            return _answer(HTTPStatus.OK, {"live": True})
        if request.path == READY:
            missing = lacking()
            status = HTTPStatus.SERVICE_UNAVAILABLE if missing else HTTPStatus.OK
            return _answer(status, {"ready": not missing, "lacking": missing})
        return self.get_response(request)


def _answer(status: HTTPStatus, body: dict[str, object]) -> JsonResponse:
    answer = JsonResponse(body, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
