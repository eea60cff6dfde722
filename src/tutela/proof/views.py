"""Is the policy kept? A page for anybody, the same for staff with the entries behind each figure,
a page for each clause, and the bundle by which the versions are verified without us."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core.controls import ClauseState, Figure
from tutela.core.errors import NotFound
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Words
from tutela.proof import actions
from tutela.proof.actions import Judged, Said, Section, Verdict
from tutela.proof.wording import MEANINGS
from tutela.web.components import STATES, Part
from tutela.web.pages import STAFF, Drawer, Menu, PageRequest, page, page_url, show

PUBLIC_KINDS = ("policy.published",)
"""Entries that anybody may take away: they are about the policy and about nobody."""

_SHOWN_ENTRIES = 5


@page("<operator>/proof/", name="proof", menu=Menu(gettext_lazy("Is it kept?"), 30))
def proof(request: PageRequest) -> HttpResponseBase:
    return show(request, "proof/public.html", _overview(request, "proof"))


@page(
    "desk/<operator>/proof/",
    name="desk-proof",
    audience=STAFF,
    permission="proof.read",
    menu=Menu(gettext_lazy("Proof"), 20, drawer=Drawer.PROOF),
)
def desk_proof(request: PageRequest) -> HttpResponseBase:
    return show(request, "proof/desk.html", _overview(request, "desk-proof"))


@page("<operator>/proof/bundle/", name="proof-bundle")
def proof_bundle(request: PageRequest) -> HttpResponseBase:
    """The versions of the policy with their entries in the log, verifiable without us."""
    operator_id = request.visit.operator_id
    rows = journal.entries(operator_id, kinds=PUBLIC_KINDS, limit=1000)
    signed = [each.id for each in rows if each.index is not None]
    if not signed:
        raise NotFound(
            _("The publication waits for its signature in the log. Try again in a few seconds.")
        )
    bundle = journal.bundle(operator_id, signed)
    response = HttpResponse(
        json.dumps(bundle, ensure_ascii=False, indent=2), content_type="application/json"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="bundle.json"'
    return response


@page("<operator>/proof/<path:ref>/", name="proof-clause", under="proof")
def proof_clause(request: PageRequest, ref: str) -> HttpResponseBase:
    return show(request, "proof/clause.html", _clause(request, ref, "proof"))


@page(
    "desk/<operator>/proof/<path:ref>/",
    name="desk-proof-clause",
    audience=STAFF,
    permission="proof.read",
    under="desk-proof",
)
def desk_proof_clause(request: PageRequest, ref: str) -> HttpResponseBase:
    return show(request, "proof/desk_clause.html", _clause(request, ref, "desk-proof"))


@dataclass(frozen=True, slots=True)
class _Choice:
    """One of the figures on top: a state, how many clauses have it, and a link to them alone."""

    state: str
    count: int
    meaning: str
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    note: str
    clauses: Sequence[Judged]


def _overview(request: PageRequest, name: str) -> dict[str, Any]:
    visit = request.visit
    verdict = actions.judge(visit.operator_id, visit.language)
    counts = verdict.counts
    wanted = request.GET.get("state", "")
    chosen = ClauseState(wanted) if wanted in set(ClauseState) else None
    here = page_url(request, name)
    return {
        "verdict": verdict,
        "counts": {state.name.lower(): count for state, count in counts.items()},
        "since": _in_force_since(request, verdict),
        "parts": [Part(str(state), counts[state]) for state in ClauseState],
        "choices": [
            _Choice(
                state=str(state),
                count=counts[state],
                meaning=str(MEANINGS[state]),
                url=here if state is chosen else f"{here}?state={state}#clauses",
                chosen=state is chosen,
            )
            for state in ClauseState
        ],
        "chosen": chosen and str(chosen),
        "meaning": chosen and MEANINGS[chosen],
        "here": here,
        "sections": [each for each in map(_section(chosen), verdict.sections) if each.clauses],
        "clause_page": f"{name}-clause",
        "key": journal.public_key(visit.operator_id),
        "staff_view": name == "desk-proof",
    }


def _in_force_since(request: PageRequest, verdict: Verdict) -> Any:
    rows = policies.versions(request.visit.operator_id)
    return next(each.effective_from for each in rows if each.number == verdict.policy.number)


def _section(chosen: ClauseState | None) -> Any:
    def made(section: Section) -> _Section:
        return _Section(
            title=_title(section),
            note=_note(section),
            clauses=[each for each in section.clauses if chosen in (None, each.state)],
        )

    return made


def _title(section: Section) -> str:
    if section.heading is None:
        return _("Opening")
    number = section.heading.marker.rstrip(".")
    return f"{number} · {section.heading.text}" if number else section.heading.text


def _note(section: Section) -> str:
    """“kept: 3 · broken: 1”: the states of the section's clauses."""
    counted = Counter(each.state for each in section.clauses)
    return " · ".join(
        f"{STATES[str(state)][1]}: {counted[state]}" for state in ClauseState if counted[state]
    )


COURSE = {
    "done": ("discharged", gettext_lazy("done")),
    "due": ("late", gettext_lazy("due and not done")),
    "blocked": ("blocked", gettext_lazy("blocked, within the longer term")),
    "held": ("archived", gettext_lazy("held on a ground")),
    "ahead": ("open", gettext_lazy("still ahead")),
}
"""How far it has come: the state whose tone a part of the picture has, and its word."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What one control says on the page of a clause, for staff with the last entries behind."""

    title: Words
    part: str
    state: str
    how: str
    figures: Sequence[Figure]
    parts: Sequence[Part]
    entries: Sequence[tuple[journal.Row, str]]


def _clause(request: PageRequest, ref: str, parent: str) -> dict[str, Any]:
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    clause = policy.clause(ref)
    judged = actions.judge_clause(visit.operator_id, clause.ref, visit.language) if clause else None
    if clause is None or judged is None:
        raise NotFound(_("The policy has no such clause. Look for it in the list."))
    staff_view = parent == "desk-proof"
    return {
        "judged": judged,
        "text": policy.passage(clause.ref, visit.language).splitlines(),
        "meaning": MEANINGS[judged.state],
        "told": [_told(request, each, clause.ref, staff_view) for each in judged.said],
        "back": f"{page_url(request, parent)}#{judged.clause.anchor}",
        "staff_view": staff_view,
    }


def _told(request: PageRequest, said: Said, ref: str, staff_view: bool) -> _Told:  # noqa: FBT001
    figures = [each for each in said.answer.figures if each.count]
    return _Told(
        title=said.title,
        part=said.part if said.part != ref else "",
        state=str(said.answer.state),
        how=str(said.how),
        figures=figures,
        parts=[
            Part(COURSE[slug][0], count, COURSE[slug][1])
            for slug, count in said.answer.course
            if count
        ],
        entries=_entries(request, figures) if staff_view else (),
    )


def _entries(request: PageRequest, figures: Sequence[Figure]) -> list[tuple[journal.Row, str]]:
    """The last entries behind the figures, newest first."""
    visit = request.visit
    sources: Mapping[str, set[str]] = {}
    for each in figures:
        sources = {**sources, each.clause: {*sources.get(each.clause, set()), *each.kinds}}
    rows = [
        row
        for clause, kinds in sources.items()
        if kinds
        for row in journal.entries(
            visit.operator_id,
            kinds=kinds,
            clause=clause or None,
            newest_first=True,
            limit=_SHOWN_ENTRIES,
        )
    ]
    rows.sort(key=lambda row: row.number, reverse=True)
    return [(row, journal.wording(row, visit.language)) for row in rows[:_SHOWN_ENTRIES]]
