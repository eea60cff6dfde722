"""The first page of a demonstration: the clock, the operators, and whose eyes to look through."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import auth
from django.contrib.auth.models import User
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core.errors import NotFound
from tutela.db.scope import operator_scope
from tutela.demo import opening, sites
from tutela.demo.pages import demo_page
from tutela.demo.post import waiting
from tutela.identity import actions as identity
from tutela.policy import actions as policies
from tutela.policy.actions import OperatorRow
from tutela.web.access import keep_subject
from tutela.web.pages import Menu, PageRequest, page_url, show

_PEOPLE_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Person:
    id: UUID
    number: str
    language: str
    category: str


@dataclass(frozen=True, slots=True)
class Member:
    id: int
    name: str
    roles: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One operator of the demonstration with those who can be looked over the shoulder."""

    operator: OperatorRow
    people: list[Person]
    staff: list[Member]
    site: str = ""


@demo_page("demo/", name="demo", menu=Menu(gettext_lazy("Start"), 10))
def start(request: PageRequest) -> HttpResponse:
    stages = [_stage(each, request.visit.language) for each in policies.operators()]
    context = {"stages": stages, "letters": waiting(), "closed": opening.closed_samples()}
    return show(request, "demo/start.html", context)


def _stage(operator: OperatorRow, language: str) -> Stage:
    with operator_scope(operator.id):
        subjects = policies.in_force(operator.id).subjects
        people = [
            Person(
                row.id,
                row.id.hex[-6:],
                row.language,
                subjects[row.category].title.get(language, "") if row.category in subjects else "",
            )
            for row in identity.subjects(operator.id, destroyed=False, limit=_PEOPLE_SHOWN)
        ]
        staff = [
            Member(user.pk, user.username, ", ".join(sorted(roles)))
            for user in User.objects.filter(is_active=True).order_by("pk")
            if (roles := identity.staff_roles(user, operator.id))
        ]
    return Stage(operator, people, staff, sites.address(operator.slug))


@demo_page("demo/<operator>/person/<uuid:subject>/", name="demo-person", methods=("POST",))
def enter_as_person(request: PageRequest, subject: UUID) -> HttpResponse:
    """Signs in as a person by a link of the ordinary kind, without the way through the mail."""
    visit = request.visit
    session = identity.redeem(visit.operator_id, identity.issue_sign_in(visit.operator_id, subject))
    if session is None or visit.operator is None:
        raise NotFound(_("This person cannot be signed in."))
    response = HttpResponseRedirect(page_url(request, "my-data"))
    keep_subject(response, visit.operator, session)
    return response


@demo_page("demo/<operator>/staff/<int:user>/", name="demo-staff", methods=("POST",))
def enter_as_staff(request: PageRequest, user: int) -> HttpResponse:
    member = User.objects.filter(pk=user, is_active=True).first()
    if member is None or not identity.staff_roles(member, request.visit.operator_id):
        raise NotFound(_("Nobody of this operator’s staff has this number."))
    auth.login(request, member, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponseRedirect(page_url(request, "desk"))
