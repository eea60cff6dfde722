"""The journal as staff read it: entries in words, a filter, what to take away, the signed head."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from tutela.core.errors import NotFound
from tutela.journal import actions, asking, selections
from tutela.web.components import Pager
from tutela.web.pages import STAFF, Drawer, Menu, PageRequest, page, page_url, show

if TYPE_CHECKING:
    from django.http import HttpResponse

PER_PAGE = 50
_DIGITS = 19
"""A number of fewer digits is one the database can compare."""
COMMON = ("action", "purpose", "basis")
"""What every entry may have that the policy or the gate has a word for."""


@page(
    "desk/<operator>/journal/",
    name="journal",
    audience=STAFF,
    permission="journal.read",
    menu=Menu(_("Journal"), 60, drawer=Drawer.PROOF),
)
def journal(request: PageRequest) -> HttpResponse:
    visit = request.visit
    form = asking.FilterForm(visit.operator_id, visit.language, request.GET or None)
    chosen = form.chosen()
    found = actions.search(
        visit.operator_id, chosen, before=_number(request.GET.get("before", "")), limit=PER_PAGE
    )
    here = page_url(request, "journal")
    older = f"{here}?{_query(request, before=found.before)}" if found.before is not None else ""
    newer = f"{here}?{_query(request)}" if "before" in request.GET else ""
    context = {
        "form": form,
        "entries": [
            (each, actions.wording(each, visit.language), actions.by_whom(each, visit.language))
            for each in found.rows
        ],
        "asked": bool(chosen.asked),
        "looked_to": found.looked_to,
        "total": actions.count(visit.operator_id),
        "checkpoint": actions.checkpoint(visit.operator_id),
        "witnessed": actions.witnessed(visit.operator_id),
        "key": actions.public_key(visit.operator_id),
        "query": _query(request),
        "pager": Pager(newer_url=newer, older_url=older),
    }
    return show(request, "journal/journal.html", context, status=400 if form.errors else 200)


@page(
    "desk/<operator>/journal/<uuid:entry>/",
    name="journal-entry",
    audience=STAFF,
    permission="journal.read",
    under="journal",
)
def journal_entry(request: PageRequest, entry: UUID) -> HttpResponse:
    visit = request.visit
    row = actions.entry(visit.operator_id, entry)
    context = {
        "row": row,
        "words": actions.wording(row, visit.language),
        "whom": actions.by_whom(row, visit.language),
        "common": {name: actions.named(row, name, visit.language) for name in COMMON},
        "own": [(name, _plain(value)) for name, value in row.data.items() if value != ""],
    }
    return show(request, "journal/entry.html", context)


@page(
    "desk/<operator>/journal/log/",
    name="journal-log",
    audience=STAFF,
    permission="journal.read",
    under="journal",
)
def journal_log(request: PageRequest) -> HttpResponseBase:
    """The whole log as JSON lines, for ``tutela verify``; sent as it is read."""
    operator = request.visit.operator_id
    return _file(_checked(actions.log_lines(operator)), "journal.jsonl", "application/jsonl")


@page(
    "desk/<operator>/journal/selection/",
    name="journal-selection",
    audience=STAFF,
    permission="journal.read",
    under="journal",
)
def journal_selection(request: PageRequest) -> HttpResponseBase:
    """What the filter finds: JSON lines with the proof of every entry, or a table (CSV)."""
    visit = request.visit
    form = asking.FilterForm(visit.operator_id, visit.language, request.GET or None)
    chosen = form.chosen()
    if form.errors:
        raise NotFound(_("The filter was not understood. Go back to the journal and mend it."))
    if request.GET.get("as") == "csv":
        lines = selections.csv_lines(
            visit.operator_id,
            chosen,
            lambda row: (
                actions.wording(row, visit.language),
                actions.by_whom(row, visit.language),
            ),
        )
        return _file(_checked(lines), "journal.csv", "text/csv")
    lines = selections.json_lines(visit.operator_id, chosen)
    return _file(_checked(lines), "selection.jsonl", "application/jsonl")


def _checked(lines: Iterator[str]) -> Iterator[str]:
    """Read the first line now, so that what cannot be exported is said on a page."""
    first = next(lines)

    def all_lines() -> Iterator[str]:
        yield first
        yield from lines

    return all_lines()


def _file(lines: Iterator[str], name: str, kind: str) -> HttpResponseBase:
    response = StreamingHttpResponse(
        (line.encode() for line in lines), content_type=f"{kind}; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _query(request: PageRequest, before: int | None = None) -> str:
    asked = {name: value for name, value in request.GET.items() if value and name != "before"}
    return urlencode(asked if before is None else {**asked, "before": before})


def _plain(value: object) -> str:
    """A value of the log for the eye: a list as words with commas, anything else as it stands."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _DIGITS else None
