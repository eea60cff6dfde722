"""The page server alone, in a process of its own, with an application of a few lines."""

from __future__ import annotations

import contextlib
import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator

import pytest

from tutela.service.serve import PortTaken, free_port

PROGRAM = """
import sys, time
from tutela.service.serve import serve

def application(environ, start):
    if environ["PATH_INFO"] == "/slow":
        time.sleep(20)
    if environ["PATH_INFO"] == "/nap":
        time.sleep(2)
    if environ["PATH_INFO"] == "/read":
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"answered"]

def say(word):
    return lambda: print(word, flush=True)

serve(application, port=int(sys.argv[1]), ready=say("ready"), cleanup=say("cleaned up"))
say("stopped")()
"""


@pytest.fixture
def server():
    """A running server: its process and its port."""
    port = free_port(0)
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(port)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    yield process, port
    process.kill()
    process.communicate()


def ask(port: int, path: str) -> str:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", path)
        return connection.getresponse().read().decode()


def in_background(port: int, path: str) -> threading.Thread:
    def run() -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            ask(port, path)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_every_way_to_end_a_program_ends_it_cleanly(server, number):
    process, port = server
    assert ask(port, "/") == "answered"
    process.send_signal(number)
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert said == "stopped\n"


def test_slow_answers_do_not_hold_up_the_others(server):
    _, port = server
    slow = [in_background(port, "/nap") for _ in range(4)]
    began = time.monotonic()
    assert ask(port, "/") == "answered"
    assert time.monotonic() - began < 0.9
    for each in slow:
        each.join(10)


def test_an_answer_that_takes_too_long_does_not_keep_the_program_from_ending(server):
    process, port = server
    in_background(port, "/slow")
    time.sleep(0.5)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert said == "cleaned up\n"
    assert time.monotonic() - began < 6


def test_an_answer_in_hand_may_finish(server):
    process, port = server
    answers: list[str] = []
    thread = threading.Thread(target=lambda: answers.append(ask(port, "/nap")))
    thread.start()
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    thread.join(10)
    assert answers == ["answered"]


def sent(port: int, parts: Iterable[bytes], *, path: str = "/", length: int | None = None) -> bytes:
    """The answer to a body of ``length`` bytes, or of unknown length, whose every part is sent
    before the answer is looked at, as browsers do."""
    framed = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{framed}\r\n\r\n".encode())
        for part in parts:
            line.sendall(part)
        got = b""
        while b"answered" not in got and (part := line.recv(2**16)):
            got += part
        return got


def chunks(parts: Iterable[bytes]) -> Iterator[bytes]:
    for part in parts:
        yield b"%x\r\n%s\r\n" % (len(part), part)
    yield b"0\r\n\r\n"


def slowly(parts: Iterable[bytes]) -> Iterator[bytes]:
    for part in parts:
        time.sleep(0.05)
        yield part


@pytest.mark.parametrize("path", ["/", "/read"])
def test_whoever_sends_much_or_slowly_hears_the_answer_every_time(server, path):
    _, port = server
    for _ in range(10):
        assert b"answered" in sent(port, [bytes(3_000_000)], path=path, length=3_000_000)
    assert b"answered" in sent(port, [bytes(2**20)] * 60, path=path, length=60 * 2**20)
    assert b"answered" in sent(port, slowly([bytes(1000)] * 10), path=path, length=10_000)


def test_a_body_of_unknown_length_is_read_on_too(server):
    _, port = server
    assert b"answered" in sent(port, chunks([bytes(2**16)] * 50))
    assert b"answered" in sent(port, chunks(slowly([b"a"] * 10)))


def test_a_body_without_end_is_cut_off(server):
    _, port = server
    with pytest.raises(OSError):
        sent(port, [bytes(2**20)] * 1000, length=1000 * 2**20)
    assert ask(port, "/") == "answered"


def test_a_sender_who_hangs_up_holds_up_nobody(server):
    _, port = server
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf")
    assert ask(port, "/") == "answered"


def test_a_port_in_use_is_refused_with_another_to_try():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} is taken") as refused:
            free_port(port)
    assert f"--port {port + 1}" in str(refused.value)


def test_a_port_that_cannot_exist_is_refused():
    with pytest.raises(PortTaken, match="no port 70000"):
        free_port(70000)
