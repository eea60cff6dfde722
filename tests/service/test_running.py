"""The real program under load: its figures, its logs, and how it stops."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import subprocess
import threading
import time
import urllib.request

import pytest
from tests.campaigns.processes import PROGRAM, environment, free_port

CANARY = "zzcanary7391"


class Up:
    """``tutela up`` on a home of its own, with metrics and a log of JSON lines."""

    def __init__(self, home) -> None:
        self.port, self.metrics = free_port(), free_port()
        self.said = home.with_name("said")
        with self.said.open("wb") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "up", "--port", str(self.port)],
                env={
                    **environment(home),
                    "TUTELA_METRICS": f"127.0.0.1:{self.metrics}",
                    "TUTELA_LOG": "json",
                    "TUTELA_LOG_REQUESTS": "1",
                    "TUTELA_STOP_SECONDS": "10",
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def ask(self, path: str, port: int = 0) -> tuple[int, bytes]:
        line = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=20)
        with contextlib.closing(line):
            line.request("GET", path)
            answer = line.getresponse()
            return answer.status, answer.read()

    def wait(self) -> None:
        end = time.monotonic() + 120
        while True:
            assert self.process.poll() is None, self.said.read_text()
            assert time.monotonic() < end, self.said.read_text()
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.ask("/health/ready")[0] == 200:
                    return
            time.sleep(0.05)


@pytest.fixture
def up(tmp_path):
    made = Up(tmp_path / "home")
    made.wait()
    yield made
    made.process.kill()
    made.process.wait()


def test_its_figures_and_logs_tell_how_it_does_and_nothing_of_anybody_and_it_stops_whole(up):
    assert up.ask(f"/en/{CANARY}/?q={CANARY}")[0] == 404
    assert up.ask(f"/{CANARY}@example.org")[0] == 404
    status, figures = up.ask("/metrics", up.metrics)
    assert status == 200
    assert b'tutela_ready{check="database"} 1.0' in figures
    assert b'tutela_request_seconds_count{method="GET"' in figures
    assert CANARY.encode() not in figures
    outcomes = _hammered_while_it_is_told_to_stop(up)
    assert up.process.wait(30) == 0
    assert outcomes.count("half") == 0
    assert outcomes.count("whole") > 20
    said = up.said.read_text()
    assert CANARY not in said
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    requests = [line for line in lines if line["logger"] == "tutela.web.requests"]
    carried_out = [
        line for line in requests if line["page"] == "operators" and line["status"] == 200
    ]
    assert len(carried_out) == outcomes.count("whole")
    assert {line["status"] for line in requests} >= {200, 404}
    assert all(len(line["request"]) == 32 for line in requests)


def _hammered_while_it_is_told_to_stop(up: Up) -> list[str]:
    """What became of each request: ``whole``, ``half``, or ``refused``: no byte came back."""
    outcomes: list[str] = []
    address = f"http://127.0.0.1:{up.port}/en/"
    stop = threading.Event()

    def ask_again_and_again() -> None:
        while not stop.is_set():
            try:
                with urllib.request.urlopen(address, timeout=20) as answer:
                    whole = len(answer.read()) == int(answer.headers["Content-Length"])
                    outcomes.append("whole" if whole else "half")
            except http.client.IncompleteRead:
                outcomes.append("half")
            except OSError:  # among them a line that was closed before the request was taken
                outcomes.append("refused")
                time.sleep(0.02)

    threads = [threading.Thread(target=ask_again_and_again) for _ in range(6)]
    for each in threads:
        each.start()
    time.sleep(1.0)
    up.process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        up.process.wait(20)
    stop.set()
    for each in threads:
        each.join(30)
    return outcomes
