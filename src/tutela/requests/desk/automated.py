"""The register of decisions that machines made alone, and looking at those that wait for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tutela.policy import actions as policies
from tutela.requests import machine_decisions, reading
from tutela.requests.case_wording import REVIEWS
from tutela.requests.models import MachineDecision
from tutela.web.components import Pager
from tutela.web.pages import STAFF, PageRequest, page, page_url, show

PER_PAGE = 30
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Told:
    """A decision in words. ``waits`` is true of one that takes no effect before a person has
    looked at it."""

    row: MachineDecision
    outcome: str
    purpose: str
    fields: str
    tone: str
    word: str
    waits: bool
    found: str


def told(request: PageRequest, rows: Iterable[MachineDecision]) -> list[Told]:
    visit = request.visit
    policy = policies.in_force(visit.operator_id)

    def one(row: MachineDecision) -> Told:
        purpose = policy.purposes.get(row.purpose)
        named = [
            reading.words(policy.fields[slug].title, visit.language)
            for slug in row.fields
            if slug in policy.fields
        ]
        waits = not row.takes_effect and row.reviewed_at is None
        effect = _("takes effect") if row.takes_effect else str(REVIEWS["cancelled"])
        return Told(
            row=row,
            outcome=row.outcome,
            purpose=reading.words(purpose.title, visit.language) if purpose else row.purpose,
            fields=", ".join(named),
            tone="soon" if waits else "discharged" if row.takes_effect else "cancelled",
            word=_("waits for a person") if waits else effect,
            waits=waits,
            found=str(REVIEWS.get(row.result, "")),
        )

    return [one(row) for row in rows]


@page(
    "desk/<operator>/automated/",
    name="automated",
    audience=STAFF,
    permission="request.read",
    under="requests",
)
def automated(request: PageRequest) -> HttpResponseBase:
    visit, asked = request.visit, request.GET.get("page", "")
    numbered = asked.isascii() and asked.isdecimal() and len(asked) <= _DIGITS
    number = int(asked) if numbered else 0
    rows = machine_decisions.listing(visit.operator_id)
    first = number * PER_PAGE
    here = page_url(request, "automated")
    older = f"{here}?page={number + 1}" if rows.count() > first + PER_PAGE else ""
    context = {
        "decisions": told(request, rows[first : first + PER_PAGE]),
        "waiting": rows.filter(takes_effect=False, reviewed_at=None).count(),
        "reviews": REVIEWS.items(),
        "works": visit.may("request.work"),
        "pager": Pager(f"{here}?page={number - 1}" if number else "", older),
    }
    return show(request, "requests/automated.html", context)


@page(
    "desk/<operator>/automated/<uuid:decision>/",
    name="automated-review",
    audience=STAFF,
    permission="request.work",
    under="requests",
    methods=("POST",),
)
def automated_review(request: PageRequest, decision: UUID) -> HttpResponseBase:
    """A person has looked at a decision that waited for it."""
    visit = request.visit
    machine_decisions.review(
        visit.operator_id, decision, request.POST.get("found", ""), by=visit.actor
    )
    return HttpResponseRedirect(page_url(request, "automated"))
