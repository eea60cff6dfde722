"""Where acquirers tell of payments, and what people see of it."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core.errors import TutelaError
from tutela.journal import actions as journal
from tutela.payments import actions
from tutela.payments.actions import Message
from tutela.payments.controls import RECEIVED, REFUSED
from tutela.policy import actions as policies
from tutela.requests.reading import words
from tutela.web.pages import STAFF, Drawer, Menu, PageRequest, page, show
from tutela.web.source import source_of

LARGEST = 64 * 1024
"""Bytes of a message; what tells of one payment is far smaller."""
SHOWN = 100


class TooLong(TutelaError):
    status = 413


@page("<operator>/payments/<slug:acquirer>/", name="payment-told", methods=("POST",), foreign=True)
def payment_told(request: PageRequest, acquirer: str) -> HttpResponseBase:
    """The address that the acquirer's server calls; its signature is the proof."""
    visit = request.visit
    known = actions.acquirer(policies.in_force(visit.operator_id), acquirer)
    try:
        body = request.body
    except RequestDataTooBig:
        body = b" " * (LARGEST + 1)
    if len(body) > LARGEST:
        raise TooLong(_("This is larger than any message about a payment. Nothing was kept."))
    message = Message(
        body,
        request.headers.get(known.moment, ""),
        request.headers.get(known.signature, ""),
        source_of(request),
    )
    taken = actions.receive(visit.operator_id, acquirer, message)
    return JsonResponse({"kept": taken.record is not None, "repeated": taken.repeated})


@page(
    "desk/<operator>/payments/",
    name="payments",
    audience=STAFF,
    permission="payment.read",
    menu=Menu(gettext_lazy("Payments"), 34, drawer=Drawer.PEOPLE),
)
def payments(request: PageRequest) -> HttpResponseBase:
    """What was told and what was refused; by whom somebody paid stands with their data only."""
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    rows = journal.entries(
        visit.operator_id, kinds=(*RECEIVED, *REFUSED), limit=SHOWN, newest_first=True
    )
    context = {
        "entries": [(row, journal.wording(row, visit.language)) for row in rows],
        "acquirers": [
            {
                "title": words(policy.recipients[each.recipient].title, visit.language),
                "fields": [
                    words(policy.fields[slug].title, visit.language) for slug in each.fields
                ],
                "terms": each.terms,
                "key": bool(actions.key_of(policy.operator.slug, each.slug)),
                "clause": next(iter(each.clauses), ""),
            }
            for each in policy.acquirers.values()
        ],
    }
    return show(request, "payments/payments.html", context)
