"""A terminal in a folder of its own, in which the commands of a page are run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from docs.tools.executing import Block
from tests.docs.conftest import ROOT

PATIENCE = 120.0  # seconds that a command may take on a busy machine
_KEPT = {"PATH", "LANG", "LD_LIBRARY_PATH", "TMPDIR", "TUTELA_PG_BIN", "TUTELA_PG_USER"}


class Terminal:
    """Runs the commands of ``page`` in ``folder``, which looks like a copy of the repository;
    all state lies in a home inside it, on a database server of its own."""

    def __init__(self, folder: Path, page: Path) -> None:
        self.folder = folder
        self.page = page
        self.printed = ""
        for name in ("operators", "scenarios", "tests"):
            (folder / name).symlink_to(ROOT / name)
        (folder / ".venv").symlink_to(sys.prefix)
        self.environment = {name: os.environ[name] for name in _KEPT & os.environ.keys()}
        self.environment["PATH"] = f"{Path(sys.executable).parent}:{self.environment['PATH']}"
        self.environment["TUTELA_HOME"] = str(folder / "home")
        self.environment["HOME"] = str(folder)

    def follow(self, block: Block) -> None:
        """Do what a block of the page says, unless it is done by hand."""
        if block.kind == "run":
            self.run(block)
        elif block.kind == "save":
            (self.folder / block.name).write_text(block.text, encoding="utf-8")

    def run(self, block: Block) -> None:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block.text],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        self.printed = done.stdout + done.stderr
        where = f"{self.page.name}:{block.line}"
        assert done.returncode == 0, f"{where}\n{block.text}\n{self.printed}"

    @contextmanager
    def demonstration(self, port: int) -> Iterator[None]:
        """``make demo`` as the Makefile runs it, without the installing before it."""
        options = f"--port {port} --no-browser"
        plan = subprocess.run(
            ["make", "-n", "--no-print-directory", "demo", f"DEMO={options}"],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if "MAKE" not in name},
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
                yield
            finally:
                running.send_signal(signal.SIGINT)
                running.wait(PATIENCE)


def _until(running: subprocess.Popen[str], last: str) -> str:
    assert running.stdout is not None
    lines = []
    for line in running.stdout:
        lines.append(line)
        if last in line:
            break
    return "".join(lines)
