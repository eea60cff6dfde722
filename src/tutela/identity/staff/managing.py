"""An officer manages who works for the operator: invitations, roles, locks, lost factors."""

from __future__ import annotations

from typing import cast

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core.errors import NotFound
from tutela.identity.rules import Role
from tutela.identity.staff import actions
from tutela.identity.staff.account import PasswordForm
from tutela.identity.staff.entries import FACTORS
from tutela.identity.staff.errors import BadName
from tutela.identity.staff.factors import SLUGS
from tutela.identity.staff.parameters import second_factor_required
from tutela.identity.staff.sign_in import status_of
from tutela.identity.wording import role_title
from tutela.policy import actions as policies
from tutela.web.access import Visit
from tutela.web.pages import STAFF, Drawer, Menu, PageRequest, page, page_url, show

_MANAGE = "staff.manage"


class InvitationForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name to sign in with"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"))

    def __init__(self, roles: dict[str, str], data: QueryDict | None) -> None:
        super().__init__(data, auto_id="%s")
        self.use_required_attribute = False
        cast("forms.ChoiceField", self.fields["role"]).choices = list(roles.items())


def _roles(visit: Visit) -> dict[str, str]:
    """The roles that can be given here, in words: the built-in ones and those of the policy."""
    policy = policies.in_force(visit.operator_id)
    own = [each.slug for each in policy.roles.values() if each.like]
    return {role: role_title(policy, role, visit.language) for role in [*map(str, Role), *own]}


@page(
    "desk/<operator>/staff/",
    name="staff",
    audience=STAFF,
    permission=_MANAGE,
    menu=Menu(gettext_lazy("Staff"), 70, drawer=Drawer.SETTINGS),
    methods=("GET", "POST"),
    recent=True,
)
def staff(request: PageRequest) -> HttpResponseBase:
    """Who works here; and letting somebody in."""
    visit = request.visit
    roles = _roles(visit)
    form = InvitationForm(roles, request.POST if request.method == "POST" else None)
    link = ""
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            token = actions.invite(
                visit.operator_id, said["name"], said["role"], by=visit.actor, email=said["email"]
            )
        except BadName as error:
            form.add_error("name", str(error))
        else:
            if not token:
                return HttpResponseRedirect(page_url(request, "staff"))
            link = _link(request, token)
    context = {
        "form": form,
        "link": link,
        "members": [
            (each, [roles.get(role, role) for role in each.roles], _kinds(each))
            for each in actions.members(visit.operator_id)
        ],
        "required": second_factor_required(visit.operator_id),
    }
    return show(request, "identity/staff.html", context, status=200 if link else status_of(form))


def _link(request: PageRequest, token: str) -> str:
    return settings.TUTELA_PUBLIC_URL + page_url(request, "welcome", token=token)


def _kinds(member: actions.Member) -> list[str]:
    return [str(FACTORS[SLUGS[kind]]) for kind in sorted(member.factors)]


@page(
    "desk/<operator>/staff/<int:user>/",
    name="staff-member",
    audience=STAFF,
    permission=_MANAGE,
    under="staff",
    methods=("GET", "POST"),
    recent=True,
)
def staff_member(request: PageRequest, user: int) -> HttpResponseBase:
    """One person of the staff, and what can be done to their account."""
    visit = request.visit
    link = ""
    if request.method == "POST":
        link = _done(request, user)
        if not link:
            stays = any(each.id == user for each in actions.members(visit.operator_id))
            there = (
                page_url(request, "staff-member", user=user)
                if stays
                else page_url(request, "staff")
            )
            return HttpResponseRedirect(there)
    member = actions.member(visit.operator_id, user)
    context = {
        "member": member,
        "roles": [(role, words, role in member.roles) for role, words in _roles(visit).items()],
        "kinds": _kinds(member),
        "myself": visit.staff is not None and visit.staff.id == str(user),
        "link": link,
    }
    return show(request, "identity/member.html", context)


def _done(request: PageRequest, user: int) -> str:
    """Do what the button says; the address of a new link if one was made."""
    visit, do = request.visit, request.POST.get("do", "")
    give, take = request.POST.get("give", ""), request.POST.get("take", "")
    known = _roles(visit)
    if give in known:
        actions.give_role(visit.operator_id, user, give, by=visit.actor)
    elif take in known:
        actions.take_role(visit.operator_id, user, take, by=visit.actor)
    elif do == "link":
        return _link(request, actions.issue_link(visit.operator_id, user, by=visit.actor))
    elif do == "unlock":
        actions.unlock(visit.operator_id, user, by=visit.actor)
    elif do == "reset-factors":
        actions.reset_factors(visit.operator_id, user, by=visit.actor)
    elif do == "switch-off":
        actions.switch_off(visit.operator_id, user, by=visit.actor)
    else:
        raise NotFound(_("There is no such button. Open the page anew and press one of its."))
    return ""


@page("<operator>/welcome/<str:token>/", name="welcome", methods=("GET", "POST"), private=True)
def welcome(request: PageRequest, token: str) -> HttpResponseBase:
    """The link of an invitation: choose a password, once. Opening it uses nothing up."""
    visit = request.visit
    user: User = actions.invited(visit.operator_id, token)
    form = PasswordForm(user, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        actions.accept(visit.operator_id, token, form.cleaned_data["password"])
        return HttpResponseRedirect(page_url(request, "desk-sign-in"))
    context = {"form": form, "name": user.get_username()}
    return show(request, "identity/welcome.html", context, status=status_of(form))
