"""What a browser does with the pages: errors, the keyboard, languages, paper.

Every page itself is looked at in ``tests/journey/test_every_page.py``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tutela import app
from tutela.core import clock
from tutela.core.clock import ManualClock
from tutela.policy import actions as policies

app.wire()
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAMPLE = Path(__file__).parents[2] / "operators" / "prohomeexchange"


@pytest.fixture
def sample(settings):
    """A sample operator of the demonstration; the clock stands still."""
    settings.TUTELA_DEMO = True
    with clock.use(ManualClock(datetime(2024, 6, 3, 10, tzinfo=UTC))):
        policies.publish(policies.load_folder(SAMPLE))
        yield


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_form_with_errors_and_an_error_are_well_made(sample, eyes, language):
    own = eyes()
    own.look(f"/{language}/demo/style/", press="form.sheet button.main")
    own.look(f"/{language}/prohomeexchange/nothing/", status=404)


def test_a_clause_link_lands_on_the_highlighted_clause_without_script(sample, eyes):
    with eyes().plainly("/ru/prohomeexchange/policy/clause/9.4(b)/") as page:
        expect(page).to_have_url(re.compile("/ru/prohomeexchange/policy/#clause-9.4$"))
        shown = page.locator('[id="clause-9.4"]')
        assert shown.is_visible()
        assert page.locator(".clause-row:target").count() == 1
        box = shown.bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 900


def test_the_keyboard_finds_the_content_first_and_sees_where_it_is(sample, eyes):
    with eyes().plainly("/en/prohomeexchange/policy/") as page:
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert focused.inner_text() == "Skip to the content"
        assert focused.bounding_box()["y"] >= 0
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("#main$"))


def test_the_language_switch_keeps_the_page(sample, eyes):
    with eyes().plainly("/en/prohomeexchange/policy/versions/") as page:
        page.get_by_role("link", name="Русский").click()
        assert page.url.endswith("/ru/prohomeexchange/policy/versions/")
        assert page.locator("html").get_attribute("lang") == "ru"


def test_a_form_is_sent_without_script_and_without_a_cookie(sample, eyes):
    with eyes().plainly("/en/demo/style/") as page:
        page.get_by_role("button", name="Send").click()
        assert page.locator("#errors").is_visible()
        page.locator("#errors a").first.click()
        assert page.locator("#id_name:focus").count() == 1
        assert page.context.cookies() == []


def test_the_policy_prints_as_text_alone(sample, eyes):
    with eyes().plainly("/en/prohomeexchange/policy/") as page:
        page.emulate_media(media="print")
        assert not page.locator("header.top").is_visible()
        assert not page.locator("nav.contents").is_visible()
        assert page.locator("article.text").is_visible()
