"""Pages for acting for somebody else: asking, doing, ending; and the desk that checks documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.consent import actions as consent
from tutela.consent import choosing
from tutela.consent.wording import title_of
from tutela.core.errors import NotFound
from tutela.core.vocabulary import Right
from tutela.identity import authorities, limits
from tutela.identity.authorities import AuthorityRow, State
from tutela.identity.wording import ENDINGS, EVIDENCE, REFUSALS, RELATIONS, RIGHTS
from tutela.policy import actions as policies
from tutela.requests import representing
from tutela.requests.held import holdings
from tutela.requests.kinds import KINDS
from tutela.requests.proving import proven
from tutela.web.pages import STAFF, Audience, Drawer, Menu, PageRequest, page, page_url, show

STATES = {
    State.ASKED: "open",
    State.STANDING: "given",
    State.REFUSED: "refused",
    State.ENDED: "expired",
}
"""The tone and word of each state."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An authority as a reader sees it; ``state`` is the slug of a component."""

    row: AuthorityRow
    relation: str
    evidence: str
    rights: str
    state: str
    word: str
    why: str


_WORDS = {
    State.ASKED: gettext_lazy("being checked"),
    State.STANDING: gettext_lazy("in force"),
    State.REFUSED: gettext_lazy("not confirmed"),
    State.ENDED: gettext_lazy("ended"),
}


def _shown(row: AuthorityRow) -> Shown:
    return Shown(
        row=row,
        relation=str(RELATIONS[row.relation]),
        evidence=str(EVIDENCE[row.evidence]),
        rights=", ".join(str(RIGHTS[Right(each)]) for each in row.rights),
        state=STATES[State(row.state)],
        word=str(_WORDS[State(row.state)]),
        why=str(ENDINGS.get(row.why) or REFUSALS.get(row.why) or ""),
    )


@page(
    "<operator>/my/representatives/",
    name="my-representatives",
    audience=Audience.SUBJECT,
    menu=Menu(gettext_lazy("Representatives"), 36, drawer=Drawer.ASKED),
)
def my_representatives(request: PageRequest) -> HttpResponseBase:
    """Who may act for the person, and for whom the person acts."""
    visit = request.visit
    over = authorities.over(visit.operator_id, visit.subject_id)
    held = authorities.held(visit.operator_id, visit.subject_id)
    context = {
        "over": [_shown(each) for each in over if each.holder != visit.subject_id],
        "held": [_shown(each) for each in held],
    }
    return show(request, "requests/my_representatives.html", context)


@page(
    "<operator>/my/represent/",
    name="represent",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    under="my-representatives",
)
def represent(request: PageRequest) -> HttpResponseBase:
    """Ask to act for somebody. What follows is the same whether the person is known or not."""
    visit = request.visit
    problem = ""
    if request.method == "POST":
        limits.ASKS_PER_SUBJECT.demand(visit.operator_id, str(visit.subject_id))
        address = request.POST.get("address", "").strip()
        if not address:
            problem = _("Write the e-mail address or telephone number of the person.")
        else:
            try:
                representing.ask(
                    visit.operator_id,
                    visit.subject_id,
                    address,
                    relation=request.POST.get("relation", ""),
                    rights=request.POST.getlist("rights"),
                    evidence=request.POST.get("evidence", ""),
                )
            except authorities.NotChosen as error:
                problem = str(error)
            else:
                return HttpResponseRedirect(page_url(request, "my-representatives"))
    context = {
        "problem": problem,
        "typed": request.POST,
        "chosen": request.POST.getlist("rights"),
        "relations": RELATIONS.items(),
        "rights": RIGHTS.items(),
        "evidence": EVIDENCE.items(),
    }
    return show(request, "requests/represent.html", context, status=422 if problem else 200)


@page(
    "<operator>/my/representatives/<uuid:authority>/end/",
    name="authority-end",
    audience=Audience.SUBJECT,
    methods=("POST",),
    under="my-representatives",
)
def authority_end(request: PageRequest, authority: UUID) -> HttpResponseBase:
    """The person ends it, or the holder gives it up; from now on the gate refuses."""
    visit = request.visit
    row = authorities.get(visit.operator_id, authority)
    why = {row.subject: "person", row.holder: "holder"}.get(visit.subject_id)
    if why is None:
        raise authorities.UnknownAuthority(_("There is no such authority. Open it from the list."))
    representing.end(visit.operator_id, authority, why, by=visit.actor)
    return HttpResponseRedirect(page_url(request, "my-representatives"))


