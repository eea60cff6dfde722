"""Every page that can be opened without an id is looked at in Chromium, empty and in the dark.

In the light, and with people living there, ``tests/journey/test_every_page.py`` looks at them.
A page of any room is in the list by itself as soon as it is registered. Pages with an id in
their path are named in ``DEEPER``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.test import Client
from tests.web.browser import in_the_dark

from tutela import app
from tutela.core import clock
from tutela.core.clock import ManualClock
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.policy import actions as policies
from tutela.web.pages import ROUTES, Audience

app.wire()
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAMPLE = Path(__file__).parents[2] / "operators" / "prohomeexchange"
NOT_HTML = frozenset(
    {"policy-text", "proof-bundle", "journal-log", "journal-selection", "embed-links"}
)
"""Pages that are files to be kept, or for programs."""
NEEDS_AN_ACCOUNT = frozenset({"account-edit", "account-delete"})
"""Pages that somebody without one does not have."""
DEEPER = {
    Audience.PUBLIC: (
        "prohomeexchange/policy/v/1/",
        "prohomeexchange/policy/clause/9.4(b)/",
        "prohomeexchange/proof/9.4/",
        "prohomeexchange/forms/order/",
        "prohomeexchange/forms/newsletter/",
    ),
    Audience.SUBJECT: (),
    Audience.STAFF: ("desk/prohomeexchange/proof/9.4/",),
}


def paths(audience: Audience, language: str) -> list[str]:
    found = [
        route.path.replace("<operator>", "prohomeexchange")
        for route in ROUTES.values()
        if route.audience is audience
        and "GET" in route.methods
        and not route.parameters - {"operator"}
        and route.name not in NOT_HTML | NEEDS_AN_ACCOUNT
    ]
    return [f"/{language}/{each}" for each in [*found, *DEEPER[audience]]]


@pytest.fixture
def people(settings):
    """Cookies of somebody of each audience; the clock stands still."""
    settings.TUTELA_DEMO = True
    with clock.use(ManualClock(datetime(2024, 6, 3, 10, tzinfo=UTC))):
        policies.publish(policies.load_folder(SAMPLE))
        operator = policies.operator_id("prohomeexchange")
        user = User.objects.create_user("officer")
        with operator_scope(operator):
            identity.grant_role(operator, user.pk, "officer")
            known = identity.new_subject(operator, "en", "user")
            session = identity.redeem(operator, identity.issue_sign_in(operator, known))
        client = Client()
        client.force_login(user)
        name = django_settings.SESSION_COOKIE_NAME
        yield {
            Audience.PUBLIC: (),
            Audience.SUBJECT: ("subject-prohomeexchange", session),
            Audience.STAFF: (name, client.cookies[name].value),
        }


@pytest.mark.parametrize("audience", list(Audience))
def test_every_page_can_be_read_in_the_dark(people, eyes, audience):
    own = eyes()
    if cookie := people[audience]:
        own.sign_in(*cookie)
    found = []
    for path in paths(audience, "en"):
        found += in_the_dark(own.at(path), path)
    assert found == []


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_form_with_errors_and_an_error_are_well_made(people, eyes, language):
    own = eyes()
    own.look(f"/{language}/demo/style/", press="form.sheet button.main")
    own.look(f"/{language}/prohomeexchange/nothing/", status=404)


def test_a_clause_link_lands_on_the_highlighted_clause_without_script(people, eyes):
    with eyes().plainly("/ru/prohomeexchange/policy/clause/9.4(b)/") as page:
        assert page.url.endswith("/ru/prohomeexchange/policy/#clause-9.4")
        shown = page.locator('[id="clause-9.4"]')
        assert shown.is_visible()
        assert page.locator(".clause-row:target").count() == 1
        box = shown.bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 900


def test_the_keyboard_finds_the_content_first_and_sees_where_it_is(people, eyes):
    with eyes().plainly("/en/prohomeexchange/policy/") as page:
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert focused.inner_text() == "Skip to the content"
        assert focused.bounding_box()["y"] >= 0
        page.keyboard.press("Enter")
        assert page.url.endswith("#main")


def test_the_language_switch_keeps_the_page(people, eyes):
    with eyes().plainly("/en/prohomeexchange/policy/versions/") as page:
        page.get_by_role("link", name="Русский").click()
        assert page.url.endswith("/ru/prohomeexchange/policy/versions/")
        assert page.locator("html").get_attribute("lang") == "ru"


def test_a_form_is_sent_without_script_and_without_a_cookie(people, eyes):
    with eyes().plainly("/en/demo/style/") as page:
        page.get_by_role("button", name="Send").click()
        assert page.locator("#errors").is_visible()
        page.locator("#errors a").first.click()
        assert page.locator("#id_name:focus").count() == 1
        assert page.context.cookies() == []


def test_the_policy_prints_as_text_alone(people, eyes):
    with eyes().plainly("/en/prohomeexchange/policy/") as page:
        page.emulate_media(media="print")
        assert not page.locator("header.top").is_visible()
        assert not page.locator("nav.contents").is_visible()
        assert page.locator("article.text").is_visible()
