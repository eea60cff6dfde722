"""Somebody asks on a phone; an officer answers at the desk without touching a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from tests.campaigns.processes import Installation
from tests.journey.walker import Walker
from tests.web.browser import faults

pytestmark = pytest.mark.browser
HERE = "prohomeexchange"
PHONE = {"width": 360, "height": 780}
ANSWERED = {"en": "It is answered.", "ru": "На обращение дан ответ."}
FARTHEST = 150
"""After so many steps of the Tab key something is taken to be out of reach."""


def tab_to(page: Page, selector: str) -> None:
    """Go to what matches by the Tab key alone, as somebody does who has no mouse."""
    for _ in range(FARTHEST):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"The Tab key does not lead to {selector} on {page.url}.")


def key(walker: Walker, press: str) -> None:
    """A key that leads to another page."""
    with walker.page.expect_navigation(wait_until="load"):
        walker.page.keyboard.press(press)


def take_the_next_step(officer: Walker) -> None:
    """The one obvious step of the page, which has an access key too."""
    tab_to(officer.page, "button.main[accesskey='1']")
    key(officer, "Enter")


def sign_in(officer: Walker, town: Installation, language: str) -> None:
    officer.go(f"/{language}/desk/sign-in/")
    tab_to(officer.page, "input[name=username]")
    officer.page.keyboard.type("officer")
    tab_to(officer.page, "input[name=password]")
    officer.page.keyboard.type((town.home / "demo-password").read_text(encoding="ascii"))
    key(officer, "Enter")


def ask(person: Walker, language: str) -> None:
    """Ask for one's data on a phone."""
    person.page.set_viewport_size(PHONE)
    person.go(f"/{language}/demo/")
    person.press(f"form[action*='/{HERE}/person/'] button")
    person.go(f"/{language}/{HERE}/my/requests/").press(f"a[href$='/{HERE}/my/ask/']")
    person.page.select_option("#asked", "access")
    person.press("main form.sheet button")
    assert person.status == 200
    assert person.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_somebody_asks_on_a_phone_and_is_answered_without_a_mouse(town, walk, language):
    person, officer = walk(town), walk(town)
    ask(person, language)

    sign_in(officer, town, language)
    ((case,),) = town.sql("SELECT id::text FROM requests_case ORDER BY number DESC LIMIT 1")
    officer.go(f"/{language}/desk/{HERE}/requests/")
    officer.page.keyboard.press("Tab")
    assert officer.page.evaluate("document.activeElement.className") == "skip"
    tab_to(officer.page, f"a[href$='/requests/{case}/']")
    key(officer, "Enter")
    tab_to(officer.page, "#outcome")
    officer.page.keyboard.press("ArrowDown")
    take_the_next_step(officer)
    assert officer.page.locator("textarea").count() >= 9, "every section is drafted"

    looker = walk(town, script=True)
    looker.context.add_cookies(officer.context.cookies())
    looker.go(officer.path)
    assert faults(looker.page, "an answer to be sent", dark=language == "en") == []

    take_the_next_step(officer)
    assert town.sql("SELECT state FROM requests_case WHERE id::text = %s", case) == [("answered",)]

    person.go(f"/{language}/{HERE}/my/requests/")
    assert ANSWERED[language] in person.text
