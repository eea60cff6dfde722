"""The person's pages about their account, and the public page that says how one is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from tutela.accounts import actions, children, editing, rules
from tutela.accounts.actions import AccountRow
from tutela.accounts.editing import Line
from tutela.accounts.forms import ProfileForm, report
from tutela.accounts.wording import document
from tutela.core.vocabulary import Right
from tutela.policy import actions as policies
from tutela.policy.model import Policy, Promise
from tutela.policy.wording import EVENTS, OUTCOMES
from tutela.requests import representing, turning_away
from tutela.requests.actions import today_of
from tutela.requests.errors import Incomplete
from tutela.requests.forms import PointForm
from tutela.requests.proving import proven
from tutela.requests.reading import readable, words
from tutela.web.access import forget_subject
from tutela.web.pages import Audience, Drawer, Menu, PageRequest, page, page_url, show

STATES = {"open": "given", "limited": "soon", "closed": "expired"}
"""The tone of each state."""
STATE_WORDS = {
    "open": _("open"),
    "limited": _("limited for now"),
    "closed": _("deleted"),
}


@dataclass(frozen=True, slots=True)
class LineShown:
    line: Line
    title: str
    value: str


def _lines(policy: Policy, lines: Sequence[Line], language: str) -> list[LineShown]:
    return [
        LineShown(
            each,
            words(policy.fields[each.slug].title, language),
            readable(each.kind, each.value, language),
        )
        for each in lines
    ]


@page(
    "<operator>/my/account/",
    name="my-account",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    menu=Menu(_("My account"), 12, drawer=Drawer.ACCOUNT),
)
@proven(Right.ACCESS)
def my_account(request: PageRequest) -> HttpResponseBase:
    """What the account is, what it still lacks, and where everything about it is changed."""
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    if request.method == "POST":
        chosen = request.POST.getlist("document")
        actions.accept(visit.operator_id, visit.subject_id, chosen, actor=visit.actor)
        return HttpResponseRedirect(page_url(request, "my-account"))
    row = actions.account(visit.operator_id, visit.subject_id)
    open_row = row if row is not None and row.closed_at is None else None
    lines: list[LineShown] = []
    if open_row is not None:
        found = editing.profile(visit.operator_id, open_row, actor=visit.actor)
        lines = _lines(policy, found, visit.language)
    context = {
        "account": row,
        "lines": lines,
        "state": STATES[row.state] if row else "",
        "word": STATE_WORDS[row.state] if row else "",
        "missing": [words(policy.fields[each].title, visit.language) for each in row.missing]
        if open_row and row
        else [],
        "documents": [(each, document(each)) for each in (row.to_accept if row else ())],
        "accepted": [(document(each), number) for each, number in row.accepted.items()]
        if row
        else [],
        "points": rules.profile_points(policy),
        "children": rules.child_point(policy),
        "asks_place": any(
            each.control == "geo" and each.declaration.startswith("purposes.")
            for each in policy.bindings
        ),
    }
    return show(request, "accounts/account.html", context)


@page(
    "<operator>/my/account/edit/",
    name="account-edit",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    under="my-account",
)
@proven(Right.CORRECTION)
def account_edit(request: PageRequest) -> HttpResponseBase:
    """Change one's own data; the earlier values stay in its history."""
    visit = request.visit
    row = actions.demand(visit.operator_id, visit.subject_id)
    form, lines, saved = _edited(request, row, visit.actor)
    if saved:
        return HttpResponseRedirect(page_url(request, "my-account"))
    context = {"form": form, "fixed": [each for each in lines if each.line.fixed]}
    status = 422 if request.method == "POST" else 200
    return show(request, "accounts/edit.html", context, status=status)


def _edited(
    request: PageRequest, row: AccountRow, actor: Any
) -> tuple[ProfileForm, list[LineShown], bool]:
    """The form with what is held, or with what was typed; whether that was taken over."""
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    lines = editing.profile(visit.operator_id, row, actor=actor)
    data = request.POST if request.method == "POST" else None
    form = ProfileForm(
        policy, policy.points[row.point], visit.language, today_of(policy), data, lines=lines
    )
    saved = False
    if data is not None:
        try:
            editing.save(visit.operator_id, row, form.typed, actor=actor)
            saved = True
        except Incomplete as incomplete:
            incomplete.afterwards()
            report(form, incomplete.problems)
    return form, _lines(policy, lines, visit.language), saved


@dataclass(frozen=True, slots=True)
class Step:
    """What the policy makes of a deletion: what, within which term, by which clause."""

    what: str
    term: str
    clause: str


