"""Takes the pictures of docs/images from a demonstration of its own, with headless Chromium.

``python -m docs.tools.screenshots`` starts ``tutela demo`` in a temporary home, looks at the pages
of ``PICTURES``, and writes small PNG files. ``TUTELA_CHROMIUM`` names the browser.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tutela.service.serve import free_port

FOLDER = Path(__file__).parents[1] / "images"
CHROMIUM = os.environ.get("TUTELA_CHROMIUM", "/usr/bin/chromium")


@dataclass(frozen=True, slots=True)
class Picture:
    """``press`` names a button of the demonstration's first page that is pressed beforehand,
    ``follow`` the link of the page that is followed."""

    name: str
    path: str
    width: int = 1100
    height: int = 760
    press: str = ""
    follow: str = ""
    whole: bool = False


PICTURES = (
    Picture("proof", "/en/prohomeexchange/proof/"),
    Picture("proof-ru", "/ru/prohomeexchange/proof/"),
    Picture("desk", "/en/desk/prohomeexchange/", press="officer"),
    Picture("desk-requests", "/en/desk/prohomeexchange/requests/", press="officer"),
    Picture(
        "desk-request",
        "/en/desk/prohomeexchange/requests/",
        press="officer",
        follow="table tr:nth-child(2) a[href*='/requests/']",
    ),
    Picture("desk-load", "/en/desk/prohomeexchange/requests/figures/", press="officer", whole=True),
    Picture(
        "desk-phone",
        "/ru/desk/prohomeexchange/requests/",
        width=360,
        press="officer",
        follow="table tr:nth-child(2) a[href*='/requests/']",
    ),
)


@contextmanager
def demonstration() -> Iterator[str]:
    """A demonstration in a temporary home; yields its address."""
    with tempfile.TemporaryDirectory(prefix="tutela-pictures-") as home:
        port = free_port(0)
        program = str(Path(sys.executable).with_name("tutela"))
        command = [program, "demo", "--home", home, "--port", str(port)]
        with subprocess.Popen(
            [*command, "--no-browser"], stdout=subprocess.PIPE, text=True
        ) as running:
            try:
                assert running.stdout is not None  # noqa: S101 - a pipe was asked for
                for line in running.stdout:
                    if "Stop with Ctrl-C" in line:
                        break
                yield f"http://127.0.0.1:{port}"
            finally:
                running.send_signal(signal.SIGINT)
                running.wait()


def take(browser: Browser, url: str, picture: Picture) -> None:
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        java_script_enabled=False,
        reduced_motion="reduce",
    )
    page = context.new_page()
    if picture.press:
        page.goto(f"{url}/en/demo/")
        page.get_by_role("button", name=picture.press, exact=True).first.click()
    answer = page.goto(url + picture.path)
    if answer is None or not answer.ok:
        raise RuntimeError(f"{picture.path} did not open; the picture {picture.name} is as before.")
    if picture.follow:
        page.locator(picture.follow).first.click()
    page.screenshot(path=FOLDER / f"{picture.name}.png", full_page=picture.whole)
    context.close()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The five faces of one sample: its own site, the policy, a form on the site, a person's data,
    and the proof. ``form`` is the path of a page with a form on the site."""

    operator: str
    form: str
    language: str = "en"


SHEETS = (
    Sheet("amigo", "ad"),
    Sheet("familami", "child"),
    Sheet("uslugi", "request", "ru"),
    Sheet("amorealtor", "install"),
    Sheet("prohomeexchange", "order", "ru"),
)
WIDE, NARROW = (1100, 760), (360, 780)
_TILES = ((0, 0), (460, 0), (920, 0), (1130, 0), (0, 320), (460, 320))
_COLOURS = 96


def sheet(browser: Browser, url: str, wanted: Sheet) -> None:
    """One small picture of all of it, wide and on a phone, in the light and in the dark."""
    start = _look(browser, f"{url}/{wanted.language}/demo/")
    if start.locator(f"form[action$='/open/{wanted.operator}/']").count():
        start.set_default_timeout(300_000)
        start.locator(f"form[action$='/open/{wanted.operator}/'] button").click()
    card = start.locator("section.card").filter(
        has=start.locator(f"a[href$='/{wanted.language}/{wanted.operator}/']")
    )
    site = card.locator("ul.links a").first.get_attribute("href") or ""
    site += f"{wanted.language}/"
    here = f"{url}/{wanted.language}/{wanted.operator}"
    shots = [
        _look(browser, site).screenshot(),
        _look(browser, f"{here}/policy/", dark=True).screenshot(),
        _look(browser, f"{site}{wanted.form}/", size=NARROW).screenshot(),
        _portal(browser, url, wanted, here).screenshot(),
        _look(browser, f"{here}/proof/").screenshot(),
        _look(browser, f"{site}{wanted.form}/", dark=True).screenshot(),
    ]
    whole = Image.new("RGB", (1340, 624), (236, 236, 232))
    for place, shot in zip(_TILES, shots, strict=True):
        picture = Image.open(io.BytesIO(shot)).convert("RGB")
        picture.thumbnail((450, 434) if picture.width > picture.height else (200, 434))
        whole.paste(picture, (place[0] + 5, place[1] + 5))
    small = whole.quantize(_COLOURS, dither=Image.Dither.NONE)
    small.save(FOLDER / f"sample-{wanted.operator}.png", optimize=True)
    for context in browser.contexts:
        context.close()


def _look(
    browser: Browser, address: str, *, size: tuple[int, int] = WIDE, dark: bool = False
) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        java_script_enabled=False,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address)
    return page


def _portal(browser: Browser, url: str, wanted: Sheet, here: str) -> Page:
    page = _look(browser, f"{url}/{wanted.language}/demo/", size=NARROW)
    page.locator(f"form[action*='/{wanted.operator}/person/'] button").last.click()
    page.goto(f"{here}/my/")
    return page


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    with demonstration() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for picture in PICTURES:
            take(browser, url, picture)
            sys.stdout.write(f"docs/images/{picture.name}.png\n")
        for each in SHEETS:
            sheet(browser, url, each)
            sys.stdout.write(f"docs/images/sample-{each.operator}.png\n")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
