"""``tutela demo`` as a person starts, stops and breaks it."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

TUTELA = str(Path(sys.executable).with_name("tutela"))
COLD, WARM, STOP = 10, 3, 3  # seconds that are promised
SLOW = 6  # a machine that is busy with other tests takes longer


class Program:
    """A running ``tutela`` whose output is read all the while."""

    def __init__(self, *arguments: str) -> None:
        self.began = time.monotonic()
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        self.process = subprocess.Popen(
            [TUTELA, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
        self.said = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.said += line

    def until(self, words: str, seconds: float) -> None:
        while words not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() - self.began < seconds, self.said
            time.sleep(0.02)

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """The exit code and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        return self.end(), time.monotonic() - began

    def end(self) -> int:
        """The exit code, once the program has ended by itself."""
        code = self.process.wait(60)
        self._reader.join(5)
        self.process.stdout.close()
        return code


@pytest.fixture
def programs():
    running: list[Program] = []

    def start(*arguments: str) -> Program:
        running.append(Program(*arguments))
        return running[-1]

    yield start
    for each in running:
        if each.process.poll() is None:
            each.stop(signal.SIGKILL)


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """One home for the tests of this module, which tell one story in their order."""
    return tmp_path_factory.mktemp("a demo") / "home"


def demo(programs, home: Path, seconds: float) -> tuple[Program, str]:
    program = programs("demo", "--home", str(home), "--port", "0", "--no-browser")
    program.until("Stop with Ctrl-C", seconds)
    return program, re.search(r"http://127\.0\.0\.1:\d+", program.said).group()


def page(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own address
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""


def test_a_first_start_opens_a_policy_says_where_and_stops_at_once(programs, home):
    program, url = demo(programs, home, COLD * SLOW)
    status, text = page(f"{url}/en/prohomeexchange/policy/")
    assert status == 200
    assert "ProHomeExchange" in text
    password = (home / "demo-password").read_text()
    assert f"officer, password {password}" in program.said
    assert stat.S_IMODE((home / "demo-password").stat().st_mode) == 0o600
    code, seconds = program.stop(signal.SIGINT)
    assert (code, seconds < STOP) == (0, True), seconds


def test_a_second_start_goes_on_from_there(programs, home):
    kept = {name: (home / name).read_bytes() for name in ("demo-password", "secret-key")}
    program, url = demo(programs, home, WARM * SLOW)
    assert "Made a new database" not in program.said
    assert "Publishing" not in program.said
    assert page(f"{url}/ru/prohomeexchange/policy/")[0] == 200
    assert {name: (home / name).read_bytes() for name in kept} == kept

    second = programs("demo", "--home", str(home), "--port", "0", "--no-browser")
    assert second.end() == 2
    assert f"process {program.process.pid}, at {url}" in second.said
    assert second.said.count("\n") == 1

    code, seconds = program.stop()
    assert (code, seconds < STOP) == (0, True), seconds


def test_a_worker_of_its_own_joins_the_running_demonstration(programs, home):
    program, _ = demo(programs, home, WARM * SLOW)
    worker = programs("worker", "--home", str(home))
    worker.until("background work runs", 30)
    time.sleep(2)
    assert worker.process.poll() is None
    assert worker.stop()[0] == 0
    assert program.process.poll() is None
    assert program.stop()[0] == 0


def test_a_demonstration_that_is_killed_opens_again(programs, home):
    program, _ = demo(programs, home, WARM * SLOW)
    program.stop(signal.SIGKILL)
    program, url = demo(programs, home, COLD * SLOW)
    assert page(f"{url}/en/prohomeexchange/policy/")[0] == 200
    assert program.stop()[0] == 0


def test_a_first_start_that_was_cut_off_is_begun_anew(programs, tmp_path):
    home = tmp_path / "cut off"
    program = programs("demo", "--home", str(home), "--port", "0", "--no-browser")
    program.until("People are moving in", COLD * SLOW)
    program.stop(signal.SIGKILL)
    assert (home / "moving-in").exists()
    password = (home / "demo-password").read_text()
    program, url = demo(programs, home, COLD * SLOW)
    assert "Made a new database" in program.said
    assert (home / "demo-password").read_text() != password
    assert not (home / "moving-in").exists()
    assert page(f"{url}/en/prohomeexchange/policy/")[0] == 200
    assert program.stop()[0] == 0


def test_a_demonstration_and_real_data_never_share_a_home(programs, home, tmp_path):
    up = programs("up", "--home", str(home), "--port", "0")
    assert up.end() == 2
    assert "holds a demonstration" in up.said
    (tmp_path / "keys").mkdir()
    refused = programs("demo", "--home", str(tmp_path), "--port", "0", "--no-browser", "--fresh")
    assert refused.end() == 2
    assert "tutela up" in refused.said
    assert (tmp_path / "keys").exists()


def test_a_taken_port_is_named_with_what_to_do_before_anything_is_started(programs, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        program = programs("demo", "--home", str(tmp_path / "new"), "--port", str(port))
        assert program.end() == 2
    assert f"Port {port} is taken" in program.said
    assert "--port" in program.said
    assert not (tmp_path / "new").exists()


def test_up_begins_empty_and_says_what_comes_next(programs, tmp_path):
    home = str(tmp_path / "real")
    program = programs("up", "--home", home, "--port", "0")
    program.until("tutela policy publish", COLD * SLOW)
    sample = Path(__file__).parents[2] / "operators" / "prohomeexchange"
    published = programs("policy", "publish", str(sample), "--home", home)
    assert published.end() == 0, published.said
    arguments = ("staff", "add", "anna", "--operator", "prohomeexchange", "--home", home)
    added = programs(*arguments)
    assert added.end() == 0, added.said
    url = re.search(r"http://127\.0\.0\.1:\d+", program.said).group()
    assert page(f"{url}/en/prohomeexchange/policy/")[0] == 200
    assert page(f"{url}/en/demo/")[0] == 404
    assert program.stop()[0] == 0
