"""Headless Chromium and axe-core for tests of pages of the whole application.

``eyes()`` is a new person's browser. ``eyes().look(path, width, dark=…)`` asserts that a page
answers as expected, has one heading, scrolls in one direction only and violates no rule of axe;
``with eyes().plainly(path) as page`` opens it with scripts off, to click through. The fixtures are
known to every test: two modules that import them would start two browsers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = os.environ.get("TUTELA_CHROMIUM", "/usr/bin/chromium")
WIDE, PHONE = 1200, 360
LOOKS = (
    ("en", WIDE, False),
    ("ru", WIDE, True),
    ("ru", PHONE, False),
    ("en", PHONE, True),
)
"""(language, width in CSS pixels, dark): each page is looked at in every one of these."""


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
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Eyes:
    """One person's browser: cookies stay from page to page."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.cookies: list[dict[str, str]] = []

    def sign_in(self, name: str, value: str) -> None:
        self.cookies.append({"name": name, "value": value, "url": self.url})

    @contextmanager
    def _context(self, width: int, *, dark: bool, inspect: bool) -> Iterator[BrowserContext]:
        """Scripts are off, as our policy demands, unless axe is to be put into the page."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=inspect,
            bypass_csp=inspect,
            reduced_motion="reduce",
        )
        context.add_cookies(self.cookies)
        yield context
        context.close()

    @contextmanager
    def plainly(self, path: str, width: int = WIDE) -> Iterator[Page]:
        """The page as a person without script sees it, to click through."""
        with self._context(width, dark=False, inspect=False) as context:
            page = context.new_page()
            page.goto(self.url + path)
            yield page

    def look(
        self,
        path: str,
        width: int,
        *,
        dark: bool,
        status: int = 200,
        press: str = "",
        rules: Sequence[str] = (),
    ) -> None:
        """Assert that the page is well made; ``press`` is a selector to click first; ``rules``
        are those of axe to go by, all of them unless said."""
        with self._context(width, dark=dark, inspect=True) as context:
            page = context.new_page()
            broken: list[str] = []
            page.on("console", lambda said: said.type == "error" and broken.append(said.text))
            answer = page.goto(self.url + path)
            assert answer is not None
            assert answer.status == status, f"{path} answered {answer.status}"
            if press:
                page.click(press)
                page.wait_for_load_state()
            found = [each for each in broken if "Failed to load resource" not in each]
            assert not found, (path, found)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} is wide"
            assert page.locator("h1").count() == 1, f"{path} has not one heading"
            assert not self._violations(page, rules), path

    @staticmethod
    def _violations(page: Page, rules: Sequence[str]) -> list[str]:
        chosen = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
        result = Axe().run(page, options={"resultTypes": ["violations"], **chosen})
        return [
            f"{each['id']}: {each['help']}: {[node['html'][:150] for node in each['nodes']][:3]}"
            for each in result.response["violations"]
        ]


@pytest.fixture
def eyes(chromium: Browser, monkeypatch, live_server) -> Callable[[], Eyes]:
    """``eyes()`` opens a new person's browser at the live server of the whole application."""
    # the server answers each request in a thread of its own, whose connection ends with it
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    return lambda: Eyes(chromium, live_server.url)
