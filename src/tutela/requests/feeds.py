"""The address that a calendar program of a member of staff asks."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from tutela.identity.limits import TooOften
from tutela.requests import feeding
from tutela.web.feeds import feed
from tutela.web.pages import PageRequest, page_url
from tutela.web.source import source_of

_TEXT = "text/plain; charset=utf-8"


@feed("calendar/<operator>/<str:secret>.ics", name="desk-calendar")
def desk_calendar(request: PageRequest, secret: str) -> HttpResponse:
    """What is due when, without a word about anybody."""
    visit = request.visit
    assert visit.operator is not None  # noqa: S101 - the kit has found it

    def link(language: str, case: UUID) -> str:
        return request.build_absolute_uri(
            page_url(request, "request", case=case, language=language)
        )

    try:
        body = feeding.calendar(
            visit.operator_id,
            secret,
            source=source_of(request),
            brand=visit.operator.brand,
            link=link,
        )
    except TooOften as refused:  # answered here, so that the count outlives the refusal
        return _answer(str(refused), _TEXT, refused.status)
    if body is None:
        told = _("This calendar has ended. Make another address at the desk.")
        return _answer(told, _TEXT, 404)
    return _answer(body, "text/calendar; charset=utf-8", 200)


def _answer(content: str | bytes, kind: str, status: int) -> HttpResponse:
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(content, content_type=kind, status=status, headers=headers)
