"""The pages of this room: what people are warned of, and the question a new version asks."""

from __future__ import annotations

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase

from tutela.notices import actions
from tutela.policy import actions as policies
from tutela.web.access import next_path
from tutela.web.pages import Audience, PageRequest, page, page_url, show


@page("<operator>/policy/warnings/", name="policy-warnings", under="policy")
def warnings(request: PageRequest) -> HttpResponseBase:
    """Every warning of the policy, by the step at which it stands."""
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    told = actions.keep_warnings(visit.operator_id, policy, "", visit.language)
    return show(request, "notices/warnings.html", {"warnings": told})


@page(
    "<operator>/my/new-version/",
    name="new-version",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    under="my-consents",
)
def new_version(request: PageRequest) -> HttpResponseBase:
    """What changed and what going on means, before the person goes on; each consent that is asked
    anew is an unticked sentence of its own."""
    visit = request.visit
    asked = actions.asked(visit.operator_id, visit.subject_id)
    onward = next_path(request) or page_url(request, "my-data")
    if request.method == "POST":
        if asked is not None:
            actions.answer(
                visit.operator_id,
                visit.subject_id,
                accepted="decline" not in request.POST,
                purposes=[] if "decline" in request.POST else request.POST.getlist("purpose"),
                language=visit.language,
                act="portal",
            )
        return HttpResponseRedirect(onward)
    policy = policies.in_force(visit.operator_id)
    context = {
        "asked": asked,
        "purposes": [policy.purposes[each] for each in asked.purposes] if asked else [],
        "explicit": asked is not None and asked.mode is actions.Mode.EXPLICIT,
        "answers": actions.acceptances(visit.operator_id, visit.subject_id),
    }
    return show(request, "notices/new_version.html", context)
