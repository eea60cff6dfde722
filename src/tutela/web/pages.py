"""The registry of pages: each is one function with its path, audience, permission and menu."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db.models import TextChoices
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, register_converter, reverse
from django.utils.translation import gettext_lazy as _

from tutela.core.registry import Registry
from tutela.web.access import Visit
from tutela.web.languages import LanguageConverter, OperatorConverter

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

register_converter(LanguageConverter, "language")
register_converter(OperatorConverter, "operator")


class Audience(StrEnum):
    PUBLIC = "public"
    SUBJECT = "subject"
    STAFF = "staff"


PUBLIC, SUBJECT, STAFF = Audience


class Drawer(TextChoices):
    """Where entries of a menu lie together, in the order in which the drawers stand; the menu
    shows the drawers and what lies in the open one."""

    DESK = "desk", _("Desk")
    PEOPLE = "people", _("People")
    PROOF = "proof", _("Proof")
    POLICY = "policy", _("Policy")
    REGISTERS = "registers", _("Registers")
    SETTINGS = "settings", _("Settings")
    MINE = "mine", _("Data")
    AGREED = "agreed", _("Consents")
    ASKED = "asked", _("Requests")
    ACCOUNT = "account", _("Account")


DRAWERS = {
    "staff": tuple(Drawer)[: tuple(Drawer).index(Drawer.MINE)],
    "subject": (Drawer.MINE, Drawer.AGREED, Drawer.ASKED, Drawer.ACCOUNT, Drawer.POLICY),
}
"""The drawers of a frame, in their order."""


class PageRequest(HttpRequest):
    """What a view receives: Django's request with the visit resolved by the kit."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class Menu:
    """An entry of the header's navigation. ``frames`` are the frames that show it (``public``,
    ``subject``, ``staff``, ``demo``); left empty, the frame of the page's own audience. In the
    frames of staff and of a person it lies in its ``drawer``."""

    label: _StrOrPromise
    order: int
    frames: tuple[str, ...] = ()
    drawer: Drawer = Drawer.DESK


@dataclass(frozen=True, slots=True)
class Route:
    """One page. ``under`` names the page whose menu entry is underlined when this one is open;
    ``private`` pages are never stored by a browser or a proxy; a ``foreign`` page takes forms of
    other sites, which carry a proof of their own that the view checks; ``recent`` ones open to
    staff only for a while after they proved to be there, and ask for it again later."""

    path: str
    name: str
    view: Callable[..., HttpResponseBase]
    audience: Audience
    permission: str
    menu: Menu | None
    methods: tuple[str, ...]
    under: str
    private: bool
    foreign: bool = False
    recent: bool = False

    @property
    def frames(self) -> tuple[str, ...]:
        return (self.menu and self.menu.frames) or (str(self.audience),)

    @property
    def parameters(self) -> frozenset[str]:
        """Names captured from the path beside the language."""
        return frozenset(re.findall(r"<(?:\w+:)?(\w+)>", self.path))


ROUTES: Registry[Route] = Registry("page")
V = TypeVar("V", bound=Callable[..., HttpResponseBase])


def page(
    path: str,
    *,
    name: str,
    audience: Audience = Audience.PUBLIC,
    permission: str = "",
    menu: Menu | None = None,
    methods: tuple[str, ...] = ("GET",),
    under: str = "",
    private: bool | None = None,
    foreign: bool = False,
    recent: bool = False,
) -> Callable[[V], V]:
    """Register the decorated view at ``/<language>/<path>``; see the package's docstring.

    Raises ``ValueError`` at import if a staff page names no permission, if any other page names
    one, or if a menu entry cannot be linked to because its path takes more than the operator.
    """
    if (audience is Audience.STAFF) != bool(permission):
        raise ValueError(f"The page “{name}” must name a permission if it is for staff, only then.")
    if path and (not path.endswith("/") or path.startswith("/")):
        raise ValueError(
            f"The path of the page “{name}” must end with a slash, not begin with one."
        )

    def register(view: V) -> V:
        unstored = audience is not Audience.PUBLIC if private is None else private
        route = Route(
            path, name, view, audience, permission, menu, methods, under, unstored, foreign, recent
        )
        if menu is not None and route.parameters - {"operator"}:
            raise ValueError(f"The page “{name}” takes parameters, so no menu can link to it.")
        ROUTES.register(name, route)
        return view

    return register


def show(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> TemplateResponse:
    """A page from a template; the kit renders it inside the operator's scope."""
    return TemplateResponse(request, template, dict(context or {}), status=status)


def page_url(request: HttpRequest, name: str, **parameters: Any) -> str:
    """The address of a page in the language and for the operator of this visit.

    ``language`` and ``operator`` (a slug) may be given to lead elsewhere.
    """
    visit = cast("PageRequest", request).visit
    route = ROUTES[name]
    parameters.setdefault("language", visit.language)
    if "operator" in route.parameters and visit.operator is not None:
        parameters.setdefault("operator", visit.operator.slug)
    return reverse(name, kwargs=parameters)


def url_patterns() -> list[URLPattern]:
    """Every registered page as a Django URL pattern."""
    from tutela.web.serving import serve  # noqa: PLC0415 - serving builds on this module

    return [
        path(
            "<language:language>/" + route.path.replace("<operator>", "<operator:operator>"),
            serve(route),
            name=route.name,
        )
        for route in ROUTES.values()
    ]
