"""A person in Chromium who clicks through pages, and notes whatever the browser complains about."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Download, Page, Response


class Walker:
    """``complaints`` are errors in the browser's console, breaches of the Content-Security-Policy
    among them; ``strangers`` are addresses on other hosts that a page asked for."""

    def __init__(self, browser: Browser, url: str, *, script: bool = False) -> None:
        self.url = url
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self.context = browser.new_context(
            viewport={"width": 1200, "height": 900},
            java_script_enabled=script,
            bypass_csp=script,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        self.page: Page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)
        self.status = 0
        self.page.on("response", self._answered)

    def _heard(self, said: object) -> None:
        kind, text = said.type, said.text  # type: ignore[attr-defined]
        # the browser calls every answer from 400 on an error of loading; some are meant
        if kind in {"error", "warning"} and "Failed to load resource" not in text:
            self.complaints.append(text)

    def _asked(self, request: object) -> None:
        address: str = request.url  # type: ignore[attr-defined]
        if not address.startswith((self.url, "data:", "blob:")):
            self.strangers.append(address)

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.status = response.status

    def go(self, path: str) -> Walker:
        """Open a page of this server; its status is ``status`` then."""
        self.page.goto(path if path.startswith("http") else self.url + path)
        return self

    def press(self, selector: str) -> Walker:
        """Click what leads to another page, and wait until that page is there whole."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.locator(selector).first.click()
        return self

    def take(self, selector: str) -> bytes:
        """Click a link that gives a file."""
        with self.page.expect_download() as coming:
            self.page.locator(selector).first.click()
        download: Download = coming.value
        return Path(download.path()).read_bytes()

    @property
    def text(self) -> str:
        return self.page.locator("body").inner_text()

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.url)
