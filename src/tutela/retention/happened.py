"""The desk’s form for what only staff can know: a purpose reached, an agreement begun or ended."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tutela.identity import actions as identity
from tutela.policy import actions as policies
from tutela.retention import happening, keeping, showing
from tutela.retention.days import end_of
from tutela.retention.errors import WrongFact
from tutela.web.pages import STAFF, PageRequest, page, page_url


def shown(operator_id: UUID, subject: UUID, language: str) -> Mapping[str, object]:
    """What the page of a person’s ending asks and lists."""
    policy = policies.in_force(operator_id)
    return {
        "reachable": [
            (slug, showing.words(policy.purposes[slug].title, language))
            for slug in happening.purposes_of(operator_id, subject)
        ],
        "agreements": [
            (
                each,
                each.reference[-6:],
                ", ".join(
                    showing.words(policy.purposes[slug].title, language)
                    for slug in each.purposes
                    if slug in policy.purposes
                ),
            )
            for each in happening.contracts(operator_id, subject)
        ],
        "by_agreement": keeping.by_contract(policy),
    }


@page(
    "desk/<operator>/people/<uuid:subject>/happened/",
    name="happened",
    audience=STAFF,
    permission="ending.work",
    under="people",
    methods=("POST",),
)
def happened(request: PageRequest, subject: UUID) -> HttpResponseBase:
    """Say that a purpose is reached, or that an agreement with the person began or ended."""
    visit, sent = request.visit, request.POST
    identity.subject(visit.operator_id, subject)
    what = sent.get("what", "")
    if what == "reached":
        named = sent.getlist("purpose")
        if not named:
            raise WrongFact(_("Choose the purpose that is reached."))
        happening.purpose_reached(visit.operator_id, subject, named, by=visit.actor)
    elif what == "began":
        until = end_of(sent.get("until", ""), None)
        happening.contract_began(
            visit.operator_id, subject, until=until, by=visit.actor, reference=visit.submission
        )
    else:
        happening.contract_over(visit.operator_id, subject, _number(what), by=visit.actor)
    return HttpResponseRedirect(page_url(request, "person-ending", subject=subject))


def _number(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise WrongFact(_("Choose one of those on the page.")) from None
