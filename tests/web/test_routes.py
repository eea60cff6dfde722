"""The whole application: each route has an audience and, if it is for staff, a permission."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver, reverse

from tutela import app
from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.identity.staff.models import StaffSession
from tutela.policy import actions as policies
from tutela.web.feeds import FEEDS
from tutela.web.pages import DRAWERS, ROUTES, Audience

MINIMAL = Path(__file__).parents[1] / "data" / "policies" / "minimal"
app.wire()
ROUTE_NAMES = sorted(ROUTES)
PROVEN_BY_NAME = {"payment-told", "processor-answer"}
"""Whoever calls it proves who they are by a key that belongs to the name in the address, or by the
address itself, which nobody can guess."""
BEGIN_A_SIGN_IN = {("desk-passkey", "POST")}
"""Staff who ask to be let in by a passkey get a cookie: the answer must come from their browser."""


@pytest.fixture
def bakery(db):
    policies.publish(policies.load_folder(MINIMAL))
    return policies.operator_id("lark-bakery")


def staff(operator, role: str) -> Client:
    user = User.objects.create_user(role, password="a long enough password")
    with operator_scope(operator):
        identity.grant_role(operator, user.pk, role)
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def subject(operator) -> Client:
    with operator_scope(operator):
        known = identity.new_subject(operator, "en", "customer")
        session = identity.redeem(operator, identity.issue_sign_in(operator, known))
    client = Client(raise_request_exception=False)
    client.cookies["subject-lark-bakery"] = session
    return client


def address(name: str) -> str:
    """The page with values of the right kind that name nothing."""
    samples = {
        "language": "en",
        "operator": "lark-bakery",
        "uuid": uuid.UUID(int=1),
        "int": 1,
        "slug": "no-such-thing",
        "str": "no-such-thing",
        "path": "no-such-thing",
    }
    (pattern,) = [each for each in get_resolver().url_patterns if each.name == name]
    kinds = {key: type(each).__name__ for key, each in pattern.pattern.converters.items()}
    values = {}
    for key, kind in kinds.items():
        values[key] = samples.get(key, samples.get(kind.removesuffix("Converter").lower()))
    return reverse(name, kwargs=values)


def test_django_serves_the_registered_pages_and_nothing_else():
    served = {each.name for each in get_resolver().url_patterns if each.name}
    assert served - {"front"} == set(ROUTES) | set(FEEDS)


@pytest.mark.parametrize("name", ROUTE_NAMES)
def test_a_page_lies_where_its_audience_belongs(name):
    route = ROUTES[name]
    assert isinstance(route.audience, Audience)
    if route.audience is Audience.STAFF:
        assert route.path.startswith("desk/")
        assert route.permission
        assert route.permission == app.ANY_STAFF or any(
            route.permission.rpartition(".")[2] in verbs for verbs in app.ROLE_VERBS.values()
        ), "no role holds this permission"
        assert ("<operator>" in route.path) != (route.permission == app.ANY_STAFF)
    if route.audience is Audience.SUBJECT:
        assert route.path.startswith("<operator>/my/")
    if route.path.startswith(("<operator>/my/", "desk/<operator>/")):
        assert route.audience is not Audience.PUBLIC
    if route.audience is not Audience.PUBLIC:
        assert route.private
    if route.under:
        assert ROUTES[route.under].menu


@pytest.mark.parametrize(("frame", "drawer"), [(f, each) for f in DRAWERS for each in DRAWERS[f]])
def test_every_drawer_opens_on_a_page_of_its_frame(frame, drawer):
    """A page of another frame would close it again and hide the rest of it."""
    inside = [each for each in ROUTES.values() if each.menu and frame in each.frames]
    lying = [each for each in inside if each.menu.drawer is drawer]
    first = min(lying, key=lambda each: each.menu.order)
    assert first.audience == frame or len(lying) == 1


def test_every_entry_of_a_menu_with_drawers_lies_in_one_of_them():
    for name, route in ROUTES.items():
        for frame in route.frames if route.menu else ():
            assert frame not in DRAWERS or route.menu.drawer in DRAWERS[frame], name


def test_a_stranger_sees_public_pages_only(bakery):
    for name, route in ROUTES.items():
        client = Client(raise_request_exception=False)
        for method in route.methods:
            answer = client.generic(method, address(name))
            where = answer.headers.get("Location", "")
            if route.audience is Audience.SUBJECT:
                assert (answer.status_code, "/sign-in/" in where) == (302, True), name
            elif route.audience is Audience.STAFF:
                assert (answer.status_code, "/desk/sign-in/" in where) == (302, True), name
            else:
                assert answer.status_code < 500, name
                assert not answer.cookies or (name, method) in BEGIN_A_SIGN_IN, name


def test_a_person_does_not_see_the_desk_and_staff_do_not_see_a_persons_pages(bakery):
    for name, route in ROUTES.items():
        if route.audience is Audience.STAFF:
            assert subject(bakery).get(address(name)).status_code in {302, 405}, name
    officer = staff(bakery, "officer")
    for name, route in ROUTES.items():
        if route.audience is Audience.SUBJECT:
            assert officer.get(address(name)).status_code in {302, 405}, name


@pytest.mark.parametrize("role", sorted(app.ROLE_VERBS))
def test_a_role_opens_what_it_permits_and_nothing_else(bakery, role):
    staff(bakery, role)
    user = User.objects.get(username=role)
    for name, route in ROUTES.items():
        if not route.permission:
            continue
        client = Client(raise_request_exception=False)
        client.force_login(user)  # each page anew: some of them end a session
        method = "GET" if "GET" in route.methods else "POST"
        answer = client.generic(method, address(name))
        permitted = route.permission == app.ANY_STAFF or (
            route.permission.rpartition(".")[2] in app.ROLE_VERBS[role]
        )
        assert (answer.status_code == 403) is not permitted, name
        assert answer.status_code < 500, name


def test_staff_of_one_operator_have_no_role_at_another(bakery, tmp_path):
    client = staff(bakery, "officer")
    other = Path(__file__).parents[2] / "operators" / "prohomeexchange"
    policies.publish(policies.load_folder(other))
    for name in ROUTE_NAMES:
        route = ROUTES[name]
        if route.permission and "<operator>" in route.path and "GET" in route.methods:
            path = address(name).replace("lark-bakery", "prohomeexchange")
            assert client.get(path).status_code == 403, name


def test_a_person_signed_in_at_one_operator_is_a_stranger_at_another(bakery):
    client = subject(bakery)
    other = Path(__file__).parents[2] / "operators" / "prohomeexchange"
    policies.publish(policies.load_folder(other))
    client.cookies["subject-prohomeexchange"] = client.cookies["subject-lark-bakery"].value
    assert client.get("/en/lark-bakery/my/").status_code == 200
    answer = client.get("/en/prohomeexchange/my/")
    assert answer.status_code == 302


@pytest.mark.parametrize("name", [each for each in ROUTE_NAMES if "POST" in ROUTES[each].methods])
def test_no_form_is_taken_without_its_token(bakery, name):
    route = ROUTES[name]
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    if route.audience is Audience.SUBJECT:
        client.cookies = subject(bakery).cookies
    if route.audience is Audience.STAFF:
        client.cookies = staff(bakery, "officer").cookies
    for sent in ({}, {"form-token": "nonsense"}):
        answer = client.post(address(name), sent, headers={"origin": "http://testserver"})
        assert answer.status_code == (404 if name in PROVEN_BY_NAME else 403)


ASKED_ANEW = {
    "application-new",
    "application-rights",
    "application-key",
    "application-revoke",
    "access-confirm",
    "decision-settle",
    "file",
    "reveal",
    "staff",
    "staff-member",
}
"""Where keys, roles, decisions (of destruction, of a version) and people's values are reached."""


def test_keys_roles_decisions_and_values_want_a_sign_in_that_is_recent():
    found = {name for name, each in ROUTES.items() if each.recent and "operator" in each.parameters}
    assert found >= ASKED_ANEW
    changing = {
        name
        for name, each in ROUTES.items()
        if each.permission.endswith(".manage") and "POST" in each.methods
    }
    assert changing - found == {
        "unusual-settle",  # saying what was done about an event opens none
        "media-check",  # nor does saying where a disk lies
        "medium-new",
        "medium-change",
    }


@pytest.mark.parametrize("name", ["application-new", "staff"])
def test_an_old_sign_in_is_asked_again_before_keys_and_roles(bakery, name):
    officer = staff(bakery, "officer")
    address = reverse(name, kwargs={"language": "en", "operator": "lark-bakery"})
    assert officer.get(address).status_code == 200
    StaffSession.objects.update(confirmed_at=clock.machine() - timedelta(days=1))
    answer = officer.get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"confirm/?next={address}")
