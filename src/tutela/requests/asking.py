"""Asking for something: with an account by choosing, without one by a letter of the policy."""

from __future__ import annotations

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tutela.core.vocabulary import Right
from tutela.policy import actions as policies
from tutela.policy.model import CollectionPoint, Policy
from tutela.requests import actions, letters, turning_away
from tutela.requests.case_wording import ASKED_ON
from tutela.requests.errors import NoSuchForm
from tutela.requests.forms import PointForm
from tutela.requests.kinds import KINDS, Asker, Kind, in_order
from tutela.requests.notices import notice
from tutela.requests.proving import proven
from tutela.web.pages import Audience, PageRequest, page, page_url, show

ELSEWHERE = frozenset({"withdrawal", "claim", "damages", "authority"})
"""Kinds that have a page or a form of their own, or are not asked by people."""


def offered() -> list[tuple[str, str, str]]:
    """What people can ask for: the value of the option, its words, and what it means."""
    kinds = [each for each in in_order() if each.slug not in ELSEWHERE]
    return [
        option
        for each in kinds
        for option in (
            [
                (f"{each.slug}:{one}", f"{each.title}: {ASKED_ON[one]}", str(each.asks))
                for one in each.grounds
            ]
            or [(each.slug, str(each.title), str(each.asks))]
        )
    ]


def _asked(request: PageRequest) -> tuple[Kind | None, str]:
    slug, _colon, ground = request.POST.get("kind", "").partition(":")
    kind = KINDS.get(slug)
    if kind is None or slug in ELSEWHERE or (ground and ground not in kind.by_ground):
        return None, ""
    return kind, ground


@page(
    "<operator>/my/ask/",
    name="my-ask",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    under="my-requests",
)
@proven(Right.ACCESS)
def my_ask(request: PageRequest) -> HttpResponseBase:
    """Ask by choosing: nothing has to be written, so nothing more is collected."""
    visit, problem = request.visit, ""
    if request.method == "POST":
        kind, ground = _asked(request)
        if kind is not None:
            case = actions.open_case(
                visit.operator_id,
                kind.slug,
                "portal",
                visit.subject_id,
                ground=ground,
                language=visit.language,
                justified=bool(request.POST.get("incomplete")),
                cause=visit.submission_id,
                actor=visit.actor,
            )
            token = letters.receipt_token(case)
            return HttpResponseRedirect(page_url(request, "receipt", token=token))
        problem = _("Choose what you ask for.")
    context = {"offered": offered(), "problem": problem, "chosen": request.POST.get("kind", "")}
    return show(request, "requests/my_ask.html", context, status=422 if problem else 200)


def _letter_point(policy: Policy) -> CollectionPoint:
    """Where the policy takes letters. Raises ``NoSuchForm`` for one that takes none."""
    for point in policy.points.values():
        if point.kind == "letter":
            return point
    raise NoSuchForm(_("Letters are not taken here. Choose a form from the list."))


@page("<operator>/ask/", name="ask", methods=("GET", "POST"))
def ask(request: PageRequest) -> HttpResponseBase:
    """Ask without an account: by the policy's own letter, with what it is about chosen."""
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    point = _letter_point(policy)
    data = request.POST if request.method == "POST" else None
    form = PointForm(
        policy, point, visit.language, actions.today_of(policy), data, files=request.FILES
    )
    kind, ground = _asked(request) if data is not None else (None, "")
    problem = _("Choose what you ask for.") if data is not None and kind is None else ""
    if data is not None and form.is_valid() and kind is not None:
        receipt = actions.submit(
            visit.operator_id,
            point.slug,
            language=visit.language,
            values=form.typed,
            accepted=form.accepted,
            idempotency=form.named(f"{visit.submission_id.hex} {kind.slug} {ground}"),
            files=form.files_taken,
        )
        actions.open_case(
            visit.operator_id,
            kind.slug,
            "form",
            receipt.subject,
            receipt.about,
            asker=Asker.SUBJECT,
            ground=ground,
            language=visit.language,
        )
        return HttpResponseRedirect(page_url(request, "receipt", token=receipt.token))
    if data is not None:
        turning_away.count(visit.operator_id, point.slug, form.problems)
    context = {
        "form": form,
        "point": point,
        "policy": policy,
        "notice": notice(policy, point, visit.language),
        "offered": offered(),
        "problem": problem,
        "chosen": request.POST.get("kind", ""),
    }
    return show(request, "requests/ask.html", context, status=422 if data is not None else 200)
