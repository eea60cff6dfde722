"""The marked commands of the how-to pages are run, and every command named anywhere exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs.tools.executing import blocks
from tests.docs.conftest import DOCS, PAGES, ROOT
from tests.docs.terminal import Terminal

from tutela.cli.commands import COMMANDS

EXECUTED = [
    path
    for path in sorted((DOCS / "how-to").glob("*.md"))
    if any(each.kind == "run" for each in blocks(path.read_text(encoding="utf-8")))
]
_CODE = re.compile(r"^```sh.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"\btutela ((?:[a-z]+ ?)+)")
_MADE = re.compile(r"^make ([a-z]+)|`make ([a-z]+)", re.MULTILINE)


@pytest.mark.parametrize("page", EXECUTED, ids=lambda path: path.stem)
def test_the_commands_of_a_how_to_page_do_what_it_says(page: Path, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, page)
    for block in blocks(page.read_text(encoding="utf-8")):
        terminal.follow(block)


def _commands(text: str) -> list[str]:
    """What stands after the program's name in the code of a page, as far as it is words."""
    return [found.strip() for code in _CODE.findall(text) for found in _NAMED.findall(code)]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for said in _commands(text):
        words = said.split()
        known = {" ".join(words[:1]), " ".join(words[:2])} & set(COMMANDS)
        assert known or words[0] == "help", f"tutela {said}"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for found in _MADE.findall(text):
        target = "".join(found)
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"


def test_every_command_has_been_found_to_be_named_somewhere_in_prose() -> None:
    prose = [page for page in PAGES if "reference" not in page.parts]
    said = [each for page in prose for each in _commands(page.read_text(encoding="utf-8"))]
    for name in COMMANDS:
        assert any(each.startswith(name) for each in said), name
