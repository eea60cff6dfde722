"""What everybody can see, and the person's own page about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from tutela.core.screening import Found
from tutela.core.vocabulary import Right
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.publicity import actions, reading, rules
from tutela.publicity.actions import Own
from tutela.publicity.errors import MustNotBePublic
from tutela.publicity.wording import FORBIDDEN, LOOKS_LIKE
from tutela.requests.errors import Incomplete
from tutela.requests.proving import proven
from tutela.requests.reading import point_title, readable, words
from tutela.web.pages import Audience, Menu, PageRequest, page, page_url, show
from tutela.web.source import source_of


@page(
    "<operator>/my/public/",
    name="my-public",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    under="my-account",
)
@proven(Right.ACCESS)
def my_public(request: PageRequest) -> HttpResponseBase:
    """Which of the person's records everybody sees, field by field, and taking them back."""
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    data = request.POST if request.method == "POST" else None
    chosen = (data or request.GET).get("record", "")
    context: dict[str, Any] = {"records": _records(request, policy), "open": None}
    status = 200
    if data is not None and data.get("do") == "back":
        mine = actions.one(visit.operator_id, visit.subject_id, _identifier(chosen))
        actions.take_back(visit.operator_id, visit.subject_id, mine.record, actor=visit.actor)
        return HttpResponseRedirect(page_url(request, "my-public"))
    if chosen:
        mine = actions.one(visit.operator_id, visit.subject_id, _identifier(chosen))
        problems = _published(request, mine) if data is not None else {}
        if problems is None:
            return HttpResponseRedirect(page_url(request, "my-public"))
        status = 422 if data is not None else 200
        context |= {"open": _opened(request, policy, mine, problems), "problems": problems}
    return show(request, "publicity/mine.html", context, status=status)


def _records(request: PageRequest, policy: Policy) -> list[dict[str, Any]]:
    visit = request.visit
    return [
        {
            "own": each,
            "point": point_title(policy, each.point, visit.language),
            "public": [words(policy.fields[f].title, visit.language) for f in each.public],
        }
        for each in actions.own(visit.operator_id, visit.subject_id)
    ]


def _published(request: PageRequest, mine: Own) -> dict[str, list[str]] | None:
    """None when it was published; else what is wrong, by field."""
    visit, data = request.visit, request.POST
    changes = {slug: data[f"text-{slug}"] for slug in mine.fields if f"text-{slug}" in data}
    wanted = data.getlist("field")
    try:
        actions.publish(
            visit.operator_id,
            visit.subject_id,
            mine.record,
            wanted,
            language=visit.language,
            actor=visit.actor,
            changes={slug: text for slug, text in changes.items() if slug in wanted},
        )
        gone = [each for each in mine.public if each not in wanted]
        if gone:
            actions.take_back(
                visit.operator_id, visit.subject_id, mine.record, gone, actor=visit.actor
            )
    except (MustNotBePublic, Incomplete) as refused:
        found: dict[str, list[str]] = {}
        for each in refused.problems:
            found.setdefault(each.field, []).append(each.message)
        return found
    return None


def _opened(
    request: PageRequest, policy: Policy, mine: Own, problems: dict[str, list[str]]
) -> dict[str, Any]:
    """The record with its texts as they are, or as they were typed, and what was refused in
    them marked."""
    visit, data = request.visit, request.POST
    held = actions.texts(visit.operator_id, visit.subject_id, mine, actor=visit.actor)
    typed = {slug: data.get(f"text-{slug}", held.get(slug, "")) for slug in mine.fields}
    marked = rules.screened(policy, typed) if problems else {}
    ticked = data.getlist("field") if request.method == "POST" else mine.public
    purpose = policy.purposes[mine.purpose].consent.publish_text
    return {
        "own": mine,
        "point": point_title(policy, mine.point, visit.language),
        "fields": [
            {
                "slug": slug,
                "title": words(policy.fields[slug].title, visit.language),
                "sentence": words(purpose, visit.language).replace(
                    "{field}", words(policy.fields[slug].title, visit.language)
                ),
                "text": typed[slug],
                "long": policy.fields[slug].type == "long-text",
                "ticked": slug in ticked,
                "errors": problems.get(slug, ()),
                "marked": _marked(typed[slug], marked.get(slug, ())),
            }
            for slug in mine.fields
        ],
    }


def _marked(text: str, found: tuple[Found, ...]) -> SafeString:
    """The text with what was refused in it between marks, for the person who typed it."""
    parts, at = [], 0
    for each in found:
        refused = format_html("<mark>{}</mark>", text[each.start : each.end])
        parts += [format_html("{}", text[at : each.start]), refused]
        at = each.end
    parts.append(format_html("{}", text[at:]))
    return mark_safe("".join(parts)) if found else SafeString("")  # noqa: S308 - each part is escaped


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _bans(policy: Policy, language: str) -> dict[str, Any]:
    """What readers must not do with open data, with the words of the text itself."""
    said: dict[str, str] = {}
    for each in policy.bound_to(rules.GUARD):
        said.setdefault(policy.passage(each, language), each)
    return {
        "bans": [FORBIDDEN[each] for each in rules.forbidden(policy) if each in FORBIDDEN],
        "clauses": [(each, passage) for passage, each in said.items()],
        "never": [LOOKS_LIKE[each] for each in sorted(rules.never(policy))],
    }


@page("<operator>/public/", name="public-list", menu=Menu(_("Public"), 55))
def public_list(request: PageRequest) -> HttpResponseBase:
    """What people made public, the newest first; each opens by itself."""
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    reading.demand_patience(visit.operator_id, source_of(request))
    found = [
        (each, point_title(policy, each.point, visit.language))
        for each in reading.listings(visit.operator_id)
    ]
    context = {"found": found, **_bans(policy, visit.language)}
    return _reserved(show(request, "publicity/list.html", context))


@page("<operator>/public/<uuid:listing>/", name="public-page", under="public-list")
def public_page(request: PageRequest, listing: UUID) -> HttpResponseBase:
    """One record, as everybody sees it: what its person made public, and nothing else."""
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    reading.demand_patience(visit.operator_id, source_of(request))
    shown = reading.read(visit.operator_id, listing)
    lines = [
        (
            words(policy.fields[slug].title, visit.language),
            readable(policy.fields[slug].type, value, visit.language),
        )
        for slug, value in shown.values.items()
    ]
    context = {
        "shown": shown,
        "point": point_title(policy, shown.point, visit.language),
        "purpose": words(policy.purposes[shown.purpose].title, visit.language),
        "lines": lines,
        **_bans(policy, visit.language),
    }
    return _reserved(show(request, "publicity/page.html", context))


def _reserved(response: HttpResponseBase) -> HttpResponseBase:
    """Say to machines too that what stands here is not to be taken (TDM Reservation Protocol)."""
    response.headers["TDM-Reservation"] = "1"
    response.headers["X-Robots-Tag"] = "noindex, noarchive"
    return response
