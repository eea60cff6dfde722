"""The journal as staff read it: entries in words, the signed head, and the whole log to take."""

from __future__ import annotations

import io
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from tutela.journal import actions
from tutela.web.components import Pager
from tutela.web.pages import STAFF, Menu, PageRequest, page, page_url, show

PER_PAGE = 50
COMMON = ("action", "purpose", "basis")
"""What every entry may have that the policy or the gate has a word for."""


@page(
    "desk/<operator>/journal/",
    name="journal",
    audience=STAFF,
    permission="journal.read",
    menu=Menu(_("Journal"), 60),
)
def journal(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    counts = actions.count_by_kind(visit.operator_id)
    kind = request.GET.get("kind", "")
    chosen = (kind,) if kind in counts else None
    rows = actions.entries(
        visit.operator_id,
        kinds=chosen,
        after=_identifier(request.GET.get("after", "")),
        limit=PER_PAGE + 1,
        newest_first=True,
    )
    older = ""
    if len(rows) > PER_PAGE:
        query = f"?after={rows[PER_PAGE - 1].id}" + (f"&kind={kind}" if chosen else "")
        older = page_url(request, "journal") + query
    newer = page_url(request, "journal") if "after" in request.GET else ""
    context = {
        "entries": [
            (each, actions.wording(each, visit.language), actions.by_whom(each, visit.language))
            for each in rows[:PER_PAGE]
        ],
        "counts": counts.items(),
        "kind": kind if chosen else "",
        "total": sum(counts.values()),
        "checkpoint": actions.checkpoint(visit.operator_id),
        "key": actions.public_key(visit.operator_id),
        "pager": Pager(newer_url=newer, older_url=older),
    }
    return show(request, "journal/journal.html", context)


@page(
    "desk/<operator>/journal/<uuid:entry>/",
    name="journal-entry",
    audience=STAFF,
    permission="journal.read",
    under="journal",
)
def journal_entry(request: PageRequest, entry: UUID) -> HttpResponseBase:
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
    """The whole log as JSON lines, for ``tutela verify``."""
    stream = io.StringIO()
    actions.export_log(request.visit.operator_id, stream)
    response = HttpResponse(stream.getvalue(), content_type="application/jsonl; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="journal.jsonl"'
    return response


def _plain(value: object) -> str:
    """A value of the log for the eye: a list as words with commas, anything else as it stands."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _identifier(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
