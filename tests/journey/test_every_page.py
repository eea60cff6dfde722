"""Every registered page, as it is in a lived-in demonstration: well made, without script.

The list comes from the registry of pages, so a new page is looked at, or this fails until
somebody says how a person comes to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from tests.campaigns.processes import Installation
from tests.campaigns.visitor import Answer, Visitor
from tests.journey.exploring import HERE, Explorer, enter, explore
from tests.web.browser import PHONE, WIDE, faults, misshapen

from tutela import app
from tutela.web.pages import ROUTES, Audience

app.wire()
pytestmark = pytest.mark.browser
LANGUAGES = ("en", "ru")
LOOKED_AT = {"en": PHONE, "ru": WIDE}
"""At which width the rules of axe are tried in each language; sideways scroll is, at both. In the
dark pages are looked at in one language: colours know none."""

PRESSED = {
    "reveal": "form[action$='/reveal/'] button",
    "application-key": "form[action$='/key/'] button",
    "incoming-read": "form[action$='/read/'] button",
    "demo-clock": "button[name=jump][value=day]",
}
"""Pages that are the answer to a form: the button that leads there."""

LEAD_AWAY = {
    "desk-sign-out": "to the page where staff sign in",
    "sign-out": "to the page where people sign in",
    "application-revoke": "back to the application",
    "obstacle": "back to the person's page",
    "acts-export": "to a file that the browser keeps",
    "run-open": "to the run",
    "run-decide": "back to the run",
    "run-take": "to a file that the browser keeps",
    "processor-step": "back to the processor",
    "purge-step": "back to the purge",
    "happened": "back to when the person's data ends",
    "hold": "back to when the person's data ends",
    "pseudonyms-end": "back to the pseudonyms",
    "site-end": "back to the sites",
    "access-confirm": "back to who holds which role",
    "decision-settle": "back to the decision",
    "block": "back to the person's page",
    "file": "to a file that the browser keeps",
    "my-file": "to a file that the browser keeps",
    "special-decide": "back to what was found",
    "my-consent-proof": "to a file that the browser keeps",
    "my-consent-agree": "back to the consents",
    "consent-proof": "to a file that the browser keeps",
    "requests-assign": "back to the queue",
    "requests-view": "back to the queue",
    "automated-review": "back to the register",
    "conversation-file": "to a file that the browser keeps",
    "conversation-desk-file": "to a file that the browser keeps",
    "conversation-save": "to a file that the browser keeps",
    "verification-copy": "to a file that the browser keeps",
    "payment-told": "to the server of the payment platform",
    "embed-send": "to the receipt, from another site",
    "demo-open": "to the first page of the demonstration",
    "desk-version-cancel": "back to the versions",
    "desk-version-post": "back to the versions",
    "extend": "back to the obligation",
    "pause": "back to the obligation",
    "hand-over": "to the pages of the person",
    "identity-check": "back to the person's page",
    "authority-end": "back to the representatives",
    "medium-change": "back to the medium",
    "unusual-settle": "back to the list of events",
    "incoming-settle": "back to the letter",
    "incoming-file": "to a file that the browser keeps",
    "demo-person": "to the portal",
    "demo-staff": "to the desk",
    "desk-passkey": "to the desk, after the device was asked",
    "desk-end-session": "back to one's own sign-in",
    "desk-codes": "back to one's own sign-in, or the codes beside a second factor",
    "desk-remove-factor": "back to one's own sign-in",
}
"""Pages that only take a form and then lead to another page."""


@pytest.fixture(scope="module")
def explored(town) -> dict[tuple[Audience, str], Explorer]:
    return {
        (audience, language): explore(town, audience, language)
        for audience in Audience
        for language in LANGUAGES
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_registered_page_was_found(explored, language):
    found = {name for who in Audience for name in explored[who, language].found}
    assert set(ROUTES) - found == set(PRESSED) | set(LEAD_AWAY)
    only_forms = {name for name, route in ROUTES.items() if "GET" not in route.methods}
    assert set(PRESSED) | set(LEAD_AWAY) == only_forms


def _is_page(answer: Answer) -> bool:
    return answer.header("Content-Type").startswith("text/html") and not answer.location


def _pages(explorer: Explorer) -> Iterator[tuple[str, Answer]]:
    for paths in explorer.found.values():
        for path in paths:
            if (answer := explorer.answers.get(path)) is not None and _is_page(answer):
                yield path, answer


def _to_be_looked_at(explorer: Explorer, language: str) -> set[str]:
    """Of one page's addresses the rules of axe are tried on every second in each language."""
    every = explorer.found.values()
    first = LANGUAGES.index(language)
    return {path for paths in every for path in (paths[first::2] or paths)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audience", list(Audience))
def test_no_page_fails_has_a_script_or_an_inline_style(explored, audience, language):
    explorer = explored[audience, language]
    assert len(list(_pages(explorer))) > 4
    for path, answer in explorer.answers.items():
        assert answer.status in {200, 302}, (path, answer.status)
    for path, answer in _pages(explorer):
        page = answer.text.lower()
        if path.endswith("/desk/account/passkey/"):
            page = page.replace('<script src="/static/identity/passkeys.js"></script>', "")
        for forbidden in (r"<script", r"<style", r"\sstyle=", r"\son[a-z]+\s*=", r"javascript:"):
            assert not re.search(forbidden, page), (path, forbidden)
        policy = answer.header("Content-Security-Policy")
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_public_pages_set_no_cookie(explored, language):
    explorer = explored[Audience.PUBLIC, language]
    assert explorer.visitor.given == []
    assert explorer.visitor.cookies == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_private_pages_are_kept_by_nobody(explored, language):
    for audience in (Audience.SUBJECT, Audience.STAFF):
        for path, answer in _pages(explored[audience, language]):
            assert "no-store" in answer.header("Cache-Control"), path


def _faults(page: Page, path: str, language: str) -> list[str]:
    return faults(page, path, at=LOOKED_AT[language], dark=language == "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("audience", list(Audience))
def test_no_page_violates_a_rule_of_axe_or_scrolls_sideways(
    town, explored, walk, audience, language
):
    explorer = explored[audience, language]
    walker = walk(town, script=True)
    walker.context.add_cookies(
        [
            {"name": name, "value": value, "url": town.url}
            for name, value in explorer.visitor.cookies.items()
        ]
    )
    found, wholly = [], _to_be_looked_at(explorer, language)
    for path, _ in _pages(explorer):
        walker.go(path)
        if path in wholly:
            found += _faults(walker.page, path, language)
        else:
            found += misshapen(walker.page, path)
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_to_forms_are_as_well_made(town, walk, language):
    """Pages with errors, pages after a look, a spent link: what no address leads to."""
    walker = walk(town, script=True)
    found = []
    for path, button in (
        (f"/{language}/{HERE}/forms/order/", "main form button:not([name])"),
        (f"/{language}/{HERE}/sign-in/", "main form button"),
        (f"/{language}/desk/sign-in/", "main form button"),
        (f"/{language}/demo/style/", "main form button"),
    ):
        walker.go(path).press(button)
        found += _faults(walker.page, f"{path} sent empty", language)
    for path, status in ((f"/{language}/{HERE}/nothing/", 404), (f"/{language}/desk/", 403)):
        walker.go(path)
        if walker.status == status:
            found += _faults(walker.page, path, language)
    found += _at_the_desk(town, walker, language)
    assert found == []


def _at_the_desk(town: Installation, walker, language: str) -> list[str]:
    visitor = Visitor(town.url)
    enter(visitor, language, f"/demo/{HERE}/staff/")
    walker.context.add_cookies(
        [{"name": name, "value": value, "url": town.url} for name, value in visitor.cookies.items()]
    )
    found = []
    walker.go(f"/{language}/desk/{HERE}/people/").press("main form button")
    found += _faults(walker.page, "a search for nobody", language)
    ((living,),) = town.sql(
        "SELECT subject_id FROM identity_subject WHERE destroyed_at IS NULL LIMIT 1"
    )
    walker.go(f"/{language}/desk/{HERE}/people/{living}/")
    walker.page.select_option("#reason", index=1)
    walker.press(PRESSED["reveal"])
    assert "@example.com" in walker.text
    found += _faults(walker.page, "what was revealed", language)
    ((program,),) = town.sql("SELECT id FROM applications_application LIMIT 1")
    walker.go(f"/{language}/desk/{HERE}/applications/{program}/")
    walker.press(PRESSED["application-key"])
    assert f"tutela_{HERE}_" in walker.text
    return [*found, *_faults(walker.page, "a new key", language)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_on_which_time_goes_on_is_as_well_made(story, walk, language):
    walker = walk(story, script=True)
    walker.go(f"/{language}/demo/").press(PRESSED["demo-clock"])
    assert _faults(walker.page, "a day later", language) == []


def test_a_page_that_is_badly_made_would_have_been_noticed(town, walk):
    """The looks above can fail."""
    walker = walk(town, script=True)
    bad = "<!doctype html><h1>x</h1><div style='width:2000px'><img src='data:,'><input></div>"
    walker.page.route("**/planted/", lambda route: route.fulfill(body=bad))
    walker.go("/planted/")
    found = "\n".join(_faults(walker.page, "planted", "en"))
    for fault in ("2000", "image-alt", "label", "html-has-lang", "document-title"):
        assert fault in found
