"""One request: who asks what, what policy and law say, what goes by itself, and one next step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import override

from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.core.vocabulary import LawPurpose
from tutela.gate import actions as gate
from tutela.gate import blocking
from tutela.gate.wording import RESULTS
from tutela.identity import actions as identity
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.policy.terms import Computation
from tutela.requests import (
    cases,
    demanding,
    machine_decisions,
    moving,
    official,
    promises,
    reading,
    recalls,
    records,
    replies,
    sections,
    writings,
)
from tutela.requests.case_wording import DECISIONS, REFUSALS, REVIEWS
from tutela.requests.desk.automated import told
from tutela.requests.desk.demands import demand, demands
from tutela.requests.desk.lines import entries
from tutela.requests.desk.new import choices
from tutela.requests.desk.official import official_context
from tutela.requests.errors import Incomplete, Refused
from tutela.requests.intake import find_subject
from tutela.requests.kinds import KINDS, Outcome, State
from tutela.requests.models import Case
from tutela.requests.showing import shown, staff_names
from tutela.vault import actions as vault
from tutela.web.pages import STAFF, PageRequest, page, page_url, show

TELLS = frozenset({"correction", "blocking", "erasure", "stop", "undistribution", "authority"})
"""Kinds whose result earlier recipients have to be told."""
COPIED = frozenset({"access", "export", "repeat"})
"""Kinds whose answer is a copy of the data, in which others may be spoken of."""
SECTION = "section-"


@page(
    "desk/<operator>/requests/<uuid:case>/",
    name="request",
    audience=STAFF,
    permission="request.work",
    under="requests",
    methods=("GET", "POST"),
)
def case(request: PageRequest, case: UUID) -> HttpResponseBase:
    """Look at one request, and do one thing with it."""
    if request.method != "POST":
        return show(request, "requests/request.html", _context(request, case))
    asked = request.POST.get("do", "")
    if asked == "read":
        return show(
            request, "requests/request.html", _context(request, case) | _texts(request, case)
        )
    if asked not in DEEDS:
        raise NotFound(_("Choose what to do with the request on its page."))
    try:
        DEEDS[asked](request, case)
    except Incomplete as incomplete:
        problems = {each.field: each.message for each in incomplete.problems}
        context = _context(request, case, typed=request.POST, problems=problems)
        return show(request, "requests/request.html", context, status=422)
    return HttpResponseRedirect(page_url(request, "request", case=case))


def _take(request: PageRequest, case: UUID) -> None:
    visit = request.visit
    moving.assign(visit.operator_id, [case], visit.actor.id, by=visit.actor)


def _name(request: PageRequest, case: UUID) -> None:
    kind, _colon, ground = request.POST.get("kind", "").partition(":")
    cases.name_kind(request.visit.operator_id, case, kind, ground, by=request.visit.actor)


def _prove(request: PageRequest, case: UUID) -> None:
    """Find whom it is about by the address that was given, and take it as proven."""
    visit, address = request.visit, request.POST.get("address", "").strip()
    for kind in ("email", "phone"):
        found = find_subject(visit.operator_id, kind, address, visit.actor)
        if found is not None:
            moving.proven(visit.operator_id, case, found, by=visit.actor)
            return
    raise cases.NotPossible(
        _("Nobody is known by this address. Ask whoever wrote for another proof of who they are.")
    )


def _decide(request: PageRequest, case: UUID) -> None:
    visit, sent = request.visit, request.POST
    outcome, refusal = sent.get("outcome", ""), sent.get("refusal", "")
    moving.decide(visit.operator_id, case, outcome, refusal=refusal, by=visit.actor)
    row = cases.get(visit.operator_id, case)
    if row.kind in TELLS and outcome != Outcome.REFUSED:
        recalls.begin(visit.operator_id, case)


def _correct(request: PageRequest, case: UUID) -> None:
    """Write the new value; the promise to correct is kept with it (004 9.7)."""
    visit = request.visit
    row = cases.get(visit.operator_id, case)
    record, _colon, field = request.POST.get("place", "").partition(":")
    subject = cases.subject_of(row)
    try:
        place = UUID(record)
    except ValueError:
        raise cases.NotPossible(_("Choose which value is corrected.")) from None
    if subject is None:
        raise cases.NotPossible(_("It is not known yet whom this is about; find the person first."))
    records.correct(
        visit.operator_id,
        subject,
        place,
        field,
        purpose=LawPurpose.SUBJECT_RIGHTS,
        value=request.POST.get("value", ""),
        sender=visit.actor,
    )
    for each in obligations.listing(visit.operator_id, obligations.STANDING, cause=case):
        if each.outcome == "correct":
            evidence: obligations.Evidence = {"outcome": "corrected", "request": case}
            obligations.discharge(visit.operator_id, each.id, evidence, actor=visit.actor)


def _lift(request: PageRequest, case: UUID) -> None:
    visit = request.visit
    subject = cases.subject_of(cases.get(visit.operator_id, case))
    try:
        block = UUID(request.POST.get("block", ""))
    except ValueError:
        raise NotFound(_("Choose one of those on the page.")) from None
    if subject is None:
        raise NotFound(_("Choose one of those on the page."))
    result = request.POST.get("result", "")
    refusal = blocking.lift(visit.operator_id, subject, block, result=result, actor=visit.actor)
    if refusal is not None:
        raise Refused(refusal)


def _review(request: PageRequest, case: UUID) -> None:
    """What was found about a decision of a machine, for the objection to it."""
    visit, sent = request.visit, request.POST
    subject = cases.subject_of(cases.get(visit.operator_id, case))
    about = machine_decisions.about(visit.operator_id, subject) if subject else []
    one = next((each.id for each in about if str(each.id) == sent.get("decision", "")), None)
    if one is None:
        raise NotFound(_("There is no such decision. Choose one of those on the page."))
    machine_decisions.review(
        visit.operator_id, one, sent.get("found", ""), by=visit.actor, case=case
    )


def _answer(request: PageRequest, case: UUID) -> None:
    said = {
        name.removeprefix(SECTION): text
        for name, text in request.POST.items()
        if name.startswith(SECTION) and isinstance(text, str)
    }
    replies.send(request.visit.operator_id, case, said, by=request.visit.actor)


def _outside(request: PageRequest, case: UUID) -> None:
    said = request.POST.getlist("said")
    replies.answered_outside(request.visit.operator_id, case, said, by=request.visit.actor)


def _note(request: PageRequest, case: UUID) -> None:
    replies.note(
        request.visit.operator_id, case, request.POST.get("note", ""), by=request.visit.actor
    )


def _official(request: PageRequest, case: UUID) -> None:
    visit, sent = request.visit, request.POST
    paper = official.Paper(
        signed=sent.get("signed", ""),
        ground=sent.get("ground", "").strip(),
        checked=tuple(sent.getlist("checked")),
        asked=tuple(sent.getlist("asked")),
        granted=tuple(sent.getlist("granted")),
        untold_by=sent.get("untold", "").strip(),
    )
    official.record(visit.operator_id, case, paper, by=visit.actor)


def _told(request: PageRequest, case: UUID) -> None:
    recipient = request.POST.get("recipient", "")
    recalls.told(request.visit.operator_id, case, recipient, by=request.visit.actor)


def _acknowledged(request: PageRequest, case: UUID) -> None:
    recipient = request.POST.get("recipient", "")
    recalls.acknowledged(request.visit.operator_id, case, recipient, by=request.visit.actor)


def _moved(deed: Callable[..., None]) -> Callable[[PageRequest, UUID], None]:
    def done(request: PageRequest, case: UUID) -> None:
        deed(request.visit.operator_id, case, by=request.visit.actor)

    return done


DEEDS: Mapping[str, Callable[[PageRequest, UUID], None]] = {
    "take": _take,
    "name": _name,
    "prove": _prove,
    "decide": _decide,
    "again": _moved(moving.reconsider),
    "take-back": _moved(moving.take_back),
    "court": _moved(moving.to_court),
    "form-missing": _moved(moving.form_missing),
    "form-came": _moved(moving.form_came),
    "correct": _correct,
    "lift": _lift,
    "review": _review,
    "answer": _answer,
    "outside": _outside,
    "note": _note,
    "official": _official,
    "demand": demand,
    "told": _told,
    "acknowledged": _acknowledged,
}
"""What can be done with a request, by the name of the button."""


def _context(
    request: PageRequest,
    case: UUID,
    *,
    typed: Mapping[str, Any] | None = None,
    problems: Mapping[str, str] | None = None,
) -> dict[str, object]:
    visit = request.visit
    row = cases.get(visit.operator_id, case)
    policy = policies.in_force(visit.operator_id)
    line = shown(row, visit.language, clock.now(), staff_names(visit.operator_id))
    promised = obligations.listing(visit.operator_id, cause=case)
    clauses = dict.fromkeys(each.clause for each in promised if each.clause)
    context: dict[str, object] = {
        "case": line,
        "promises": [promises.shown(each, visit.language) for each in promised],
        "copy": line.kind.slug in COPIED,
        "passages": _passages(policy, clauses, visit.language),
        "early": cases.is_early(visit.operator_id, row),
        "may_pass": cases.early_may_pass(visit.operator_id, row),
        "replies": replies.of_case(visit.operator_id, case),
        "recalls": [
            (each, reading.words(policy.recipients[each.recipient].title, visit.language))
            for each in recalls.of_case(visit.operator_id, case)
            if each.recipient in policy.recipients
        ],
        "moves": {str(then) for now, then, _why in line.kind.moves() if now == row.state},
        "kinds": choices(),
        "outcomes": [(each, DECISIONS[each]) for each in ("granted", "partly", "refused")],
        "refusals": [(each, REFUSALS[each]) for each in line.kind.refusals],
        "entries": entries(request, line.subject) if line.subject else [],
        "problems": problems or {},
        "typed": typed or {},
    }
    if row.ended_at is not None or line.by_itself:
        context |= _next_one(request, row)
    if row.state == State.DECIDED:
        context["answer"] = _answer_form(row, typed, problems or {})
    if line.subject is not None:
        context |= _about_person(request, line.subject)
        if row.kind == demanding.KIND:
            context |= official_context(row, policy, visit.language)
            context |= demands(visit.operator_id, policy, line.subject, row)
        if row.kind == "objection":
            context["machine"] = told(
                request, machine_decisions.about(visit.operator_id, line.subject)
            )
            context["reviews"] = REVIEWS.items()
    return context


def _next_one(request: PageRequest, row: Case) -> dict[str, object]:
    """The most urgent other request that waits for whoever looks, or for nobody in particular."""
    visit = request.visit
    rows = cases.waiting_for_staff(visit.operator_id, clock.now()).exclude(id=row.id)
    following = rows.filter(assignee__in=["", visit.actor.id]).first()
    if following is None:
        return {}
    by = promises.by_when(Computation.from_json(following.computation))
    kind = KINDS[following.kind]
    return {"next_case": following, "next_title": kind.title, "next_by": by}


def _passages(
    policy: Policy, clauses: Iterable[str], language: str
) -> Collection[tuple[str, list[str]]]:
    """What the clauses say, each text once with all its clauses."""
    found: dict[str, list[str]] = {}
    for ref in clauses:
        if passage := policy.passage(ref, language):
            found.setdefault(passage, []).append(ref)
    return found.items()


def _answer_form(
    row: Case, typed: Mapping[str, Any] | None, problems: Mapping[str, str]
) -> list[dict[str, str]]:
    """The sections of the answer, drafted in the person's language, or as they were typed."""
    with override(sections.language_of(row)):
        drafted = sections.drafted(row)
    return [
        {
            "slug": each.slug,
            "title": each.title,
            "text": str(typed.get(SECTION + each.slug, each.text)) if typed else each.text,
            "problem": problems.get(each.slug, ""),
        }
        for each in drafted
    ]


