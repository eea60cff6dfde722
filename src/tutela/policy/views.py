"""The published policy, its archive and the first page of an operator: public, no cookie."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.policy import actions, changes, office, placed, postings
from tutela.policy.actions import VersionRow
from tutela.policy.clauses import resolve
from tutela.policy.model import CollectionPoint, Policy
from tutela.policy.postings import PlaceRow
from tutela.policy.published import lay_out
from tutela.policy.understanding import understood
from tutela.web.languages import NAMES
from tutela.web.pages import Drawer, Menu, PageRequest, page, page_url, show

BESIDE = (changes, placed)
"""Modules of this room that register pages of their own."""
_NO_HOSTED_FORM = frozenset({"api"})
"""Kinds of collection points that happen elsewhere and are only declared here."""


def _has_form(point: CollectionPoint) -> bool:
    """Whether the point has a page of ours. People write to each other from the portal only."""
    return point.kind not in _NO_HOSTED_FORM and not point.is_among_people


@page("", name="operators")
def operators(request: PageRequest) -> HttpResponse:
    return show(request, "policy/operators.html", {"operators": actions.operators()})


@page("<operator>/", name="home", menu=Menu(gettext_lazy("Start"), 5))
def home(request: PageRequest) -> HttpResponse:
    policy, row = _in_force(request)
    points = [each for each in policy.points.values() if _has_form(each)]
    return show(request, "policy/home.html", {"policy": policy, "row": row, "points": points})


@page(
    "<operator>/policy/",
    name="policy",
    menu=Menu(
        gettext_lazy("Policy"), 40, frames=("public", "subject", "staff"), drawer=Drawer.POLICY
    ),
)
def policy_page(request: PageRequest) -> HttpResponse:
    policy, row = _in_force(request)
    return _published(request, policy, row)


@page("<operator>/policy/v/<int:number>/", name="policy-version", under="policy")
def version_page(request: PageRequest, number: int) -> HttpResponse:
    policy, row = _version(request, number)
    _current, in_force = _in_force(request)
    return _published(request, policy, row, in_force=in_force)


@page("<operator>/policy/in/<slug:place>/", name="policy-in", under="policy")
def policy_in(request: PageRequest, place: str) -> HttpResponse:
    """The version in force in a product or on a site, under an address that stays (003 12.2)."""
    there = next(
        (each for each in postings.places(request.visit.operator_id) if each.place.slug == place),
        None,
    )
    if there is None:
        raise NotFound(_("The policy names no such product or site; look at the list."))
    policy, row = _version(request, there.number)
    return _published(request, policy, row, there=there)


@page("<operator>/policy/versions/", name="policy-versions", under="policy")
def versions(request: PageRequest) -> HttpResponse:
    now = clock.now()
    later: datetime | None = None
    listed: list[dict[str, Any]] = []
    for row in actions.versions(request.visit.operator_id):
        state = _state(row, later, now)
        listed.append({"row": row, "until": None if row.cancelled_at else later, "state": state})
        later = later if row.cancelled_at else row.effective_from
    context = {"versions": listed, "places": postings.places(request.visit.operator_id)}
    return show(request, "policy/versions.html", context)


def _state(row: VersionRow, until: datetime | None, now: datetime) -> str:
    if row.cancelled_at is not None:
        return "cancelled"
    if row.effective_from > now:
        return "not-yet"
    return "archived" if until is not None and until <= now else "in-force"


@page("<operator>/policy/assumptions/", name="policy-assumptions", under="policy")
def assumptions(request: PageRequest) -> HttpResponse:
    policy, _row = _in_force(request)
    context = {**understood(policy), "assumed": office.assumed(policy, request.visit.language)}
    return show(request, "policy/assumptions.html", context)


@page("<operator>/policy/text/", name="policy-text", under="policy")
def text(request: PageRequest) -> HttpResponse:
    """The text itself, byte for byte, of the version in force or of ``?version=``."""
    policy, _row = _asked(request)
    language = _text_language(policy, request.visit.language)
    answer = HttpResponse(policy.texts[language], content_type="text/plain; charset=utf-8")
    answer.headers["Content-Language"] = language
    return answer


@page("<operator>/policy/clause/<path:ref>/", name="policy-clause", under="policy")
def clause(request: PageRequest, ref: str) -> HttpResponse:
    """Leads to where a clause is published, whichever way its reference is written."""
    policy, row = _asked(request)
    found = resolve(ref, policy.clauses[_text_language(policy, request.visit.language)])
    if found is None:
        raise NotFound(_("The policy has no such clause. Look for it in the contents."))
    if request.GET.get("version"):
        url = page_url(request, "policy-version", number=row.number)
    else:
        url = page_url(request, "policy")
    return HttpResponseRedirect(f"{url}#{found.anchor}")


def _in_force(request: PageRequest) -> tuple[Policy, VersionRow]:
    policy = actions.in_force(request.visit.operator_id)
    return policy, _row(request, policy.number)


def _version(request: PageRequest, number: int) -> tuple[Policy, VersionRow]:
    row = _row(request, number)
    return actions.version(request.visit.operator_id, number), row


def _row(request: PageRequest, number: int) -> VersionRow:
    for row in actions.versions(request.visit.operator_id):
        if row.number == number:
            return row
    raise NotFound(_("There is no such version. All versions are listed in the archive."))


def _asked(request: PageRequest) -> tuple[Policy, VersionRow]:
    wanted = request.GET.get("version", "")
    if not wanted:
        return _in_force(request)
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 7):  # noqa: PLR2004 - digits
        raise NotFound(_("There is no such version. All versions are listed in the archive."))
    return _version(request, int(wanted))


def _text_language(policy: Policy, wanted: str) -> str:
    return wanted if wanted in policy.texts else policy.original


def _published(
    request: PageRequest,
    policy: Policy,
    row: VersionRow,
    *,
    in_force: VersionRow | None = None,
    there: PlaceRow | None = None,
) -> HttpResponse:
    """``in_force`` is given on the archive's pages: what holds today, for comparison; ``there`` on
    the page of a product or a site."""
    language = _text_language(policy, request.visit.language)
    archived = in_force is not None and in_force.number != row.number
    text_url = page_url(request, "policy-text")
    apart = archived or (there is not None and there.behind)
    address = page_url(request, "policy-in", place=there.place.slug) if there else ""
    context: dict[str, Any] = {
        "policy": policy,
        "row": row,
        "layout": lay_out(policy.clauses[language]),
        "text_language": language,
        "text_language_name": NAMES.get(language, language),
        "original_name": NAMES.get(policy.original, policy.original),
        "archived": archived,
        "not_yet": archived and row.effective_from > clock.now(),
        "cancelled": row.cancelled_at is not None,
        "there": there,
        "places": postings.places(request.visit.operator_id),
        "canonical": request.build_absolute_uri(address or page_url(request, "policy")),
        "text_url": f"{text_url}?version={row.number}" if apart else text_url,
        "news": [] if apart else _news(request, row),
        "pdf_url": page_url(request, "policy-pdf", number=row.number),
    }
    return show(request, "policy/published.html", context)


ANNOUNCED = timedelta(days=30)
"""For how long the page says that a version is new (002 Изменения/p1(c), 003 5.2.6)."""


def _news(request: PageRequest, current: VersionRow) -> list[tuple[str, VersionRow]]:
    """The version that comes next, and the one in force while it is new and not the first."""
    now, rows = clock.now(), actions.versions(request.visit.operator_id)
    found = [("coming", row) for row in placed.coming(rows)[:1]]
    fresh = now - current.effective_from < ANNOUNCED and current.number != rows[-1].number
    return [*found, ("new", current)] if fresh else found
