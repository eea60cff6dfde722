"""Takes the pictures of docs/images from a demonstration of its own, with headless Chromium.

``python -m docs.tools.screenshots`` starts ``tutela demo`` in a temporary home, looks at the pages
of ``PICTURES``, and writes small PNG files. ``TUTELA_CHROMIUM`` names the browser.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tutela.service.serve import free_port

FOLDER = Path(__file__).parents[1] / "images"
CHROMIUM = os.environ.get("TUTELA_CHROMIUM", "/usr/bin/chromium")


@dataclass(frozen=True, slots=True)
class Picture:
    """``press`` names a button of the demonstration's first page that is pressed beforehand."""

    name: str
    path: str
    width: int = 1100
    height: int = 760
    press: str = ""


PICTURES = (
    Picture("proof", "/en/prohomeexchange/proof/"),
    Picture("proof-ru", "/ru/prohomeexchange/proof/"),
    Picture("desk", "/en/desk/prohomeexchange/", press="officer"),
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
    page.screenshot(path=FOLDER / f"{picture.name}.png")
    context.close()


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    with demonstration() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for picture in PICTURES:
            take(browser, url, picture)
            sys.stdout.write(f"docs/images/{picture.name}.png\n")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
