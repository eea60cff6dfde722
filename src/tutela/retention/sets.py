"""The desk's page of sets: what stays of data without its people, and how that was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tutela.anonymisation import actions as anonymisation
from tutela.anonymisation.actions import RunRow
from tutela.anonymisation.entries import REASONS
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import AnonymousSet, Policy
from tutela.retention import showing
from tutela.retention.wording import method_words
from tutela.web.components import Bar
from tutela.web.pages import STAFF, PageRequest, page, show

JOINED, NOT_JOINED = "anonymisation.joined", "anonymisation.join-refused"
LATEST = 20
"""So many attempts at combining sets are listed, the newest."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One time at which a set was to be combined with another: ``why`` it was refused, if so."""

    at: datetime
    other: str
    rows: int
    why: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One set: what becomes of each field, what was measured in the runs, and what it may meet."""

    into: AnonymousSet
    methods: Sequence[tuple[str, str]]
    people: int
    turned_away: int
    measures: Sequence[Bar]
    runs: Sequence[RunRow]
    attempts: Sequence[Attempt]


@page(
    "desk/<operator>/ending/anonymised/",
    name="anonymised",
    audience=STAFF,
    permission="ending.read",
    under="ending",
)
def anonymised(request: PageRequest) -> HttpResponseBase:
    """Every set of the policy in force (001 1.2.9; 002 “Передача”; 003 1.11; 004 1.5, 2.17.7)."""
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    made = anonymisation.runs(visit.operator_id)
    tried = _attempts(visit.operator_id)
    sets = [
        _shown(policy, each, made, tried.get(each.slug, ()), visit.language)
        for each in policy.anonymised.values()
    ]
    context = {"sets": sets, "people": sum(each.people for each in made)}
    return show(request, "retention/anonymised.html", context)


def _shown(
    policy: Policy,
    into: AnonymousSet,
    made: Sequence[RunRow],
    tried: Sequence[Attempt],
    language: str,
) -> Shown:
    runs = [each for each in made if each.slug == into.slug]
    return Shown(
        into=into,
        methods=[
            (showing.words(policy.fields[slug].title, language), method_words(str(each)))
            for slug, each in into.fields.items()
            if slug in policy.fields
        ],
        people=sum(each.people for each in runs),
        turned_away=sum(each.turned_away for each in runs),
        measures=_measures(into, [each for each in runs if not each.refused]),
        runs=runs,
        attempts=tried,
    )


def _measures(into: AnonymousSet, kept: Sequence[RunRow]) -> list[Bar]:
    """The weakest run against what the policy asks; empty while no run has left anything."""
    if not kept:
        return []
    bars = [
        Bar(_("alike in the smallest group, as the policy asks (k)"), into.k),
        Bar(_("alike in the smallest group, as measured"), min(each.found["k"] for each in kept)),
    ]
    if into.sensitive:
        bars += [
            Bar(_("values of what is sensitive, as the policy asks (l)"), into.l),
            Bar(
                _("values of what is sensitive, as measured"), min(each.found["l"] for each in kept)
            ),
        ]
    again = sum(each.found["found"] + each.found["named"] for each in kept)
    bars += [
        Bar(_("the test tried to find again"), sum(each.found["tried"] for each in kept)),
        Bar(_("the test found again"), again, state="broken" if again else "kept"),
    ]
    return bars


def _attempts(operator_id: UUID) -> Mapping[str, Sequence[Attempt]]:
    rows = journal.entries(operator_id, kinds=(JOINED, NOT_JOINED), limit=LATEST, newest_first=True)
    found: dict[str, list[Attempt]] = {}
    for each in rows:
        said = each.data
        why = str(REASONS[said["reason"]]) if each.kind == NOT_JOINED else ""
        known = found.setdefault(said["into"], [])
        known.append(Attempt(each.at, said["other"] or "—", said.get("rows", 0), why))
    return found
