"""The desk's pages of the gate: who may do what, who holds it, and who has decided what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core import clock
from tutela.core.errors import NotFound, TutelaError
from tutela.core.vocabulary import Actor, ActorKind, LawPurpose
from tutela.gate import access, approvals, places
from tutela.gate.entries import ACTIONS
from tutela.gate.errors import SamePerson
from tutela.gate.explaining import explain
from tutela.gate.forms import DecisionForm, QuestionForm, actors_of, purposes_of
from tutela.gate.matrix import reach
from tutela.gate.models import ApprovalRow
from tutela.gate.wording import (
    ACTS,
    CHANGE_ROLES,
    CHANGES,
    CLASSES,
    DECISION_GROUNDS,
    INTERESTS,
    VERDICTS,
    ruled,
)
from tutela.identity.staff import actions as staff
from tutela.identity.wording import role_title
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.web.pages import STAFF, Drawer, Menu, PageRequest, page, page_url, show

BESIDE = (places,)
"""Modules of this room that register pages of their own."""


@page(
    "desk/<operator>/access/",
    name="access",
    audience=STAFF,
    permission="access.read",
    menu=Menu(gettext_lazy("Access"), 50, drawer=Drawer.SETTINGS),
)
def access_page(request: PageRequest) -> HttpResponseBase:
    """Who holds which role, and whether somebody still has to look it over."""
    visit, now = request.visit, clock.now()
    policy = policies.in_force(visit.operator_id)
    holders = access.holders(visit.operator_id, policy)
    names = {str(each.user_id): each.name for each in holders}
    known = access.acknowledgements(visit.operator_id)
    lines = [
        {
            "holder": each,
            "role": role_title(policy, each.role, visit.language),
            "overdue": each.overdue(now),
            "by": names.get(each.confirmed_by, ""),
            "acknowledged": known.get(each.user_id),
            "mine": str(each.user_id) == visit.actor.id,
        }
        for each in holders
    ]
    context = {
        "lines": lines,
        "overdue": sum(bool(each["overdue"]) for each in lines),
        "every": policy.access.review_every,
        "every_words": policy.access.review_every.words(visit.language)
        if policy.access.review_every
        else "",
        "manages": visit.may("access.manage"),
    }
    return show(request, "gate/access.html", context)


@page(
    "desk/<operator>/access/confirm/",
    name="access-confirm",
    audience=STAFF,
    permission="access.manage",
    under="access",
    methods=("POST",),
    recent=True,
)
def access_confirm(request: PageRequest) -> HttpResponseBase:
    """State that somebody still needs the role they hold."""
    user, _slash, role = request.POST.get("holder", "").partition("/")
    if not (user.isascii() and user.isdigit()) or len(user) > len("9223372036854775807") - 1:
        raise NotFound(_("Choose somebody from the list."))
    access.confirm(request.visit.operator_id, int(user), role, by=request.visit.actor)
    return HttpResponseRedirect(page_url(request, "access"))


@page(
    "desk/<operator>/acknowledge/",
    name="acknowledge",
    audience=STAFF,
    permission="acts.read",
    under="access",
    methods=("GET", "POST"),
)
def acknowledge(request: PageRequest) -> HttpResponseBase:
    """Staff read the policy and say so; where it is asked for, nothing else opens before."""
    visit = request.visit
    if request.method == "POST":
        access.acknowledge(visit.operator_id, visit.actor)
        return HttpResponseRedirect(page_url(request, "acknowledge"))
    policy = policies.in_force(visit.operator_id)
    done = access.acknowledgements(visit.operator_id).get(int(visit.actor.id))
    context = {
        "policy": policy,
        "done": done if done and done[0] == policy.number else None,
        "asked": access.asked_to_acknowledge(visit.operator_id, visit.actor),
        "clause": policy.clause_of("org.training"),
    }
    return show(request, "gate/acknowledge.html", context)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one role may do for one purpose, in words."""

    role: str
    purpose: str
    actions: str
    classes: str


