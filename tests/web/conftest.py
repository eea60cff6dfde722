"""A small site of sample pages: the kit is tested without any room."""

from __future__ import annotations

import types
from dataclasses import dataclass
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.template import engines
from django.test import Client

from tutela.core.errors import Conflict
from tutela.web import access
from tutela.web.access import Staff
from tutela.web.pages import ROUTES, Audience, Drawer, Menu, page, url_patterns

NORTH = UUID("018f0000-0000-7000-8000-000000000001")
PERSON = UUID("018f0000-0000-7000-8000-0000000000aa")


@dataclass(frozen=True)
class SampleOperator:
    id: UUID
    slug: str
    brand: str


OPERATORS = {
    "north": SampleOperator(NORTH, "north", "North & Sons"),
    "south": SampleOperator(UUID("018f0000-0000-7000-8000-000000000002"), "south", "South"),
}


class Refused(Conflict):
    keeps = True


def _remember(name: str) -> None:
    User.objects.create(username=name)


def _render(request, source, **context):
    text = engines["django"].from_string(source).render(context, request)
    return HttpResponse(text)


def _pages() -> None:
    @page("<operator>/", name="home", menu=Menu("Home", 1))
    def home(request):
        return _render(request, '{% extends "web/base_public.html" %}')

    @page("<operator>/form/", name="form", methods=("GET", "POST"), under="home")
    def form(request):
        if request.method == "POST":
            return HttpResponse(f"{request.visit.submission} {request.POST.get('words', '')}")
        return _render(
            request,
            '{% extends "web/base_public.html" %}{% block content %}'
            "<form method='post'>{% form_token %}</form>{% endblock %}",
        )

    _pages_of_people()
    _pages_that_write()


def _pages_of_people() -> None:
    @page(
        "<operator>/my/",
        name="my",
        audience=Audience.SUBJECT,
        menu=Menu("My data", 1, drawer=Drawer.MINE),
    )
    def my(request):
        return _render(request, '{% extends "web/base_subject.html" %}')

    @page("<operator>/my/stop/", name="stop", audience=Audience.SUBJECT, methods=("GET", "POST"))
    def stop(request):
        if request.method == "POST":
            return HttpResponse(str(request.visit.actor))
        return _render(request, "{% form_token %}")

    @page(
        "desk/<operator>/",
        name="desk",
        audience=Audience.STAFF,
        permission="desk.read",
        menu=Menu("Desk", 1),
    )
    def desk(request):
        return _render(request, '{% extends "web/base_staff.html" %}')

    @page(
        "desk/<operator>/keys/",
        name="keys",
        audience=Audience.STAFF,
        permission="keys.manage",
        menu=Menu("Keys", 2),
    )
    def keys(request):
        return HttpResponse("keys")


def _pages_that_write() -> None:
    @page("<operator>/sign-in/", name="sign-in", methods=("GET", "POST"))
    def sign_in(request):
        return HttpResponse(access.next_path(request))

    @page("<operator>/act/<slug:how>/", name="act")
    def act(request, how):
        _remember(how)
        if how == "refuses":
            return HttpResponse("no", status=409)
        if how == "keeps":
            raise Refused("The entry of this refusal stays.")
        if how == "raises":
            raise Conflict("This is “changed” <b>meanwhile</b>.")
        if how == "breaks":
            raise KeyError("secret@example.com")
        if how == "swallows":
            try:
                _remember(how)
            except Exception:  # noqa: BLE001 - the mistake under test
                return HttpResponse("all is well")
        return HttpResponse("done")


@pytest.fixture
def site(db, monkeypatch, settings) -> Client:
    monkeypatch.setattr(ROUTES, "_things", {})
    _pages()
    urls = types.ModuleType("sample_urls")
    urls.urlpatterns = url_patterns()
    for each, name in (("400", "bad_request"), ("404", "not_found"), ("500", "server_error")):
        setattr(urls, f"handler{each}", f"tutela.web.errors.{name}")
    settings.ROOT_URLCONF = urls

    def staff(request, operator):
        roles = request.COOKIES.get("staff", "")
        permissions = {"reader": {"desk.read"}, "keeper": {"desk.read", "keys.manage"}}
        held = frozenset(permissions.get(roles, ()))
        return Staff("7", roles, frozenset({roles}), held) if roles else None

    hooks = access.Hooks(
        operator=OPERATORS.get,
        subject=lambda request, operator: (
            PERSON if access.subject_token(request, operator).startswith("session") else None
        ),
        staff=staff,
        zone=lambda _: "America/New_York",
    )
    monkeypatch.setattr(access, "hooks", hooks)
    return Client(raise_request_exception=False)
