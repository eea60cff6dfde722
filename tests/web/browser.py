"""Headless Chromium and axe-core for tests of pages of the whole application.

``eyes()`` is a new person's browser. ``eyes().look(path)`` asserts that a page answers as
expected and has no ``faults``: it has one heading, scrolls in one direction only, violates no rule
of axe, and can be read in the dark. ``with eyes().plainly(path) as page`` opens it with scripts
off, to click through. The fixtures are known to every test: two modules that import them would
start two browsers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

CHROMIUM = os.environ.get("TUTELA_CHROMIUM", "/usr/bin/chromium")
WIDE, PHONE = 1200, 360
_AXE = Axe().axe_script
CONTRAST = ("color-contrast",)
"""The one rule of axe that tells the dark from the light."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        missing = f"There is no Chromium at {CHROMIUM}; name one in TUTELA_CHROMIUM."
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    # playwright keeps an event loop running, in which Django would refuse the database
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        # connections made beside that loop are others than those made after it has ended
        connections.close_all()
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def faults(page: Page, path: str, *, at: int = PHONE, dark: bool = True) -> list[str]:
    """What is wrong with the page that is open, at both widths; the rules of axe are tried at the
    width ``at``, and in the dark once more that everything can be read."""
    found = [*misshapen(page, path, at=at), *(f"{path}: {each}" for each in violations(page))]
    return [*found, *in_the_dark(page, path)] if dark else found


def misshapen(page: Page, path: str, *, at: int = PHONE) -> list[str]:
    """What is wrong with the heading and the widths of the page, ``at`` wide at the end."""
    found = []
    if page.locator("h1").count() != 1:
        found.append(f"{path}: not exactly one heading of the first rank")
    for width in sorted((WIDE, PHONE), key=lambda width: width == at):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{path}: {wide} pixels wide at {width}")
    return found


def in_the_dark(page: Page, path: str) -> list[str]:
    """What of the page that is open cannot be read in the dark."""
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found = [f"{path}: in the dark: {each}" for each in violations(page, CONTRAST)]
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return found


def violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """The rules of axe that the page breaks: of these, or of all."""
    chosen = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    found = page.evaluate(
        "options => axe.run(options).then(result => result.violations)",
        {"resultTypes": ["violations"], **chosen},
    )
    return [
        f"{each['id']}: {each['help']}: {[node['html'][:150] for node in each['nodes']][:3]}"
        for each in found
    ]


class Eyes:
    """One person's browser: cookies stay from page to page."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.cookies: list[dict[str, str]] = []
        self.broken: list[str] = []
        self._page: Page | None = None

    def sign_in(self, name: str, value: str) -> None:
        self.cookies.append({"name": name, "value": value, "url": self.url})

    def _open(self, width: int, *, inspect: bool) -> Page:
        """Scripts are off, as our policy demands, unless axe is to be put into the page."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=inspect,
            bypass_csp=inspect,
            reduced_motion="reduce",
        )
        context.add_cookies(self.cookies)
        return context.new_page()

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type == "error" and "Failed to load resource" not in said.text:
            self.broken.append(said.text)

    @contextmanager
    def plainly(self, path: str, width: int = WIDE) -> Iterator[Page]:
        """The page as a person without script sees it, to click through."""
        page = self._open(width, inspect=False)
        page.goto(self.url + path)
        yield page
        page.context.close()

    def close(self) -> None:
        if self._page is not None:
            self._page.context.close()

    def at(self, path: str, *, status: int = 200) -> Page:
        """The page, opened where axe may look at it; it must answer so."""
        if self._page is None:
            self._page = self._open(WIDE, inspect=True)
            self._page.on("console", self._heard)
        answer = self._page.goto(self.url + path)
        assert answer is not None
        assert answer.status == status, f"{path} answered {answer.status}"
        return self._page

    def look(self, path: str, *, status: int = 200, press: str = "") -> None:
        """Assert that the page is well made; ``press`` is a selector to click first."""
        page = self.at(path, status=status)
        if press:
            page.click(press)
            page.wait_for_load_state()
        assert faults(page, path) == []
        assert self.broken == [], path


@pytest.fixture
def eyes(chromium: Browser, live_server) -> Iterator[Callable[[], Eyes]]:
    """``eyes()`` opens a new person's browser at the live server of the whole application."""
    opened: list[Eyes] = []

    def new() -> Eyes:
        opened.append(Eyes(chromium, live_server.url))
        return opened[-1]

    yield new
    for each in opened:
        each.close()