def _steps(policy: Policy, language: str) -> list[Step]:
    return [
        Step(
            what=str(OUTCOMES.get(each.outcome, each.outcome))
            if isinstance(each, Promise)
            else ", ".join(words(policy.purposes[p].title, language) for p in each.purposes),
            term=each.term.words(language),
            clause=next(iter(each.clauses), ""),
        )
        for each in rules.follows(policy)
    ]


@page(
    "<operator>/my/account/delete/",
    name="account-delete",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    under="my-account",
)
@proven(Right.WITHDRAWAL)
def account_delete(request: PageRequest) -> HttpResponseBase:
    """Say what will happen, then do it at once; nobody is written to (001 6.6)."""
    visit = request.visit
    row = actions.demand(visit.operator_id, visit.subject_id)
    policy = policies.in_force(visit.operator_id)
    if request.method == "POST":
        why = "guardian" if row.guardian else "person"
        actions.delete(visit.operator_id, visit.subject_id, actor=visit.actor, why=why)
        response = HttpResponseRedirect(page_url(request, "account-help") + "?deleted=1")
        assert visit.operator is not None  # noqa: S101 - the path names one
        forget_subject(response, visit.operator)
        return response
    context = {
        "steps": _steps(policy, visit.language),
        "children": children.of(visit.operator_id, visit.subject_id),
    }
    return show(request, "accounts/delete.html", context)


@page("<operator>/account/", name="account-help", menu=Menu(_("Account"), 60))
def account_help(request: PageRequest) -> HttpResponseBase:
    """How an account is opened and deleted, for everybody to read (001 6.6)."""
    policy = policies.in_force(request.visit.operator_id)
    context = {
        "deleted": bool(request.GET.get("deleted")),
        "points": rules.profile_points(policy),
        "steps": _steps(policy, request.visit.language),
        "event": EVENTS[rules.DELETED if rules.has_regime(policy) else "consent.withdrawn"],
    }
    return show(request, "accounts/help.html", context)


# --- children ---------------------------------------------------------------------------------


@page(
    "<operator>/my/children/",
    name="my-children",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    under="my-account",
)
@proven(Right.ACCESS)
def my_children(request: PageRequest) -> HttpResponseBase:
    """The profiles of the children the person answers for: made, changed and closed here."""
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    point = rules.child_point(policy)
    row = actions.account(visit.operator_id, visit.subject_id)
    if point is None or row is None or row.closed_at is not None:
        return show(request, "accounts/children.html", {"point": point, "account": None})
    context, done = _answered(request)
    if done:
        return HttpResponseRedirect(page_url(request, "my-children"))
    context |= {"point": point, "account": row, "children": _children(request)}
    status = 422 if request.method == "POST" else 200
    return show(request, "accounts/children.html", context, status=status)


def _answered(request: PageRequest) -> tuple[dict[str, Any], bool]:
    """What of the page is open: a child to change or to close, or the form for one more."""
    visit, asked = request.visit, request.POST if request.method == "POST" else request.GET
    operator, guardian = visit.operator_id, visit.subject_id
    if chosen := asked.get("close"):
        child = children.one(operator, guardian, _identifier(chosen))
        if request.method == "POST":
            children.close(operator, guardian, child.subject)
        return {"closing": child}, request.method == "POST"
    if chosen := asked.get("child"):
        child = children.one(operator, guardian, _identifier(chosen))
        form, _lines_shown, saved = _edited(request, child, representing.acting(guardian))
        return {"changing": child, "form": form}, saved
    return _one_more(request)


def _one_more(request: PageRequest) -> tuple[dict[str, Any], bool]:
    visit = request.visit
    policy, point = policies.in_force(visit.operator_id), children.point_of(visit.operator_id)
    data = request.POST if request.method == "POST" else None
    form = PointForm(policy, point, visit.language, today_of(policy), data)
    if data is None:
        return {"form": form}, False
    if not form.is_valid():
        turning_away.count(visit.operator_id, point.slug, form.problems)
        return {"form": form}, False
    try:
        children.add(
            visit.operator_id,
            visit.subject_id,
            form.typed,
            form.accepted,
            language=visit.language,
        )
    except Incomplete as incomplete:
        incomplete.afterwards()
        report(form, incomplete.problems)
        return {"form": form}, False
    return {}, True


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _children(request: PageRequest) -> list[dict[str, Any]]:
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    by = representing.acting(visit.subject_id)
    return [
        {
            "account": each,
            "lines": _lines(
                policy, editing.profile(visit.operator_id, each, actor=by), visit.language
            ),
        }
        for each in children.of(visit.operator_id, visit.subject_id)
    ]
