"""One promise: how its date was counted, what was done, more time for it, and its clock standing
still."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase

from tutela.core import clock
from tutela.obligations import actions as obligations
from tutela.obligations.entries import AWAITED, MOTIVES
from tutela.policy import actions as policies
from tutela.policy.wording import EVENTS
from tutela.requests import actions
from tutela.requests.desk.lines import due_line, entries
from tutela.requests.wording import EXCEPTIONAL, RECORDED, USUAL
from tutela.web.pages import STAFF, PageRequest, page, page_url, show


@page(
    "desk/<operator>/obligations/<uuid:obligation>/",
    name="obligation",
    audience=STAFF,
    permission="obligation.work",
    under="desk",
    methods=("GET", "POST"),
)
def obligation(request: PageRequest, obligation: UUID) -> HttpResponseBase:
    """One promise: how its date was counted, and recording what was done."""
    visit = request.visit
    if request.method == "POST":
        actions.record_outcome(
            visit.operator_id, obligation, visit.actor, request.POST.get("outcome", "")
        )
        return HttpResponseRedirect(page_url(request, "desk"))
    row = obligations.get(visit.operator_id, obligation)
    policy = policies.version(visit.operator_id, row.policy_version)
    promise = obligations.promise_of(row)
    motives = MOTIVES.items() if actions.may_extend(row, promise) else ()
    usual = USUAL.get(row.outcome, "done")
    context = {
        "row": row,
        "line": due_line(row, visit.language, clock.now()),
        "event": EVENTS.get(row.event, row.event),
        "clause_text": policy.passage(row.clause, visit.language),
        "usual": (usual, RECORDED[usual]),
        "outcomes": [(slug, RECORDED[slug]) for slug in EXCEPTIONAL],
        "motives": motives,
        "pauses": [
            (each.awaited, AWAITED[each.awaited], each.at_most.words(visit.language))
            for each in obligations.may_pause(row)
        ],
        "extension": promise.extension.words(visit.language) if promise.extension else "",
        "entries": entries(request, row.subject_id) if row.subject_id else [],
    }
    return show(request, "requests/obligation.html", context)


@page(
    "desk/<operator>/obligations/<uuid:obligation>/extend/",
    name="extend",
    audience=STAFF,
    permission="obligation.work",
    under="desk",
    methods=("POST",),
)
def extend(request: PageRequest, obligation: UUID) -> HttpResponseBase:
    """Make a term longer, once, with a motive; the person is told by letter (004 9.10(b))."""
    visit = request.visit
    actions.extend(visit.operator_id, obligation, visit.actor, request.POST.get("motive", ""))
    return HttpResponseRedirect(page_url(request, "obligation", obligation=obligation))


@page(
    "desk/<operator>/obligations/<uuid:obligation>/pause/",
    name="pause",
    audience=STAFF,
    permission="obligation.work",
    under="desk",
    methods=("POST",),
)
def pause(request: PageRequest, obligation: UUID) -> HttpResponseBase:
    """Let the clock stand still for what the person has to give, or go on when it has come."""
    visit = request.visit
    if request.POST.get("do") == "go-on":
        actions.go_on(visit.operator_id, obligation, visit.actor)
    else:
        actions.pause(visit.operator_id, obligation, visit.actor, request.POST.get("awaited", ""))
    return HttpResponseRedirect(page_url(request, "obligation", obligation=obligation))
