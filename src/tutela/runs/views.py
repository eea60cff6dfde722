"""The desk's pages of runs: each step says what is done next, and by whom."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.identity.staff import actions as staff
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.retention import showing
from tutela.runs import actions, handing, papers, planning
from tutela.runs.actions import Proposal, RunRow
from tutela.runs.errors import WrongRun
from tutela.runs.wording import KINDS, STEPS, RunKind, Step
from tutela.web import dates
from tutela.web.components import Step as Stage
from tutela.web.pages import STAFF, PageRequest, page, page_url, show

MANAGE = "ending.manage"
_LONGEST = 5


def _shown(request: PageRequest, row: RunRow) -> dict[str, object]:
    step = row.step(clock.now())
    words, tone = STEPS[step]
    known = policies.in_force(request.visit.operator_id).recipients.get(row.buyer)
    return {
        "row": row,
        "kind": KINDS[RunKind(row.kind)],
        "words": words,
        "tone": tone,
        "step": step,
        "buyer": known.title.get(request.visit.language, row.buyer) if known else row.buyer,
    }


@page(
    "desk/<operator>/ending/runs/",
    name="runs",
    audience=STAFF,
    permission="ending.read",
    under="ending",
)
def runs(request: PageRequest) -> HttpResponseBase:
    """The runs there are, what one would do now, and the form that opens one."""
    visit = request.visit
    policy, language = policies.in_force(visit.operator_id), visit.language
    context = {
        "runs": [_shown(request, each) for each in actions.runs(visit.operator_id)],
        "kinds": KINDS.items(),
        "buyers": [
            (slug, policy.recipients[slug].title.get(language, slug))
            for slug in actions.buyers(policy)
        ],
        "manages": visit.may(MANAGE),
    }
    return show(request, "runs/runs.html", context)


@page(
    "desk/<operator>/ending/runs/open/",
    name="run-open",
    audience=STAFF,
    permission=MANAGE,
    under="ending",
    methods=("POST",),
    recent=True,
)
def run_open(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    made = actions.open_run(visit.operator_id, _proposal(request), by=visit.actor)
    return HttpResponseRedirect(page_url(request, "run", run=made.id))


def _proposal(request: PageRequest) -> Proposal:
    sent = request.POST
    return Proposal(
        kind=sent.get("kind", ""),
        reference=sent.get("reference", ""),
        carry_at=_day(sent.get("day", "")),
        buyer=sent.get("buyer", "") if sent.get("kind") == RunKind.SALE else "",
        key=sent.get("key", "") if sent.get("kind") == RunKind.SALE else "",
        assumed=sent.get("assumed", "") if sent.get("kind") == RunKind.SALE else "",
        destroys=sent.get("destroys") == "on",
        file_days=_days(sent.get("days", "")),
    )


def _days(text: str) -> int:
    if not text:
        return actions.FILE_DAYS
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST else 0


def _day(text: str) -> datetime:
    try:
        return timezone.make_aware(datetime.combine(date.fromisoformat(text), datetime.min.time()))
    except (ValueError, OverflowError):
        raise WrongRun(_("Write the day as year-month-day.")) from None


@page(
    "desk/<operator>/ending/runs/<uuid:run>/",
    name="run",
    audience=STAFF,
    permission="ending.read",
    under="ending",
)
def run(request: PageRequest, run: UUID) -> HttpResponseBase:
    visit = request.visit
    row = actions.run(visit.operator_id, run)
    policy = policies.in_force(visit.operator_id)
    step = row.step(clock.now())
    waits = step not in {Step.ENDED, Step.CANCELLED}
    dry = (
        planning.dry_run(visit.operator_id, row.kind, row.buyer, destroys=row.destroys)
        if waits
        else None
    )
    context = {
        "run": _shown(request, row),
        "stages": _stages(row, step),
        "names": {str(each.id): each.name for each in staff.members(visit.operator_id)},
        "dry": dry,
        "lines": [
            (each, _grounds(policy, each, visit.language)) for each in (dry.lines if dry else ())
        ],
        "decides": visit.may(MANAGE) and step is Step.OPENED,
        "cancels": visit.may(MANAGE) and waits,
        "file": row.file and visit.may(MANAGE),
        "until": row.ended_at + timedelta(days=row.file_days) if row.ended_at else None,
        "receipts": row.file and row.ended_at is not None and visit.may(MANAGE),
    }
    return show(request, "runs/run.html", context)


def _grounds(policy: Policy, fate: planning.Fate, language: str) -> str:
    said = (showing.ground_words(policy, each, language) for each in fate.grounds)
    return "; ".join(dict.fromkeys(said))


def _stages(row: RunRow, step: Step) -> list[Stage]:
    """What was done and what is ahead, in its order."""
    over = step in {Step.ENDED, Step.CANCELLED}
    told = _("%(count)s letters so far") % {"count": row.told} if row.told else ""
    done = _("handed over %(handed)s, destroyed %(gone)s, kept on a ground %(kept)s") % {
        "handed": row.handed,
        "gone": row.destroyed + row.partly,
        "kept": row.kept,
    }
    return [
        Stage(_("Opened"), dates.minute(row.opened_at)),
        Stage(
            _("Agreed to by a second person"),
            dates.minute(row.decided_at) if row.decided_at else "",
            done=row.decided_at is not None,
        ),
        Stage(_("Everybody was written to"), told, done=row.noticed_at is not None),
        Stage(_("Carried out from this day on"), dates.minute(row.carry_at), done=row.people > 0),
        Stage(_("Each person was dealt with"), done if row.people else "", done=over),
        Stage(
            _("Ended with a signed act"),
            dates.minute(row.ended_at) if row.ended_at else "",
            done=row.ended_at is not None,
        ),
    ]


@page(
    "desk/<operator>/ending/runs/<uuid:run>/decide/",
    name="run-decide",
    audience=STAFF,
    permission=MANAGE,
    under="ending",
    methods=("POST",),
    recent=True,
)
def run_decide(request: PageRequest, run: UUID) -> HttpResponseBase:
    """A second person agrees, the run is called off, or the buyer has the file."""
    visit = request.visit
    match request.POST.get("step", ""):
        case "agree":
            actions.decide(visit.operator_id, run, by=visit.actor)
        case "cancel":
            actions.cancel(visit.operator_id, run, by=visit.actor)
        case "received":
            receipt = request.POST.get("receipt", "")
            actions.received(visit.operator_id, run, receipt, by=visit.actor)
        case _:
            raise WrongRun(_("Press one of the buttons on the page of the run."))
    return HttpResponseRedirect(page_url(request, "run", run=run))


@page(
    "desk/<operator>/ending/runs/<uuid:run>/take/",
    name="run-take",
    audience=STAFF,
    permission=MANAGE,
    under="ending",
    methods=("POST",),
    recent=True,
)
def run_take(request: PageRequest, run: UUID) -> HttpResponseBase:
    """An act, signed or as a paper, or the sealed file for the buyer, which nobody here opens."""
    visit, what = request.visit, request.POST.get("what", "")
    row = actions.run(visit.operator_id, run)
    envelopes = {"act": row.envelope, "file-act": row.file_envelope}
    if (envelope := envelopes.get(what)) is not None:
        body = json.dumps(envelope, ensure_ascii=False, indent=2).encode()
        return _download(body, "application/json", f"run-{what}-{run}.json")
    if what == "act-pdf" and row.envelope is not None:
        made = papers.run_pdf(visit.operator_id, row, visit.language)
        return _download(made, "application/pdf", f"run-act-{run}.pdf")
    if what == "file-act-pdf" and row.file_envelope is not None:
        made = papers.file_pdf(visit.operator_id, row, visit.language)
        return _download(made, "application/pdf", f"run-file-act-{run}.pdf")
    place = handing.path_of(run)
    if what != "file" or not place.exists():
        raise NotFound(_("There is nothing to take yet."))
    return _download(place.read_bytes(), "application/jsonl", f"run-{run}.jsonl")


def _download(body: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
