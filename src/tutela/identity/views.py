"""Staff choose the operator they work for, and sign out; ``staff`` has their other pages."""

from __future__ import annotations

from django.contrib import auth
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from tutela.db.scope import operator_scope
from tutela.identity import sites
from tutela.identity.actions import staff_roles
from tutela.identity.staff import account, managing, sign_in
from tutela.identity.wording import role_title
from tutela.policy import actions as policies
from tutela.web.pages import STAFF, PageRequest, page, page_url, show

__all__ = ["account", "managing", "sign_in", "sites"]


@page("desk/", name="desk-choose", audience=STAFF, permission="desk.choose")
def desk_choose(request: PageRequest) -> HttpResponseBase:
    """The operators this member of staff has a role at; straight on if there is one only."""
    mine = []
    for each in policies.operators():
        with operator_scope(each.id):
            roles = staff_roles(request.user, each.id)
        if roles:
            policy, language = policies.in_force(each.id), request.visit.language
            mine.append((each, [role_title(policy, role, language) for role in sorted(roles)]))
    if len(mine) == 1:
        return HttpResponseRedirect(page_url(request, "desk", operator=mine[0][0].slug))
    return show(request, "identity/choose.html", {"operators": mine})


@page(
    "desk/sign-out/",
    name="desk-sign-out",
    audience=STAFF,
    permission="desk.choose",
    methods=("POST",),
)
def desk_sign_out(request: PageRequest) -> HttpResponseBase:
    auth.logout(request)
    return HttpResponseRedirect(
        reverse("desk-sign-in", kwargs={"language": request.visit.language})
    )
