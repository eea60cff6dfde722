"""Where processors answer, and the desk's pages of what they were told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.http import HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.policy import actions as policies
from tutela.processors import actions, sending
from tutela.processors.actions import CommandRow
from tutela.processors.errors import WrongAnswer
from tutela.processors.wording import BY_HAND, ENDED, FAILURES, STATES, WAYS
from tutela.retention.wording import PROOFS
from tutela.web.pages import STAFF, PageRequest, page, page_url, show

WORK = "ending.work"


def _shown(request: PageRequest, row: CommandRow) -> dict[str, object]:
    policy, language = policies.in_force(request.visit.operator_id), request.visit.language
    known = policy.recipients.get(row.recipient)
    words, tone = STATES[row.state]
    return {
        "row": row,
        "title": known.title.get(language, row.recipient) if known else row.recipient,
        "fields": sending.titles(policy.fields, row.fields, language),
        "purposes": sending.titles(policy.purposes, row.purposes, language),
        "words": words,
        "tone": tone,
        "way": WAYS.get(row.by, row.by),
        "why": FAILURES.get(row.failure, row.failure),
        "outcome": ENDED.get(row.outcome, ""),
        "how": PROOFS.get(row.how, ""),
    }


@page(
    "<operator>/processors/<str:token>/",
    name="processor-answer",
    methods=("GET", "POST"),
    private=True,
    foreign=True,
)
def processor_answer(request: PageRequest, token: str) -> HttpResponseBase:
    """A processor says that its copy is destroyed: its staff by a button, its server by a form of
    one field. Only the answering changes anything, so that a program that follows the links of
    letters answers nothing."""
    visit = request.visit
    row = actions.by_token(visit.operator_id, token)
    if request.method == "POST":
        outcome = request.POST.get("outcome", "")
        row = actions.answer_by_link(visit.operator_id, token, outcome)
        if request.headers.get("Accept", "").startswith("application/json"):
            return JsonResponse({"command": str(row.id), "outcome": row.outcome})
        return HttpResponseRedirect(page_url(request, "processor-answer", token=token))
    context = {"command": _shown(request, row), "outcomes": ENDED.items()}
    return show(request, "processors/answer.html", context)


@page(
    "desk/<operator>/ending/processors/",
    name="processors",
    audience=STAFF,
    permission="ending.read",
    under="ending",
)
def processors(request: PageRequest) -> HttpResponseBase:
    """Whom it is awaited of, the earliest term first, and who has answered."""
    visit = request.visit
    rows = [_shown(request, each) for each in actions.commands(visit.operator_id)]
    found = actions.figures(visit.operator_id, clock.now())
    return show(request, "processors/list.html", {"rows": rows, "found": found})


@page(
    "desk/<operator>/ending/processors/<uuid:command>/",
    name="processor-command",
    audience=STAFF,
    permission="ending.read",
    under="ending",
)
def processor_command(request: PageRequest, command: UUID) -> HttpResponseBase:
    return _page(request, command, {})


@page(
    "desk/<operator>/ending/processors/<uuid:command>/step/",
    name="processor-step",
    audience=STAFF,
    permission=WORK,
    under="ending",
    methods=("POST",),
)
def processor_step(request: PageRequest, command: UUID) -> HttpResponseBase:
    """Staff look what finds the person, have told the processor, or hold its answer in hand."""
    visit, sent = request.visit, request.POST
    match sent.get("step", ""):
        case "look":
            found = actions.finding(visit.operator_id, command, by=visit.actor)
            return _page(request, command, found)
        case "told":
            actions.told_by_hand(visit.operator_id, command, by=visit.actor)
        case "answered":
            actions.acknowledge(
                visit.operator_id,
                command,
                sent.get("outcome", ""),
                how=sent.get("how", ""),
                by=visit.actor,
                reference=sent.get("reference", ""),
            )
        case _:
            raise WrongAnswer(_("Press one of the buttons on the page of the processor."))
    return HttpResponseRedirect(page_url(request, "processor-command", command=command))


def _page(
    request: PageRequest, command: UUID, found: Mapping[str, Sequence[str]]
) -> HttpResponseBase:
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    row = actions.command(visit.operator_id, command)
    named = sending.titles(policy.fields, found, visit.language)
    context = {
        "command": _shown(request, row),
        "found": [
            (title, ", ".join(each)) for title, each in zip(named, found.values(), strict=True)
        ],
        "proofs": BY_HAND.items(),
        "outcomes": ENDED.items(),
        "link": page_url(request, "processor-answer", token=sending.token_of(command)),
        "works": visit.may(WORK) and row.acknowledged_at is None,
    }
    return show(request, "processors/command.html", context)
