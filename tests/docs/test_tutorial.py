"""The tutorial is followed to the letter: its commands, and its clicks in a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs.tools.executing import blocks, fits
from playwright.sync_api import Browser
from tests.docs.conftest import DOCS
from tests.docs.hands import HANDS, Reader
from tests.docs.terminal import Terminal

from tutela.service.serve import free_port

PAGE = DOCS / "tutorial" / "first-day.md"
ITS_PORT = "8600"


def test_every_command_and_every_deed_of_the_tutorial_is_one_that_is_executed() -> None:
    for each in blocks(PAGE.read_text(encoding="utf-8")):
        assert each.kind != "prose", f"the block in line {each.line} is not executed"
        assert each.kind != "by hand" or each.name in HANDS


def test_nothing_that_a_reader_can_do_is_left_out_of_the_tutorial() -> None:
    named = {each.name for each in blocks(PAGE.read_text(encoding="utf-8"))}
    assert set(HANDS) <= named


@pytest.mark.browser
def test_a_newcomers_first_day_goes_as_the_tutorial_says(tmp_path: Path, chromium: Browser) -> None:
    port = free_port(0)
    text = PAGE.read_text(encoding="utf-8").replace(ITS_PORT, str(port))
    opening, *day = blocks(text)
    assert (opening.kind, opening.text) == ("background", "make demo\n")
    terminal = Terminal(tmp_path, PAGE)
    with terminal.demonstration(port):
        context = chromium.new_context(java_script_enabled=False, accept_downloads=True)
        reader = Reader(context.new_page(), f"http://127.0.0.1:{port}", tmp_path)
        for block in day:
            if block.kind == "by hand":
                HANDS[block.name](reader)
                terminal.environment |= reader.environment
            elif block.kind == "shown":
                assert fits(block.text, terminal.printed), (
                    f"{PAGE.name}:{block.line}\n{block.text}\nbut it was\n{terminal.printed}"
                )
            else:
                terminal.follow(block)
        context.close()


def test_a_shown_text_must_be_what_was_printed() -> None:
    assert fits("one …\nthree", "zero\n one 1\n two\nthree\n")
    assert fits("password …", "To sign in: officer, password abc")
    assert not fits("three\none", "one\nthree")
    assert not fits("exit code 1", "exit code 2")


def test_a_mark_that_nobody_knows_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="unknown mark"):
        list(blocks("```sh rum\nls\n```\n"))
    with pytest.raises(ValueError, match="never closed"):
        list(blocks("```sh run\nls\n"))


def test_the_scenario_of_the_tutorial_names_words_that_the_reference_explains() -> None:
    reference = (DOCS / "reference" / "scenario.md").read_text(encoding="utf-8")
    saved = [each for each in blocks(PAGE.read_text(encoding="utf-8")) if each.kind == "save"]
    words = set(re.findall(r"^ {6}- ([a-z-]+):", saved[0].text, re.MULTILINE))
    assert words
    assert all(f"### `{each}`" in reference for each in words)
