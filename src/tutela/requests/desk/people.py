"""People, without their names, and one person at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.consent.wording import PROOF_REASONS
from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.gate import actions as gate
from tutela.gate.wording import GROUNDS, RESULTS
from tutela.identity import actions as identity
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.requests import actions, attaching, minors, reading
from tutela.requests.acts import shown as act_shown
from tutela.requests.desk.blocks import blocks, places
from tutela.requests.desk.lines import PER_PAGE, due_line, entries
from tutela.requests.intake import find_subject
from tutela.requests.wording import REVEAL_REASONS
from tutela.retention import actions as retention
from tutela.retention.wording import REASONS, Reason
from tutela.vault import actions as vault
from tutela.web.pages import STAFF, Drawer, Menu, PageRequest, page, page_url, show


@page(
    "desk/<operator>/people/",
    name="people",
    audience=STAFF,
    permission="person.read",
    menu=Menu(gettext_lazy("People"), 30, drawer=Drawer.PEOPLE),
    methods=("GET", "POST"),
)
def people(request: PageRequest) -> HttpResponseBase:
    """Everybody, without a name; a person is found by the address they write from."""
    visit = request.visit
    missing = False
    if request.method == "POST":
        found = None
        for kind in ("email", "phone"):
            found = found or find_subject(
                visit.operator_id, kind, request.POST.get("address", "").strip(), visit.actor
            )
        if found is not None:
            return HttpResponseRedirect(page_url(request, "person", subject=found))
        missing = True
    rows = identity.subjects(visit.operator_id)
    context = {
        "rows": rows[:PER_PAGE],
        "count": len(rows),
        "missing": missing,
        "living": sum(each.destroyed_at is None for each in rows),
    }
    return show(request, "requests/people.html", context, status=404 if missing else 200)


@page(
    "desk/<operator>/people/<uuid:subject>/",
    name="person",
    audience=STAFF,
    permission="person.read",
    under="people",
)
def person(request: PageRequest, subject: UUID) -> HttpResponseBase:
    return show(request, "requests/person.html", _person(request, subject))


@page(
    "desk/<operator>/people/<uuid:subject>/reveal/",
    name="reveal",
    audience=STAFF,
    permission="person.reveal",
    under="people",
    methods=("POST",),
    recent=True,
)
def reveal(request: PageRequest, subject: UUID) -> HttpResponseBase:
    """Show what is hidden, once, to whoever said why; the look itself is journalled."""
    visit = request.visit
    values = actions.reveal(visit.operator_id, subject, visit.actor, request.POST.get("reason", ""))
    policy = policies.in_force(visit.operator_id)
    shown = [
        Revealed(
            each.record,
            each.field,
            reading.words(policy.fields[each.field].title, visit.language),
            reading.file_words(each) or each.value,
            each.received_at,
            reading.status_of(each),
            each.file is not None,
        )
        for each in values
    ]
    context = {"revealed": shown, "reason": request.POST.get("reason", "")}
    return show(request, "requests/person.html", {**_person(request, subject), **context})


@page(
    "desk/<operator>/people/<uuid:subject>/files/<uuid:record>/<slug:field>/",
    name="file",
    audience=STAFF,
    permission="person.reveal",
    under="people",
    methods=("POST",),
    recent=True,
)
def file(request: PageRequest, subject: UUID, record: UUID, field: str) -> HttpResponseBase:
    """A file of a person, after a reason was given."""
    visit, reason = request.visit, request.POST.get("reason", "")
    if reason not in REVEAL_REASONS:
        raise NotFound(_("Choose one of the reasons in the list."))
    return attaching.served(
        visit.operator_id,
        subject,
        record,
        field,
        actor=visit.actor,
        purpose="oversight",
        reason=reason,
    )


@dataclass(frozen=True, slots=True)
class Revealed:
    """One value that was shown; of a file its kind and size."""

    record: UUID
    field: str
    title: str
    value: str
    at: datetime
    status: str
    is_file: bool


def _person(request: PageRequest, subject: UUID) -> dict[str, object]:
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    known = identity.subject(visit.operator_id, subject)
    held = vault.holdings(visit.operator_id, subject)
    standing = gate.standing(visit.operator_id, subject)
    now = clock.now()
    lines = [
        due_line(each, visit.language, now)
        for each in obligations.listing(visit.operator_id, subject=subject)
    ]
    return {
        "subject": known,
        "fields": sorted(
            {
                reading.words(policy.fields[slug].title, visit.language)
                for fields in held.values()
                for slug in fields
                if slug in policy.fields
            }
        ),
        "records": reading.records(visit.operator_id, subject, visit.language),
        "standing": standing,
        "blocks": blocks(request, standing),
        "places": places(policy, held, visit.language),
        "grounds": GROUNDS.items(),
        "results": RESULTS.items(),
        "unguarded": minors.unguarded(visit.operator_id, subject),
        "consents": reading.consents(visit.operator_id, subject, visit.language),
        "proof_reasons": PROOF_REASONS.items(),
        "waiting": [each for each in lines if each.promise.standing],
        "ended": [each for each in lines if not each.promise.standing],
        "acts": [act_shown(each) for each in retention.acts(visit.operator_id, subject)],
        "obstacles": [
            (REASONS[Reason(each.reason)], each.opened_at)
            for each in retention.obstacles(visit.operator_id, subject)
        ],
        "obstacle_reasons": REASONS.items(),
        "reasons": REVEAL_REASONS.items(),
        "entries": entries(request, subject),
    }
