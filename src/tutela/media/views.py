"""The desk's pages of the register of media."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from tutela.identity.staff import actions as staff
from tutela.media import actions
from tutela.media.actions import MediumRow
from tutela.media.errors import UnfitMedium, UnknownMedium
from tutela.media.forms import MediumForm
from tutela.media.wording import KINDS, WAYS
from tutela.policy import actions as policies
from tutela.web.pages import STAFF, Drawer, Menu, PageRequest, page, page_url, show

MANAGE = "media.manage"
STATES = {
    "here": (_("in its place"), "kept"),
    "issued": (_("with staff"), "soon"),
    "missing": (_("missing"), "late"),
    "destroyed": (_("destroyed"), "discharged"),
}


def _shown(request: PageRequest, row: MediumRow) -> dict[str, object]:
    store = policies.in_force(request.visit.operator_id).stores.get(row.store)
    words, tone = STATES[row.state]
    names = {str(each.id): each.name for each in staff.members(request.visit.operator_id)}
    return {
        "row": row,
        "kind": KINDS.get(row.kind, row.kind),
        "place": store.title.get(request.visit.language, row.store) if store else row.store,
        "holder": names.get(row.holder, row.holder),
        "way": WAYS.get(row.way, row.way),
        "words": words,
        "tone": tone,
    }


@page(
    "desk/<operator>/media/",
    name="media",
    audience=STAFF,
    permission="media.read",
    menu=Menu(_("Media and papers"), 57, drawer=Drawer.REGISTERS),
)
def media(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    rows = [_shown(request, each) for each in actions.media(visit.operator_id)]
    context = {
        "rows": rows,
        "copies": actions.copies(),
        "last": actions.last_check(visit.operator_id),
        "missing": sum(each["row"].state == "missing" for each in rows),  # type: ignore[attr-defined]
        "manages": visit.may(MANAGE),
    }
    return show(request, "media/media.html", context)


@page(
    "desk/<operator>/media/new/",
    name="medium-new",
    audience=STAFF,
    permission=MANAGE,
    under="media",
    methods=("GET", "POST"),
)
def medium_new(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    data = request.POST if request.method == "POST" else None
    form = MediumForm(policies.in_force(visit.operator_id), visit.language, data)
    if data is not None and form.is_valid():
        said = form.cleaned_data
        row = actions.add(
            visit.operator_id, said["kind"], said["store"], said["spot"], by=visit.actor
        )
        return HttpResponseRedirect(page_url(request, "medium", medium=row.id))
    status = 422 if data is not None else 200
    return show(request, "media/new.html", {"form": form}, status=status)


@page(
    "desk/<operator>/media/check/",
    name="media-check",
    audience=STAFF,
    permission=MANAGE,
    under="media",
    methods=("GET", "POST"),
)
def media_check(request: PageRequest) -> HttpResponseBase:
    """A look whether everything is there; what is not ticked is missing from then on."""
    visit = request.visit
    if request.method == "POST":
        actions.check(visit.operator_id, request.POST.getlist("found"), by=visit.actor)
        return HttpResponseRedirect(page_url(request, "media"))
    rows = actions.media(visit.operator_id)
    context = {
        "rows": [_shown(request, each) for each in rows if each.state != "destroyed"],
        "copies": actions.copies(),
    }
    return show(request, "media/check.html", context)


@page(
    "desk/<operator>/media/<uuid:medium>/",
    name="medium",
    audience=STAFF,
    permission="media.read",
    under="media",
)
def medium(request: PageRequest, medium: UUID) -> HttpResponseBase:
    visit = request.visit
    row = actions.medium(visit.operator_id, medium)
    context = {
        "medium": _shown(request, row),
        "staff": staff.members(visit.operator_id),
        "ways": WAYS.items(),
        "manages": visit.may(MANAGE) and row.state != "destroyed",
    }
    return show(request, "media/medium.html", context)


@page(
    "desk/<operator>/media/<uuid:medium>/change/",
    name="medium-change",
    audience=STAFF,
    permission=MANAGE,
    under="media",
    methods=("POST",),
)
def medium_change(request: PageRequest, medium: UUID) -> HttpResponseBase:
    """It was issued, came back, or was destroyed."""
    visit, sent = request.visit, request.POST
    match sent.get("step", ""):
        case "issue":
            actions.issue(visit.operator_id, medium, sent.get("holder", ""), by=visit.actor)
        case "return":
            actions.take_back(visit.operator_id, medium, by=visit.actor)
        case "destroy":
            actions.destroy(visit.operator_id, medium, sent.get("way", ""), by=visit.actor)
        case _:
            raise UnfitMedium(_("Press one of the buttons on the page of the medium."))
    return HttpResponseRedirect(page_url(request, "medium", medium=medium))


@page(
    "desk/<operator>/media/<uuid:medium>/act/",
    name="medium-act",
    audience=STAFF,
    permission="media.read",
    under="media",
)
def medium_act(request: PageRequest, medium: UUID) -> HttpResponseBase:
    """The signed act of a destruction, as a file."""
    row = actions.medium(request.visit.operator_id, medium)
    if row.envelope is None:
        raise UnknownMedium(_("It was not destroyed, so there is no act of it."))
    body = json.dumps(row.envelope, ensure_ascii=False, indent=2)
    answer = HttpResponse(body, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="medium-{row.number}.json"'
    return answer
