"""What every template knows: the visit, the menu of its frame, the switch of languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from tutela.core import clock
from tutela.core.vocabulary import LANGUAGES
from tutela.web.access import Visit
from tutela.web.languages import NAMES, of_path
from tutela.web.pages import DRAWERS, ROUTES, Drawer, Menu, Route


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    current: bool
    language: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A drawer of the desk: the link to the first of its entries, and all of them."""

    link: Link
    entries: list[Link]


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor; it makes no query."""
    visit: Visit | None = getattr(request, "visit", None)
    language = visit.language if visit else (get_language() or LANGUAGES[0])
    operator = visit.operator if visit else None
    return {
        "visit": visit,
        "language": language,
        "operator": operator,
        "brand": operator.brand if operator else "Tutela",
        "languages": _languages(request, language) if _can_be_opened(visit) else [],
        "menus": _Menus(visit),
        "drawers": _Drawers(visit, "staff"),
        "shelves": _Drawers(visit, "subject"),
        "demo": settings.TUTELA_DEMO,
        "now": clock.now(),
    }


def _can_be_opened(visit: Visit | None) -> bool:
    """Whether a link can lead to this page; one that only takes forms has no address."""
    return visit is None or "GET" in ROUTES[visit.page].methods


def _languages(request: HttpRequest, current: str) -> list[Link]:
    """Links to the same page in each language, if the path names a language."""
    if of_path(request.path_info) is None:
        return []
    rest = request.get_full_path().split("/", 2)[2]
    return [Link(NAMES[each], f"/{each}/{rest}", each == current, each) for each in LANGUAGES]


class _Menus:
    """``menus.public``, ``menus.demo``: links in order."""

    def __init__(self, visit: Visit | None) -> None:
        self._visit = visit

    def __getitem__(self, frame: str) -> list[Link]:
        return [link for _menu, link in _entries(self._visit, frame)]


class _Drawers:
    """What ``base_staff`` and ``base_subject`` show: every drawer that holds something for this
    visit, and the entries of the one that is open."""

    def __init__(self, visit: Visit | None, frame: str) -> None:
        self._visit, self._frame = visit, frame

    def all(self) -> list[Opened]:
        filled: dict[Drawer, list[Link]] = {each: [] for each in DRAWERS[self._frame]}
        for menu, link in _entries(self._visit, self._frame):
            filled[menu.drawer].append(link)
        return [_opened(drawer, links) for drawer, links in filled.items() if links]

    def within(self) -> Opened | None:
        """The open drawer, if more than one entry lies in it."""
        opened = (each for each in self.all() if each.link.current and len(each.entries) > 1)
        return next(opened, None)


def _opened(drawer: Drawer, links: list[Link]) -> Opened:
    current = any(each.current for each in links)
    return Opened(Link(str(drawer.label), links[0].url, current), links)


def _entries(visit: Visit | None, frame: str) -> list[tuple[Menu, Link]]:
    """What the frame's menu shows to this visit, in order."""
    if visit is None:
        return []
    routes = [(each.menu, each) for each in ROUTES.values() if each.menu and frame in each.frames]
    routes.sort(key=lambda each: each[0].order)
    return [(menu, link) for menu, each in routes if (link := _link(each, menu, visit))]


def _link(route: Route, menu: Menu, visit: Visit) -> Link | None:
    if route.permission and not visit.may(route.permission):
        return None
    parameters = {"language": visit.language}
    if "operator" in route.parameters:
        if visit.operator is None:
            return None
        parameters["operator"] = visit.operator.slug
    try:
        url = reverse(route.name, kwargs=parameters)
    except NoReverseMatch:
        return None
    here = ROUTES[visit.page]
    return Link(str(menu.label), url, route.name in {here.name, here.under})
