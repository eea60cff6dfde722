"""The tutorial is followed to the letter: its commands, and its clicks in a browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from docs.tools.executing import Block, blocks, fits
from playwright.sync_api import sync_playwright
from tests.docs.conftest import DOCS, ROOT
from tests.docs.hands import CHROMIUM, HANDS, Reader

PAGE = DOCS / "tutorial" / "first-day.md"
ITS_PORT = "8600"
_PATIENCE = 120.0  # seconds that a command may take on a busy machine


class Terminal:
    """Runs the commands of a page in ``folder``, whose state lies in a home of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.printed = ""
        (folder / "operators").symlink_to(ROOT / "operators")
        (folder / ".venv").symlink_to(sys.prefix)
        kept = {"PATH", "LANG", "LD_LIBRARY_PATH", "TMPDIR", "TUTELA_PG_BIN", "TUTELA_PG_USER"}
        self.environment = {name: os.environ[name] for name in kept & os.environ.keys()}
        self.environment["PATH"] = f"{Path(sys.executable).parent}:{self.environment['PATH']}"
        self.environment["TUTELA_HOME"] = str(folder / "home")
        self.environment["HOME"] = str(folder)

    def run(self, block: Block) -> None:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block.text],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        self.printed = done.stdout + done.stderr
        assert done.returncode == 0, f"{PAGE.name}:{block.line}\n{block.text}\n{self.printed}"

    @contextmanager
    def background(self) -> Iterator[subprocess.Popen[str]]:
        """``make demo`` as the Makefile runs it, without the installing before it."""
        options = f"--port {self.port} --no-browser"
        plan = subprocess.run(
            ["make", "-n", "demo", f"DEMO={options}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        command = plan.stdout.strip().splitlines()[-1]
        assert command == f".venv/bin/tutela demo {options}"
        with subprocess.Popen(
            command.split(),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as running:
            try:
                self.printed = _until(running, "Stop with Ctrl-C")
                yield running
            finally:
                running.send_signal(signal.SIGINT)
                running.wait(_PATIENCE)


def _until(running: subprocess.Popen[str], last: str) -> str:
    assert running.stdout is not None
    lines = []
    for line in running.stdout:
        lines.append(line)
        if last in line:
            break
    return "".join(lines)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_every_command_and_every_deed_of_the_tutorial_is_one_that_is_executed() -> None:
    for each in blocks(PAGE.read_text(encoding="utf-8")):
        assert each.kind != "prose", f"the block in line {each.line} is not executed"
        assert each.kind != "by hand" or each.name in HANDS


def test_nothing_that_a_reader_can_do_is_left_out_of_the_tutorial() -> None:
    named = {each.name for each in blocks(PAGE.read_text(encoding="utf-8"))}
    assert set(HANDS) <= named


@pytest.mark.browser
def test_a_newcomers_first_day_goes_as_the_tutorial_says(tmp_path: Path) -> None:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"There is no Chromium at {CHROMIUM}; name one in TUTELA_CHROMIUM.")
    port = _free_port()
    text = PAGE.read_text(encoding="utf-8").replace(ITS_PORT, str(port))
    opening, *day = blocks(text)
    assert opening.kind == "background"
    assert opening.text.strip() == "make demo"
    terminal = Terminal(tmp_path, port)
    with terminal.background(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(java_script_enabled=False, accept_downloads=True)
        reader = Reader(context.new_page(), f"http://127.0.0.1:{port}", tmp_path)
        for block in day:
            _follow(block, terminal, reader)
        browser.close()


def _follow(block: Block, terminal: Terminal, reader: Reader) -> None:
    match block.kind:
        case "run":
            terminal.environment |= reader.environment
            terminal.run(block)
        case "shown":
            assert fits(block.text, terminal.printed), (
                f"{PAGE.name}:{block.line} shows\n{block.text}\nand it was\n{terminal.printed}"
            )
        case "save":
            (terminal.folder / block.name).write_text(block.text, encoding="utf-8")
        case "by hand":
            HANDS[block.name](reader)


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
    assert shutil.which("make")
