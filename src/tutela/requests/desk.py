"""The privacy officer's desk: what is due, whose it is, and one person at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.consent.wording import PROOF_REASONS
from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.gate import actions as gate
from tutela.gate import blocking
from tutela.gate.errors import WrongBlock
from tutela.gate.standing import Block, Standing
from tutela.gate.wording import GROUNDS, RESULTS
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.obligations.entries import MOTIVES
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.policy.wording import EVENTS
from tutela.requests import actions, attaching, minors, promises, reading
from tutela.requests.acts import shown as act_shown
from tutela.requests.errors import Refused
from tutela.requests.intake import find_subject
from tutela.requests.promises import PromiseShown
from tutela.requests.wording import EXCEPTIONAL, NEXT, RECORDED, REVEAL_REASONS, USUAL
from tutela.retention import actions as retention
from tutela.retention.wording import REASONS, Reason
from tutela.vault import actions as vault
from tutela.web import dates
from tutela.web.components import Bar
from tutela.web.pages import STAFF, Menu, PageRequest, page, page_url, show

SOON = timedelta(hours=48)
"""From how long before its due moment a promise is called “soon” (proof: at risk)."""
PER_PAGE = 50
WEEKS = 5
"""How many weeks ahead the picture of the load has a bar of its own for."""


@dataclass(frozen=True, slots=True)
class Due:
    """One line of the desk. ``by_itself`` is true where the system acts without a person; then
    ``next`` tells when it does, and otherwise what a member of staff does next."""

    promise: PromiseShown
    subject: UUID | None
    state: str
    by_itself: bool
    next: str


def due_line(row: obligations.ObligationRow, language: str, now: datetime) -> Due:
    shown = promises.shown(row, language)
    by_itself = row.outcome in obligations.HANDLERS
    soon = row.standing and row.due_at - now <= SOON
    state = "soon" if soon and row.state == "open" else row.state
    return Due(shown, row.subject_id, state, by_itself, _next(row, shown, by_itself=by_itself))


def _next(row: obligations.ObligationRow, shown: PromiseShown, *, by_itself: bool) -> str:
    if not row.standing:
        return ""
    if not by_itself:
        return str(NEXT.get(row.outcome, ""))
    when = dates.near_day(row.next_attempt_at, timezone.localtime(clock.now()).date())
    if shown.failure:
        return _("Waits: %(reason)s. Tried again on %(when)s") % {
            "reason": shown.failure,
            "when": when,
        }
    return _("The system does it on %(when)s and files an act") % {"when": when}


@page(
    "desk/<operator>/",
    name="desk",
    audience=STAFF,
    permission="desk.read",
    menu=Menu(gettext_lazy("Desk"), 10),
)
def today(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    now = clock.now()
    standing = obligations.listing(visit.operator_id, state=obligations.STANDING)
    lines = [due_line(each, visit.language, now) for each in standing]
    waiting = [each for each in lines if not each.by_itself]
    context = {
        "waiting": waiting,
        "late": sum(each.state == "late" for each in waiting),
        "by_itself": [each for each in lines if each.by_itself][:PER_PAGE],
        "load": _load([each.promise for each in lines], timezone.localtime(now).date()),
    }
    return show(request, "requests/desk.html", context)


def _load(standing: list[PromiseShown], today: date) -> list[Bar]:
    """How much falls due in each of the coming weeks, Monday to Sunday; what is late stands first
    and what comes after them last."""
    monday = today.toordinal() - today.weekday()
    weeks = Counter(
        (each.last_day.toordinal() - monday) // 7 if each.last_day >= today else -1
        for each in standing
    )
    bars = [Bar(_("late already"), weeks[-1], state="late")] if weeks[-1] else []
    for week in range(WEEKS):
        sunday = date.fromordinal(monday + week * 7 + 6)
        bars.append(Bar(_("to %(day)s") % {"day": dates.short_day(sunday)}, weeks[week]))
    later = sum(count for week, count in weeks.items() if week >= WEEKS)
    return [*bars, Bar(_("later"), later)] if later else bars


@page(
    "desk/<operator>/people/",
    name="people",
    audience=STAFF,
    permission="person.read",
    menu=Menu(gettext_lazy("People"), 30),
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


@page(
    "desk/<operator>/people/<uuid:subject>/block/",
    name="block",
    audience=STAFF,
    permission="person.work",
    under="people",
    methods=("POST",),
)
def block(request: PageRequest, subject: UUID) -> HttpResponseBase:
    """Block everything about the person, one record or one field, or lift a block."""
    visit, sent = request.visit, request.POST
    if lifted := sent.get("lift"):
        refusal = blocking.lift(
            visit.operator_id,
            subject,
            _identifier(lifted),
            result=sent.get("result", ""),
            actor=visit.actor,
        )
    else:
        kind, _colon, place = sent.get("what", "").partition(":")
        refusal = blocking.block(
            visit.operator_id,
            subject,
            visit.submission_id,
            ground=sent.get("ground", ""),
            actor=visit.actor,
            record=_identifier(place) if kind == "record" else None,
            fields=[place] if kind == "field" else (),
            until=_end_of(sent.get("until", "")),
        )
    if refusal is not None:
        raise Refused(refusal)
    return HttpResponseRedirect(page_url(request, "person", subject=subject))


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(_("Choose one of those on the page.")) from None


def _end_of(text: str) -> datetime | None:
    """The end of the day that was written, in the operator's zone."""
    if not text:
        return None
    try:
        after = date.fromisoformat(text).toordinal() + 1
        return timezone.make_aware(datetime.combine(date.fromordinal(after), datetime.min.time()))
    except (ValueError, OverflowError):
        raise WrongBlock(_("Write the day as year-month-day, or leave it open.")) from None


