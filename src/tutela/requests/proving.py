"""Showing who one is, as far as what is asked needs it, before anything is shown.

A page names the right it serves; where the person has proven less than the policy asks for that
right, one thing that is held about them is asked for, and compared. Nothing new is collected.
"""

from __future__ import annotations

import functools
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind, LawPurpose, Right
from tutela.gate.rules import Operation
from tutela.identity import actions as identity
from tutela.identity import limits, proofs
from tutela.identity.entries import IdentityNotProven
from tutela.identity.proofs import Proof
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Field
from tutela.requests import reading
from tutela.requests.intake import permit
from tutela.requests.rules import Wrong, read_value
from tutela.vault import actions as vault
from tutela.web.access import next_path, subject_token
from tutela.web.pages import STAFF, Audience, PageRequest, page, page_url, show

View = Callable[..., HttpResponseBase]

COMPARED = ("phone", "birth-date", "name", "text")
"""The types of fields that may be asked for, the best first. Never the address of the sign-in
itself, and nothing financial or special."""


def proven(right: Right) -> Callable[[View], View]:
    """Let the decorated page of a signed-in person open only to who has proven enough."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: PageRequest, **captured: object) -> HttpResponseBase:
            if _held(request).suffices(_needed(request, right)):
                return view(request, **captured)
            where = f"?right={right}&next={quote(request.path)}"
            return HttpResponseRedirect(page_url(request, "prove") + where)

        return guarded

    return decorate


def _held(request: PageRequest) -> Proof:
    visit = request.visit
    assert visit.operator is not None  # noqa: S101 - the path names one
    return identity.proof_of(visit.operator_id, subject_token(request, visit.operator))


def _needed(request: PageRequest, right: Right) -> Proof:
    return proofs.needed(policies.in_force(request.visit.operator_id), right)


@dataclass(frozen=True, slots=True)
class Asked:
    """One field to compare: the first of a good type that is held about the person."""

    field: Field
    values: tuple[str, ...]

    def matches(self, typed: str) -> bool:
        kind = self.field.type
        today = clock.now().date()
        try:
            given = read_value(kind, typed, today).casefold()
        except Wrong:
            return False
        each_compared = [
            hmac.compare_digest(given.encode(), value.casefold().encode()) for value in self.values
        ]
        return bool(given) and any(each_compared)


def to_compare(operator_id: UUID, subject: UUID) -> Asked | None:
    """What the person may be asked for; None where nothing suitable is held."""
    policy = policies.in_force(operator_id)
    held = {slug for fields in vault.holdings(operator_id, subject).values() for slug in fields}
    suitable = [
        each
        for slug, each in policy.fields.items()
        if slug in held
        and each.type in COMPARED
        and policy.categories[each.category].sensitivity == "ordinary"
    ]
    if not suitable:
        return None
    best = min(suitable, key=lambda each: COMPARED.index(each.type))
    leave = permit(
        Operation(
            operator=operator_id,
            subject=subject,
            action=Action.EXTRACTION,
            purpose=LawPurpose.SUBJECT_RIGHTS,
            fields=frozenset({best.slug}),
            actor=SYSTEM,
        )
    )
    return Asked(best, tuple(each.value for each in vault.read(leave)))


@page(
    "<operator>/my/prove/",
    name="prove",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    under="my-data",
)
def prove(request: PageRequest) -> HttpResponseBase:
    """Ask for one thing that is held; what was typed is compared and kept nowhere."""
    visit = request.visit
    said = request.GET.get("right", "")
    right = Right(said) if said in tuple(Right) else Right.ACCESS
    needed = _needed(request, right)
    onward = next_path(request) or page_url(request, "my-data")
    if _held(request).suffices(needed):
        if next_path(request) or request.method == "POST":
            return HttpResponseRedirect(onward)
        return show(request, "requests/prove.html", {"known": True})
    asked = None
    if needed is Proof.MATCHED:
        asked = to_compare(visit.operator_id, visit.subject_id)
    problem = ""
    if request.method == "POST" and asked is not None:
        limits.MATCHES_PER_SUBJECT.demand(visit.operator_id, str(visit.subject_id))
        if asked.matches(request.POST.get("value", "")):
            assert visit.operator is not None  # noqa: S101 - the path names one
            token = subject_token(request, visit.operator)
            identity.strengthen(visit.operator_id, token, Proof.MATCHED, (asked.field.slug,))
            return HttpResponseRedirect(onward)
        _note_failure(visit.operator_id, visit.subject_id, asked.field.slug)
        problem = _("This is not what we hold. Try another spelling, or write to the operator.")
    context = {
        "asked": reading.words(asked.field.title, visit.language) if asked else "",
        "date": asked is not None and asked.field.type == "birth-date",
        "problem": problem,
        "email": policies.in_force(visit.operator_id).operator.email,
    }
    return show(request, "requests/prove.html", context, status=422 if problem else 200)


def _note_failure(operator_id: UUID, subject: UUID, field: str) -> None:
    failed = IdentityNotProven(
        subject=subject,
        actor=Actor(ActorKind.SUBJECT, str(subject)),
        automated=False,
        fields=(field,),
    )
    journal.append(operator_id, failed)


@page(
    "desk/<operator>/people/<uuid:subject>/identity/",
    name="identity-check",
    audience=STAFF,
    permission="person.work",
    under="people",
    methods=("POST",),
)
def identity_check(request: PageRequest, subject: UUID) -> HttpResponseBase:
    """Staff have seen an identity document of the person; it is not copied."""
    visit = request.visit
    identity.subject(visit.operator_id, subject)
    identity.confirm_identity(visit.operator_id, subject, visit.actor)
    return HttpResponseRedirect(page_url(request, "person", subject=subject))