@page(
    "<operator>/my/for/<uuid:authority>/",
    name="acting-for",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    under="my-representatives",
)
@proven(Right.ACCESS)
def acting_for(request: PageRequest, authority: UUID) -> HttpResponseBase:
    """What the holder may see and do for the person; each through the gate, as a representative."""
    visit = request.visit
    if request.method == "POST":
        _act(request, authority)
        return HttpResponseRedirect(page_url(request, "acting-for", authority=authority))
    row = representing.standing(visit.operator_id, authority, visit.subject_id)
    held = None
    if Right.ACCESS in row.rights:
        representing.demand(visit.operator_id, authority, visit.subject_id, Right.ACCESS)
        held = holdings(
            visit.operator_id,
            row.person,
            visit.language,
            actor=representing.acting(visit.subject_id),
        )
    policy = policies.in_force(visit.operator_id)
    live = consent.live(visit.operator_id, row.person) if Right.WITHDRAWAL in row.rights else {}
    context = {
        "authority": _shown(row),
        "held": held,
        "consents": [(slug, title_of(policy, slug, visit.language)) for slug in live],
        "may_withdraw": Right.WITHDRAWAL in row.rights,
        "asked": [
            (kind, KINDS[kind].title)
            for right, kind in representing.ASKED.items()
            if right in row.rights
        ],
        "offers": choosing.offers_for(
            visit.operator_id,
            row.person,
            visit.language,
            consent.Mode.BY_GUARDIAN
            if row.relation == authorities.Relation.GUARDIAN
            else consent.Mode.BY_REPRESENTATIVE,
        )
        if Right.CONSENT in row.rights
        else [],
    }
    return show(request, "requests/acting_for.html", context)


def _act(request: PageRequest, authority: UUID) -> None:
    """Agree to one sentence for the person, ask for something, or withdraw one consent or all."""
    visit, named = request.visit, request.POST.get("purpose", "")
    if "ask" in request.POST:
        representing.request_for(
            visit.operator_id,
            authority,
            visit.subject_id,
            request.POST["ask"],
            visit.language,
            visit.submission_id,
        )
        return
    if "words" in request.POST:
        representing.consent_for(
            visit.operator_id,
            authority,
            visit.subject_id,
            named,
            shown=request.POST["words"],
            language=visit.language,
        )
        return
    representing.withdraw_for(
        visit.operator_id,
        authority,
        visit.subject_id,
        [named] if named else None,
        visit.language,
    )


@page(
    "desk/<operator>/authorities/",
    name="authorities",
    audience=STAFF,
    permission="authority.read",
    menu=Menu(gettext_lazy("Representatives"), 35, drawer=Drawer.PEOPLE),
)
def desk_authorities(request: PageRequest) -> HttpResponseBase:
    """Documents of authority that wait to be checked, and what stands."""
    visit = request.visit
    waiting = authorities.listing(visit.operator_id, state=State.ASKED)
    standing = authorities.listing(visit.operator_id, state=State.STANDING)
    context = {
        "waiting": [_shown(each) for each in waiting],
        "standing": [_shown(each) for each in standing],
    }
    return show(request, "requests/authorities.html", context)


@page(
    "desk/<operator>/authorities/<uuid:authority>/",
    name="authority",
    audience=STAFF,
    permission="authority.work",
    under="authorities",
    methods=("GET", "POST"),
)
def desk_authority(request: PageRequest, authority: UUID) -> HttpResponseBase:
    """Check one document: confirm it until a day, say why not, or end what stands."""
    visit = request.visit
    if request.method == "POST":
        _decide(request, authority)
        return HttpResponseRedirect(page_url(request, "authorities"))
    context = {
        "authority": _shown(authorities.get(visit.operator_id, authority)),
        "refusals": REFUSALS.items(),
    }
    return show(request, "requests/authority.html", context)


def _decide(request: PageRequest, authority: UUID) -> None:
    operator, by = request.visit.operator_id, request.visit.actor
    if request.POST.get("do") == "confirm":
        until = _last_day(request)
        representing.confirm(operator, authority, until=until, by=by)
    elif request.POST.get("do") == "refuse":
        authorities.refuse(operator, authority, request.POST.get("why", ""), by=by)
    elif request.POST.get("do") == "end":
        representing.end(operator, authority, "operator", by=by)
    else:
        raise NotFound(_("Choose what to do: confirm, refuse or end it."))


def _last_day(request: PageRequest) -> datetime | None:
    """The end of the last day that the document names; None for one without a term."""
    written = request.POST.get("until", "").strip()
    if not written:
        return None
    try:
        day = date.fromisoformat(written)
        return policies.in_force(request.visit.operator_id).calendar.end_of(day)
    except (ValueError, OverflowError):
        raise authorities.NotChosen(
            _("Write the last day as year-month-day, for example 2027-05-17.")
        ) from None