@page(
    "desk/<operator>/people/<uuid:subject>/obstacle/",
    name="obstacle",
    audience=STAFF,
    permission="person.work",
    under="people",
    methods=("POST",),
)
def obstacle(request: PageRequest, subject: UUID) -> HttpResponseBase:
    """Register that destruction is impossible now, or that it has become possible again."""
    visit = request.visit
    if request.POST.get("close"):
        retention.obstacle_close(visit.operator_id, subject, by=visit.actor)
    else:
        reason = request.POST.get("reason", "")
        if reason not in set(Reason):
            raise NotFound(_("Choose one of the reasons in the list."))
        retention.obstacle_open(visit.operator_id, subject, reason, by=visit.actor)
    return HttpResponseRedirect(page_url(request, "person", subject=subject))


@page(
    "desk/<operator>/obligations/<uuid:obligation>/",
    name="obligation",
    audience=STAFF,
    permission="obligation.work",
    under="desk",
    methods=("GET", "POST"),
)
def obligation(request: PageRequest, obligation: UUID) -> HttpResponseBase:
    """One promise: how its date was counted, and recording what was done."""
    visit = request.visit
    if request.method == "POST":
        actions.record_outcome(
            visit.operator_id, obligation, visit.actor, request.POST.get("outcome", "")
        )
        return HttpResponseRedirect(page_url(request, "desk"))
    row = obligations.get(visit.operator_id, obligation)
    policy = policies.version(visit.operator_id, row.policy_version)
    promise = obligations.promise_of(row)
    motives = MOTIVES.items() if actions.may_extend(row, promise) else ()
    usual = USUAL.get(row.outcome, "done")
    context = {
        "row": row,
        "line": due_line(row, visit.language, clock.now()),
        "event": EVENTS.get(row.event, row.event),
        "clause_text": policy.passage(row.clause, visit.language),
        "usual": (usual, RECORDED[usual]),
        "outcomes": [(slug, RECORDED[slug]) for slug in EXCEPTIONAL],
        "motives": motives,
        "extension": promise.extension.words(visit.language) if promise.extension else "",
        "entries": _entries(request, row.subject_id) if row.subject_id else [],
    }
    return show(request, "requests/obligation.html", context)


@page(
    "desk/<operator>/obligations/<uuid:obligation>/extend/",
    name="extend",
    audience=STAFF,
    permission="obligation.work",
    under="desk",
    methods=("POST",),
)
def extend(request: PageRequest, obligation: UUID) -> HttpResponseBase:
    """Make a term longer, once, with a motive; the person is told by letter (004 9.10(b))."""
    visit = request.visit
    actions.extend(visit.operator_id, obligation, visit.actor, request.POST.get("motive", ""))
    return HttpResponseRedirect(page_url(request, "obligation", obligation=obligation))


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


@dataclass(frozen=True, slots=True)
class BlockShown:
    """One live block: on what, on which ground, until when; ``id`` is None for one that ends by
    itself with a destruction."""

    id: UUID | None
    what: str
    ground: str
    since: datetime
    until: datetime | None


def _blocks(request: PageRequest, standing: Standing) -> list[BlockShown]:
    visit, now = request.visit, clock.now()
    policy = policies.in_force(visit.operator_id)

    def what(each: Block) -> str:
        names = [
            reading.words(policy.fields[slug].title, visit.language)
            for slug in sorted(each.fields)
            if slug in policy.fields
        ]
        said = ", ".join(names)
        if each.record is None:
            return said or _("everything")
        record = _("record № %(number)s") % {"number": each.record.hex[-6:]}
        return f"{record}: {said}" if said else record

    return [
        BlockShown(each.id, what(each), str(GROUNDS.get(each.ground, "")), each.since, each.until)
        for each in standing.blocks
        if each.live(now)
    ]


def _places(
    policy: Policy, held: Mapping[UUID, frozenset[str]], language: str
) -> list[tuple[str, str]]:
    """What can be blocked: everything, a record, a field, each with the value of its option."""
    fields = sorted({slug for each in held.values() for slug in each} & policy.fields.keys())
    return [
        ("all", _("everything")),
        *((f"field:{slug}", reading.words(policy.fields[slug].title, language)) for slug in fields),
        *(
            (f"record:{record}", _("record № %(number)s") % {"number": record.hex[-6:]})
            for record in held
        ),
    ]


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
        "blocks": _blocks(request, standing),
        "places": _places(policy, held, visit.language),
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
        "entries": _entries(request, subject),
    }


def _entries(request: PageRequest, subject: UUID) -> list[tuple[journal.Row, str]]:
    visit = request.visit
    rows = journal.entries(visit.operator_id, subject=subject, limit=PER_PAGE, newest_first=True)
    return [(each, journal.wording(each, visit.language)) for each in rows]
