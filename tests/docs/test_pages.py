"""Links lead somewhere, decisions are numbered, and pages speak of nothing but the project."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.docs.conftest import DOCS, PAGES, ROOT

_LINK = re.compile(r"(?P<image>!?)\[(?P<words>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_ADDRESS = re.compile(r"\b(?:https?|postgresql|smtps?)://[^\s<>'\"`)]+")
_PATH = re.compile(r"(?<![\w/.:~>*)}-])/[a-z][\w.-]*(?:/[\w.-]+)*")
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
PATHS = {"/health/live", "/health/ready", "/metrics", "/usr/bin/chromium", "/database", "/log/SLUG"}
"""Absolute paths that every reader may have; an address of a page begins with its language."""
OURS = re.compile(
    r"/(en|ru|api/v1|application|account-tokens|consent-texts|decisions|forms|journal|obligations"
    r"|inventory|policy|public|subjects|technical|visits|warnings)\b"
)
"""An address of a page begins with its language, one of the API with its version or its noun."""
named = pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", _text(page)), re.MULTILINE)
    kept = (re.sub(r"[^\w\s-]", "", each.replace("`", "")).strip().lower() for each in headings)
    return {each.replace(" ", "-") for each in kept}


@named
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for found in _LINK.finditer(_FENCED.sub("", _text(page))):
        parts = urlsplit(found["target"])
        assert not parts.scheme, f"{found[0]} leads out of the repository"
        target = (page.parent / parts.path).resolve() if parts.path else page
        assert target.is_relative_to(ROOT)
        assert target.exists(), found["target"]
        if parts.fragment:
            assert parts.fragment in _anchors(target), found["target"]


@named
def test_every_picture_has_words_for_those_who_do_not_see_it(page: Path) -> None:
    for found in _LINK.finditer(_text(page)):
        if found["image"]:
            assert len(found["words"]) > len("a picture"), found["target"]


def test_every_picture_is_shown_somewhere_and_is_small() -> None:
    shown = "".join(_text(page) for page in PAGES)
    for picture in (DOCS / "images").iterdir():
        assert picture.name in shown, picture.name
        assert picture.stat().st_size < 150_000, picture.name


@named
def test_a_page_speaks_of_no_machine_and_of_no_place_but_examples(page: Path) -> None:
    text = _text(page)
    for address in _ADDRESS.findall(text):
        host = urlsplit(address).hostname or ""
        example = host.endswith((".example", "example.org", "example.com"))
        assert example or host in {"127.0.0.1", "localhost", "host"}, address
    for path in _PATH.findall(_ADDRESS.sub("", text)):
        assert path in PATHS or OURS.match(path), path


def test_decisions_are_numbered_without_a_gap_and_all_listed() -> None:
    pages = sorted((DOCS / "adr").glob("*.md"))
    index = _text(DOCS / "README.md")
    for number, page in enumerate(pages, start=1):
        assert page.name.startswith(f"{number:04d}-")
        assert re.match(
            rf"# {number:04d} [A-Z].+\n\n\*\*Status:\*\* \w+, \d{{4}}-\d\d-\d\d\n", _text(page)
        )
        assert page.name in index


def test_every_page_is_reached_from_the_list_of_pages() -> None:
    index = _text(DOCS / "README.md") + _text(ROOT / "README.md")
    for page in DOCS.rglob("*.md"):
        assert page.name in index, page.name


def test_every_test_that_a_page_names_exists() -> None:
    found = [each for page in PAGES for each in _TEST.findall(_text(page))]
    assert found
    for path, name in found:
        source = ROOT / path
        assert source.exists(), path
        assert re.search(rf"^ *(def|class) {name}\b", _text(source), re.MULTILINE), name


def test_the_readme_is_short_and_its_two_commands_are_there() -> None:
    text = _text(ROOT / "README.md")
    assert re.findall(r"```sh\n(.+)\n```", text) == ["make demo", "make check"]
    assert len(text.splitlines()) < 100
    assert re.findall(r"```sh\n(.+)\n```", _text(DOCS / "ru" / "README.md")) == [
        "make demo",
        "make check",
    ]
