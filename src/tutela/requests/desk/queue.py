"""Requests by their due date, with filters, ready views and giving several to somebody at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core import clock
from tutela.requests import cases, moving
from tutela.requests.case_wording import STATES
from tutela.requests.desk.new import choices
from tutela.requests.kinds import KINDS, OPEN, in_order
from tutela.requests.models import Case, SavedView
from tutela.requests.showing import SOON, shown, staff_names
from tutela.web import dates
from tutela.web.components import Pager
from tutela.web.pages import STAFF, Menu, PageRequest, page, page_url, show

PER_PAGE = 50
_DIGITS = 5
WEEK = timedelta(days=7)
YOURS = "staff"
"""The view that the queue opens with: what waits for staff."""
VIEWS = {
    YOURS: gettext_lazy("For staff"),
    "all": gettext_lazy("All that wait"),
    "mine": gettext_lazy("Mine"),
    "nobody": gettext_lazy("Nobody’s"),
    "late": gettext_lazy("Late"),
    "soon": gettext_lazy("Due within two days"),
    "week": gettext_lazy("Due within a week"),
    "ended": gettext_lazy("Ended"),
}
"""Ready views of the queue."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of the queue is shown."""

    view: str
    kind: str
    state: str
    page: int

    def kept(self) -> dict[str, str]:
        """What a saved view keeps of it."""
        return {"view": self.view, "kind": self.kind, "state": self.state}

    def query(self, **changes: object) -> str:
        kept = {**self.kept(), "page": self.page}
        said = {name: str(value) for name, value in (kept | changes).items()}
        return urlencode({name: value for name, value in said.items() if value not in {"", "0"}})


def chosen_from(asked: Mapping[str, str]) -> Chosen:
    """What somebody asks for; what is not in the lists is as if not asked."""
    number = asked.get("page", "")
    numbered = number.isascii() and number.isdecimal() and len(number) <= _DIGITS
    return Chosen(
        view=asked.get("view", YOURS) if asked.get("view") in VIEWS else YOURS,
        kind=asked.get("kind", "") if asked.get("kind") in KINDS else "",
        state=asked.get("state", "") if asked.get("state") in set(OPEN) else "",
        page=int(number) if numbered else 0,
    )


def _rows(operator_id: UUID, chosen: Chosen, me: str, now: datetime) -> QuerySet[Case]:
    if chosen.view == YOURS:
        asked = {name: value for name, value in chosen.kept().items() if value and name != "view"}
        return cases.waiting_for_staff(operator_id, now).filter(**asked)
    assignee = {"mine": me, "nobody": "nobody"}.get(chosen.view, "")
    rows = cases.listing(
        operator_id,
        kind=chosen.kind,
        state=chosen.state,
        assignee=assignee,
        standing=chosen.view != "ended",
    )
    if chosen.view == "ended":
        return rows.order_by("-ended_at", "id")
    until = {"late": now, "soon": now + SOON, "week": now + WEEK}.get(chosen.view)
    return rows if until is None else rows.filter(due_at__lte=until)


def _place(first: int, total: int) -> str:
    """“51 to 100 of 300”."""
    return _("%(first)s to %(last)s of %(total)s") % {
        "first": dates.number(min(first + 1, total)),
        "last": dates.number(min(first + PER_PAGE, total)),
        "total": dates.number(total),
    }


@dataclass(frozen=True, slots=True)
class OwnView:
    """A saved view as a link; ``here`` is the one that is shown."""

    id: UUID
    name: str
    url: str
    here: bool


def _own_views(operator_id: UUID, staff: str, url: str, chosen: Chosen) -> Sequence[OwnView]:
    rows = SavedView.objects.filter(operator_id=operator_id, staff=staff).order_by("name")
    return [
        OwnView(
            row.id,
            row.name,
            f"{url}?{chosen_from(row.chosen).query()}",
            row.chosen == chosen.kept(),
        )
        for row in rows
    ]


@page(
    "desk/<operator>/requests/",
    name="requests",
    audience=STAFF,
    permission="request.read",
    menu=Menu(gettext_lazy("Requests"), 15),
)
def queue(request: PageRequest) -> HttpResponseBase:
    """The queue: what is asked of the operator, the most urgent first."""
    visit, now, chosen = request.visit, clock.now(), chosen_from(request.GET)
    staff = staff_names(visit.operator_id)
    rows = _rows(visit.operator_id, chosen, visit.actor.id, now)
    total = rows.count()
    first = chosen.page * PER_PAGE
    here = page_url(request, "requests")
    newer = f"{here}?{chosen.query(page=chosen.page - 1)}" if chosen.page else ""
    older = f"{here}?{chosen.query(page=chosen.page + 1)}" if first + PER_PAGE < total else ""
    waiting = cases.waiting_for_staff(visit.operator_id, now)
    count = waiting.count()
    context = {
        "lines": [
            shown(each, visit.language, now, staff) for each in rows[first : first + PER_PAGE]
        ],
        "total": total,
        "waiting": count,
        "by_itself": cases.listing(visit.operator_id, standing=True).count() - count,
        "late": waiting.filter(due_at__lte=now).count(),
        "views": [
            (slug, words, f"{here}?{chosen.query(view=slug, page=0)}")
            for slug, words in VIEWS.items()
        ],
        "own": _own_views(visit.operator_id, visit.actor.id, here, chosen),
        "chosen": chosen,
        "kinds": in_order(),
        "states": [(slug, words) for slug, words in STATES.items() if slug in set(OPEN)],
        "staff": staff.items(),
        "grounds": choices(),
        "pager": Pager(newer, older, _place(first, total), dated=False),
    }
    return show(request, "requests/queue.html", context)


@page(
    "desk/<operator>/requests/assign/",
    name="requests-assign",
    audience=STAFF,
    permission="request.work",
    under="requests",
    methods=("POST",),
)
def assign(request: PageRequest) -> HttpResponseBase:
    """Do one thing with all the ticked requests: give them to somebody, or name their kind."""
    visit, sent = request.visit, request.POST
    chosen = []
    for each in sent.getlist("case"):
        try:
            chosen.append(UUID(each))
        except ValueError:
            raise cases.NoSuchCase(_("There is no such request. Open it from the list.")) from None
    if not chosen:
        raise cases.NotPossible(_("Tick at least one request in the list."))
    if sent.get("do") == "name":
        kind, _colon, ground = sent.get("kind", "").partition(":")
        for one in chosen:
            cases.name_kind(visit.operator_id, one, kind, ground, by=visit.actor)
        return HttpResponseRedirect(page_url(request, "requests"))
    to = visit.actor.id if sent.get("do") == "take" else sent.get("to", "")
    if to and to not in staff_names(visit.operator_id):
        raise cases.NotPossible(_("Choose one of those in the list."))
    moving.assign(visit.operator_id, chosen, to, by=visit.actor)
    return HttpResponseRedirect(page_url(request, "requests"))
