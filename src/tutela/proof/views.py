"""Is the policy kept? One page for anybody, and the same for staff with the entries behind it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tutela.core.controls import ClauseState, Figure
from tutela.journal import actions as journal
from tutela.policy.clauses import Clause
from tutela.policy.vocabulary import capabilities
from tutela.proof import actions
from tutela.web.components import Part
from tutela.web.pages import STAFF, Menu, PageRequest, page, show

BAR = (
    ClauseState.KEPT,
    ClauseState.AT_RISK,
    ClauseState.BROKEN,
    ClauseState.NOTHING_YET,
    ClauseState.NOT_BUILT,
    ClauseState.NOT_BOUND,
    ClauseState.INFORMATIVE,
)
PUBLIC_KINDS = ("policy.published",)


@page("<operator>/proof/", name="proof", menu=Menu(_("Is it kept?"), 30))
def proof(request: PageRequest) -> HttpResponseBase:
    return show(request, "proof/public.html", _context(request))


@page(
    "desk/<operator>/proof/",
    name="desk-proof",
    audience=STAFF,
    permission="proof.read",
    menu=Menu(_("Proof"), 20),
)
def desk_proof(request: PageRequest) -> HttpResponseBase:
    return show(request, "proof/desk.html", _context(request, staff_view=True))


@page("<operator>/proof/bundle/", name="proof-bundle")
def proof_bundle(request: PageRequest) -> HttpResponseBase:
    """The versions of the policy with their entries in the log, verifiable without us."""
    operator_id = request.visit.operator_id
    rows = journal.entries(operator_id, kinds=PUBLIC_KINDS, limit=1000)
    sequenced = [each.id for each in rows if each.index is not None]
    bundle = journal.bundle(operator_id, sequenced)
    body = json.dumps(bundle, ensure_ascii=False, indent=2)
    response = HttpResponse(body, content_type="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="bundle.json"'
    return response


@dataclass(frozen=True, slots=True)
class _Line:
    """One clause as the page shows it."""

    clause: Clause
    state: str
    figures: Sequence[Figure]
    titles: Sequence[str]
    reason: Mapping[str, str]
    subjects: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    clauses: Sequence[_Line]


def _context(request: PageRequest, *, staff_view: bool = False) -> dict[str, object]:
    visit = request.visit
    verdict = actions.judge(visit.operator_id, visit.language)
    return {
        "verdict": {"at": verdict.at, "sections": _sections(verdict, visit.language)},
        "policy": verdict.policy,
        "parts": [Part(str(state), verdict.counts.get(state, 0)) for state in BAR],
        "broken": verdict.counts.get(ClauseState.BROKEN, 0),
        "kept": verdict.counts.get(ClauseState.KEPT, 0),
        "key": journal.public_key(visit.operator_id),
        "staff_view": staff_view,
    }


def _sections(verdict: actions.Verdict, language: str) -> list[_Section]:
    return [
        _Section(
            f"{each.heading.number} · {each.heading.title}" if each.heading else gettext("Opening"),
            [_line(judged, language) for judged in each.clauses],
        )
        for each in verdict.sections
    ]


def _line(judged: actions.Judged, language: str) -> _Line:
    known = capabilities()
    titles = [
        known[slug].title.get(language, slug) if slug in known else slug for slug in judged.controls
    ]
    return _Line(
        judged.clause, str(judged.state), judged.figures, titles, judged.reason, judged.subjects
    )
