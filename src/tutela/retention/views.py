"""The desk's pages about the end of data: what ends when, why, and what is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.identity import actions as identity
from tutela.policy import actions as policies
from tutela.policy.model import Policy, RetentionRule, Words
from tutela.policy.term_grammar import Kind
from tutela.policy.wording import EVENTS
from tutela.retention import forecasting, happened, keeping, showing
from tutela.retention.days import end_of
from tutela.retention.errors import UnknownGround
from tutela.retention.wording import HOLD_GROUNDS, RELEASES, ReleaseReason
from tutela.vault import actions as vault
from tutela.web.components import Bar, Part
from tutela.web.pages import STAFF, Drawer, Menu, PageRequest, page, page_url, show

MONTHS = 12
"""So many months are drawn one by one, what ends later by the year."""


@page(
    "desk/<operator>/ending/",
    name="ending",
    audience=STAFF,
    permission="ending.read",
    menu=Menu(gettext_lazy("End of data"), 36, drawer=Drawer.POLICY),
)
def ending(request: PageRequest) -> HttpResponseBase:
    """What ends when, and what would go by a day: nothing on this page destroys anything."""
    visit, now = request.visit, clock.now()
    policy = policies.in_force(visit.operator_id)
    found = forecasting.forecast(visit.operator_id, now)
    chosen = end_of(request.GET.get("by", ""), None)
    dry = forecasting.dry_run(visit.operator_id, chosen or now)
    context = {
        "forecast": found,
        "months": months(found.months, timezone.localtime(now).date()),
        "quiet": not found.within(timezone.localtime(now).date(), MONTHS),
        "parts": [
            Part("stored", found.dated, _("with a date")),
            Part("open", sum(found.waits.values()), _("until an event")),
            Part("archived", found.unlimited, _("without a limit")),
            Part("late", found.over, _("over and still there")),
            Part("failed", found.endless, _("without a rule")),
        ],
        "waits": [Bar(EVENTS.get(slug, slug), times) for slug, times in found.waits.items()],
        "rules": _rules(policy, found.rules, visit.language),
        "dry": dry,
        "by": (chosen - timedelta(seconds=1)).date().isoformat() if chosen else "",
        "lines": showing.planned(policy, dry.lines, visit.language),
        "sets": policy.anonymised.values(),
        "held": len({each.subject_id for each in keeping.holds(visit.operator_id)}),
    }
    return show(request, "retention/ending.html", context)


def months(counted: Mapping[date, int], today: date) -> list[Bar]:
    """The coming months one by one, also those in which nothing ends, unless that is all of them;
    then year by year."""
    first = today.replace(day=1)
    ahead = [_later(first, each) for each in range(MONTHS)]
    bars = [Bar(formats.date_format(each, "F Y"), counted.get(each, 0)) for each in ahead]
    if not any(each.value for each in bars):
        bars = []
    years: dict[int, int] = {}
    for month, times in counted.items():
        if month > ahead[-1]:
            years[month.year] = years.get(month.year, 0) + times
    return bars + [Bar(_later_in(year, ahead[-1]), times) for year, times in sorted(years.items())]


def _later(first: date, by: int) -> date:
    month = first.month - 1 + by
    return date(first.year + month // 12, month % 12 + 1, 1)


def _later_in(year: int, last: date) -> str:
    return _("later in %(year)s") % {"year": year} if year == last.year else str(year)


def _rules(
    policy: Policy, counted: Mapping[str, int], language: str
) -> list[tuple[Bar, Sequence[str], Words | None]]:
    """Each rule of the policy with how many records it is at work on, its clauses, and the set
    into which what it ends is turned, if it is not destroyed."""
    becomes = {slug: each.title for each in policy.anonymised.values() for slug in each.rules}
    return [
        (
            Bar(_span(each, language), counted.get(slug, 0)),
            each.clauses[:2],
            becomes.get(slug),
        )
        for slug, each in policy.retention.items()
    ]


def _span(rule: RetentionRule, language: str) -> str:
    """From which event a rule counts, and how long or to which other event."""
    event = EVENTS.get(rule.event, rule.event)
    if rule.term.kind is Kind.UNTIL_EVENT:
        until = EVENTS.get(rule.term.event, rule.term.event)
        return _("from: %(event)s, to: %(until)s") % {"event": event, "until": until}
    return _("%(term)s from: %(event)s") % {"term": rule.term.words(language), "event": event}


@page(
    "desk/<operator>/people/<uuid:subject>/ending/",
    name="person-ending",
    audience=STAFF,
    permission="ending.read",
    under="people",
)
def person_ending(request: PageRequest, subject: UUID) -> HttpResponseBase:
    """When each record of a person ends and why, what is held on which ground, and by whom."""
    visit = request.visit
    identity.subject(visit.operator_id, subject)
    policy = policies.in_force(visit.operator_id)
    fields = sorted(
        {slug for each in vault.holdings(visit.operator_id, subject).values() for slug in each}
        & policy.fields.keys()
    )
    context = {
        "person": subject,
        "records": showing.records(visit.operator_id, subject, visit.language),
        "holds": [
            hold_shown(policy, each, visit.language)
            for each in keeping.holds(visit.operator_id, subject, released=True)
        ],
        "grounds": _choices(policy, visit.language),
        "fields": [(slug, policy.fields[slug].title) for slug in fields],
        "releases": [pair for pair in RELEASES.items() if pair[0] is not ReleaseReason.MINOR],
        "works": visit.may("ending.work"),
        **happened.shown(visit.operator_id, subject, visit.language),
    }
    return show(request, "retention/person.html", context)


def _choices(policy: Policy, language: str) -> list[tuple[str, str]]:
    """Grounds on which staff may hold data: those beside the policy, and its bases but consent."""
    bases = [
        (slug, showing.words(each.title, language))
        for slug, each in policy.bases.items()
        if each.kind != "consent"
    ]
    return [*((slug, str(words)) for slug, words in HOLD_GROUNDS.items()), *bases]


@dataclass(frozen=True, slots=True)
class HoldShown:
    """One hold in words; ``live`` while it keeps something."""

    hold: keeping.HoldOn
    ground: str
    fields: str
    live: bool
    released: str


def hold_shown(policy: Policy, row: keeping.HoldOn, language: str) -> HoldShown:
    now = clock.now()
    titles = [
        showing.words(policy.fields[slug].title, language)
        for slug in row.fields
        if slug in policy.fields
    ]
    every = len(row.fields) >= len(policy.fields)
    return HoldShown(
        hold=row,
        ground=showing.hold_ground(policy, row.ground, language),
        fields=_("everything") if every else ", ".join(titles),
        live=row.released_at is None and (row.until is None or now < row.until),
        released=str(RELEASES[ReleaseReason(row.release_reason)]) if row.release_reason else "",
    )


@page(
    "desk/<operator>/people/<uuid:subject>/hold/",
    name="hold",
    audience=STAFF,
    permission="ending.work",
    under="people",
    methods=("POST",),
)
def hold(request: PageRequest, subject: UUID) -> HttpResponseBase:
    """Keep some data of a person on a ground, or say that the ground is gone."""
    visit, sent = request.visit, request.POST
    identity.subject(visit.operator_id, subject)
    if lifted := sent.get("lift"):
        _lift(visit.operator_id, lifted, sent.get("reason", ""), request)
        return HttpResponseRedirect(page_url(request, "person-ending", subject=subject))
    policy = policies.in_force(visit.operator_id)
    if sent.get("ground") not in dict(_choices(policy, visit.language)):
        raise UnknownGround(_("Choose the ground on which the data is held."))
    keeping.hold(
        visit.operator_id,
        subject,
        sent["ground"],
        fields=sent.getlist("field"),
        until=end_of(sent.get("until", ""), None),
        by=visit.actor,
    )
    return HttpResponseRedirect(page_url(request, "person-ending", subject=subject))


def _lift(operator_id: UUID, hold_id: str, reason: str, request: PageRequest) -> None:
    if reason not in set(ReleaseReason) - {ReleaseReason.MINOR}:
        raise NotFound(_("Say why the hold is lifted; choose one of the reasons."))
    try:
        found = UUID(hold_id)
    except ValueError:
        raise NotFound(_("Choose one of those on the page.")) from None
    keeping.release(operator_id, found, by=request.visit.actor, reason=reason)


@page(
    "desk/<operator>/ending/holds/",
    name="holds",
    audience=STAFF,
    permission="ending.read",
    under="ending",
)
def holds(request: PageRequest) -> HttpResponseBase:
    """Every hold that stands, by the day it ends."""
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    rows = keeping.holds(visit.operator_id)
    shown = [hold_shown(policy, each, visit.language) for each in rows]
    live = [each for each in shown if each.live]
    return show(request, "retention/holds.html", {"holds": live, "all": len(shown)})