@page(
    "desk/<operator>/access/roles/",
    name="access-roles",
    audience=STAFF,
    permission="access.read",
    under="access",
)
def roles(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    context = {
        "cells": cells(policy, visit.language),
        "narrowed": bool(policy.roles),
        "clause": policy.clause_of("access.roles"),
    }
    return show(request, "gate/roles.html", context)


def cells(policy: Policy, language: str) -> list[Cell]:
    """The table of roles as the policy leaves it; purposes with one answer share a line."""
    found = []
    for who, title in actors_of(policy, language):
        kind, _slash, role = who.partition("/")
        actor = Actor(ActorKind(kind), role=role)
        lines: dict[tuple[str, str], list[str]] = {}
        for slug, words in purposes_of(policy, language):
            left = reach(policy, actor, slug)
            if not left.actions:
                continue
            key = (
                ", ".join(str(ACTIONS[each]) for each in ACTIONS if each in left.actions),
                ", ".join(str(CLASSES[each]) for each in CLASSES if each in left.classes),
            )
            place = str(words) if slug in tuple(LawPurpose) else f"“{words}”"
            lines.setdefault(key, []).append(place)
        for (actions, classes), purposes in lines.items():
            found.append(Cell(str(title), _together(policy, purposes), actions, classes))
        if not lines:
            found.append(Cell(str(title), "", "", ""))
    return found


def _together(policy: Policy, purposes: list[str]) -> str:
    declared = [each for each in purposes if each.startswith("“")]
    if len(declared) < len(policy.purposes) or len(declared) <= 1:
        return "; ".join(purposes)
    others = [each for each in purposes if not each.startswith("“")]
    return "; ".join([_("every purpose of the policy"), *others])


@page(
    "desk/<operator>/decisions/",
    name="decisions",
    audience=STAFF,
    permission="decision.read",
    under="access",
)
def decisions(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    rows = approvals.listing(visit.operator_id)
    context = {
        "lines": [_shown(request, policy, each) for each in rows],
        "waiting": sum(approvals.state_of(each, clock.now()) == "waiting" for each in rows),
        "asked": bool(policy.decisions or policy.four_eyes),
        "proposes": visit.may("decision.work"),
        "clause": policy.clause_of("decision.approval"),
    }
    return show(request, "gate/decisions.html", context)


def _shown(request: PageRequest, policy: Policy, row: ApprovalRow) -> dict[str, Any]:
    language, words = request.visit.language, dict(purposes_of(policy, request.visit.language))
    what = [str(ACTIONS[each]) for each in ACTIONS if each in row.operations]
    return {
        "row": row,
        "upon": _upon(request, policy, row),
        "what": str(ACTS.get(row.act, row.act)) if row.act else ", ".join(what),
        "purposes": [str(words.get(each, each)) for each in row.purposes],
        "ground": DECISION_GROUNDS.get(row.ground, row.ground),
        "interest": INTERESTS.get(row.interest, row.interest),
        "state": approvals.state_of(row, clock.now()),
        "language": language,
    }


def _upon(request: PageRequest, policy: Policy, row: ApprovalRow) -> str:
    """What an act is done to, in words where there are some."""
    operation, _slash, rest = row.target.partition("/")
    if row.act != CHANGE_ROLES or operation not in CHANGES:
        return row.target[:_SHOWN]
    whom, _slash, role = rest.partition("/")
    names = {str(each.id): each.name for each in staff.members(request.visit.operator_id)}
    said = {
        "name": names.get(whom, whom),
        "role": role_title(policy, role, request.visit.language) if role else "",
    }
    return str(CHANGES[operation] % said)


_SHOWN = 16


@page(
    "desk/<operator>/decisions/propose/",
    name="decision-propose",
    audience=STAFF,
    permission="decision.work",
    under="access",
    methods=("GET", "POST"),
)
def propose(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    data = request.POST if request.method == "POST" else None
    start = {"act": request.GET.get("act", ""), "person": request.GET.get("person", "")}
    form = DecisionForm(policy, visit.language, data, start)
    if data is not None and form.is_valid():
        try:
            made = approvals.propose(visit.operator_id, form.proposal(), by=visit.actor)
        except TutelaError as error:
            form.add_error(None, str(error))
        else:
            return HttpResponseRedirect(page_url(request, "decision", approval=made))
    status = 422 if data is not None else 200
    return show(request, "gate/propose.html", {"form": form}, status=status)


@page(
    "desk/<operator>/decisions/<uuid:approval>/",
    name="decision",
    audience=STAFF,
    permission="decision.read",
    under="access",
)
def decision(request: PageRequest, approval: UUID) -> HttpResponseBase:
    visit = request.visit
    row = approvals.get(visit.operator_id, approval)
    mine = row.proposed_by == visit.actor.id
    shown = _shown(request, policies.in_force(visit.operator_id), row)
    open_still = shown["state"] in {"waiting", "in-force", "not-yet"}
    context = {
        **shown,
        "mine": mine,
        "decides": visit.may("access.manage") and not mine and shown["state"] == "waiting",
        "ends": open_still and (mine or visit.may("access.manage")),
    }
    return show(request, "gate/decision.html", context)


@page(
    "desk/<operator>/decisions/<uuid:approval>/settle/",
    name="decision-settle",
    audience=STAFF,
    permission="decision.work",
    under="access",
    methods=("POST",),
    recent=True,
)
def settle(request: PageRequest, approval: UUID) -> HttpResponseBase:
    """Agree, decline or end. Agreeing and declining are for whoever may decide; a proposal can be
    taken back by who made it."""
    visit = request.visit
    how = {"agree": approvals.agree, "decline": approvals.decline, "end": approvals.end}
    chosen = request.POST.get("how", "")
    if chosen not in how:
        raise NotFound(_("Choose one of the buttons on the page."))
    mine = approvals.get(visit.operator_id, approval).proposed_by == visit.actor.id
    if not visit.may("access.manage") and not (mine and chosen == "end"):
        raise SamePerson(_("Your role does not decide this. Ask an officer."))
    how[chosen](visit.operator_id, approval, by=visit.actor)
    return HttpResponseRedirect(page_url(request, "decision", approval=approval))


@page(
    "desk/<operator>/explain/",
    name="explain",
    audience=STAFF,
    permission="explanation.read",
    under="access",
    methods=("GET", "POST"),
)
def explain_page(request: PageRequest) -> HttpResponseBase:
    """Why is this allowed or refused? Asking is journalled and permits nothing."""
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    data = request.POST if request.method == "POST" else None
    form = QuestionForm(policy, visit.language, data, {"person": request.GET.get("person", "")})
    context: dict[str, Any] = {"form": form}
    if data is not None and form.is_valid():
        try:
            told = explain(
                form.operation(visit.operator_id),
                by=visit.actor,
                at=form.moment(),
                language=visit.language,
            )
        except TutelaError as error:
            form.add_error("day", str(error))
        else:
            steps = [
                (ruled(each.rule), VERDICTS[each.verdict], each.verdict)
                for each in told.steps
                if each.verdict != "not-asked"
            ]
            context |= {"told": told, "steps": steps}
    status = 422 if data is not None and "told" not in context else 200
    return show(request, "gate/explain.html", context, status=status)
