"""Filters of the queue that a member of staff keeps under a name."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.core.ids import new_id
from tutela.requests import cases
from tutela.requests.desk.queue import chosen_from
from tutela.requests.models import SavedView
from tutela.web.pages import STAFF, PageRequest, page, page_url

LONGEST = 40
MOST = 20


def keep(operator_id: UUID, staff: str, name: str, chosen: Mapping[str, str]) -> None:
    """Keep a view; one of the same name is replaced. Raises ``NotPossible``."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST:
        raise cases.NotPossible(_("Give the view a name of 1 to 40 characters."))
    mine = SavedView.objects.filter(operator_id=operator_id, staff=staff)
    if mine.exclude(name=name).count() >= MOST:
        raise cases.NotPossible(_("There are 20 views already; remove one first."))
    mine.filter(name=name).delete()
    SavedView.objects.create(
        operator_id=operator_id,
        id=new_id(),
        staff=staff,
        name=name,
        chosen=dict(chosen),
        kept_at=clock.now(),
    )


@page(
    "desk/<operator>/requests/views/",
    name="requests-view",
    audience=STAFF,
    permission="request.read",
    under="requests",
    methods=("POST",),
)
def view(request: PageRequest) -> HttpResponseBase:
    """Keep what is shown of the queue under a name, or remove what was kept."""
    visit, sent = request.visit, request.POST
    here = page_url(request, "requests")
    if removed := sent.get("remove", ""):
        try:
            one = UUID(removed)
        except ValueError:
            raise NotFound(_("Choose one of those on the page.")) from None
        SavedView.objects.filter(
            operator_id=visit.operator_id, staff=visit.actor.id, id=one
        ).delete()
        return HttpResponseRedirect(here)
    chosen = chosen_from(sent)
    keep(visit.operator_id, visit.actor.id, sent.get("name", ""), chosen.kept())
    return HttpResponseRedirect(f"{here}?{chosen.query(page=0)}")