def _about_person(request: PageRequest, subject: UUID) -> dict[str, object]:
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    now = clock.now()
    held = vault.holdings(visit.operator_id, subject)
    return {
        "person": identity.subject(visit.operator_id, subject),
        "blocks": [
            each
            for each in gate.standing(visit.operator_id, subject).blocks
            if each.live(now) and each.id is not None
        ],
        "results": RESULTS.items(),
        "places": [
            (
                f"{record}:{slug}",
                _("%(field)s, record № %(number)s")
                % {
                    "field": reading.words(policy.fields[slug].title, visit.language),
                    "number": record.hex[-6:],
                },
            )
            for record, fields in held.items()
            for slug in sorted(fields & policy.fields.keys())
            if not policy.fields[slug].attached
        ],
    }


def _texts(request: PageRequest, case: UUID) -> dict[str, object]:
    """What was written, opened for whoever answers; the look stands in the journal."""
    visit = request.visit
    row = cases.get(visit.operator_id, case)
    subject = cases.subject_of(row)
    if subject is None:
        raise NotFound(_("It is not known yet whom this is about; find the person first."))
    opened = writings.texts(visit.operator_id, subject, visit.actor)
    written = [
        (each, opened[each.record])
        for each, _state in replies.of_case(visit.operator_id, case)
        if each.record is not None and each.record in opened
    ]
    original = opened.get(row.record or row.id, "")
    return {"read": True, "original": original, "written": written}
