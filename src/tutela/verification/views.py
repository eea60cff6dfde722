"""Verification in the portal and at the desk."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from tutela.policy import actions as policies
from tutela.requests.reading import words
from tutela.verification import actions
from tutela.verification.actions import CaseRow
from tutela.verification.wording import OUTCOMES
from tutela.web.pages import STAFF, Audience, Drawer, Menu, PageRequest, page, page_url, show


def _shown(request: PageRequest, row: CaseRow) -> dict[str, object]:
    fields = policies.in_force(request.visit.operator_id).fields
    state = "open" if row.open else "kept" if row.verified else "refused"
    return {
        "row": row,
        "number": row.subject_id.hex[-6:],
        "outcome": OUTCOMES.get(row.outcome, ""),
        "proposed": OUTCOMES.get(row.proposed, ""),
        "mine": bool(row.proposed) and row.proposed_by == request.visit.actor.id,
        "state": state,
        "copies": [
            (slug, words(fields[slug].title, request.visit.language)) for slug in row.fields
        ],
    }


@page(
    "<operator>/my/verification/",
    name="my-verification",
    audience=Audience.SUBJECT,
    menu=Menu(_("Verification"), 33, drawer=Drawer.ACCOUNT),
)
def my_verification(request: PageRequest) -> HttpResponseBase:
    """Whether one is verified, and where to ask for it."""
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    context = {
        "cases": [
            _shown(request, each)
            for each in actions.cases(visit.operator_id, subject=visit.subject_id)
        ],
        "points": [each for each in policy.points.values() if each.kind == actions.KIND],
    }
    return show(request, "verification/my_verification.html", context)


@page(
    "desk/<operator>/verifications/",
    name="verifications",
    audience=STAFF,
    permission="verification.manage",
    menu=Menu(_("Verification"), 33, drawer=Drawer.PEOPLE),
)
def verifications(request: PageRequest) -> HttpResponseBase:
    operator = request.visit.operator_id
    found = [_shown(request, each) for each in actions.cases(operator)]
    context = {
        "cases": found,
        "waiting": sum(each.open for each in actions.cases(operator)),
        "two": actions.needs_two(policies.in_force(operator)),
    }
    return show(request, "verification/verifications.html", context)


@page(
    "desk/<operator>/verifications/<uuid:case>/",
    name="verification",
    audience=STAFF,
    permission="verification.manage",
    methods=("GET", "POST"),
    under="verifications",
    recent=True,
)
def verification(request: PageRequest, case: UUID) -> HttpResponseBase:
    """Look at the copies, then say yes or no and why."""
    visit = request.visit
    if request.method == "POST":
        actions.decide(visit.operator_id, case, request.POST.get("outcome", ""), by=visit.actor)
        return HttpResponseRedirect(page_url(request, "verification", case=case))
    context = {
        "case": _shown(request, actions.case(visit.operator_id, case)),
        "outcomes": OUTCOMES.items(),
        "two": actions.needs_two(policies.in_force(visit.operator_id)),
    }
    return show(request, "verification/verification.html", context)


@page(
    "desk/<operator>/verifications/<uuid:case>/<slug:field>/",
    name="verification-copy",
    audience=STAFF,
    permission="verification.manage",
    methods=("POST",),
    under="verifications",
    recent=True,
)
def verification_copy(request: PageRequest, case: UUID, field: str) -> HttpResponseBase:
    return actions.look(request.visit.operator_id, case, field, request.visit.actor)
