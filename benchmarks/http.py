"""How fast the API answers: ``python -m benchmarks.http``.

A real ``tutela up`` with its own PostgreSQL in a folder that is thrown away, asked by clients in
processes of their own over kept-open connections. Printed and written for each kind of request,
with one client and with eight: requests a second, the median and the 99th percentile, the
processor time that the server and its database took for one request, and the share of the
machine that others took meanwhile.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PROGRAM = Path(sys.executable).with_name("tutela")
SLUG = "prohomeexchange"
FUNCTIONS = (
    "consents.read,consents.write,forms.write,gate.decide,records.read,records.write,"
    "subjects.read,subjects.write"
)
TICK = os.sysconf("SC_CLK_TCK")
PEER = {"consent-save": (77, 92), "consent-read": (156, 205)}
"""Requests a second that were published for Fides 2.78 on a machine like this one, one process."""


class Caller:
    """One client with one connection that stays open."""

    def __init__(self, port: int, key: str) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._key = key

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        if method != "GET":
            headers["Idempotency-Key"] = uuid.uuid4().hex
        content = None if body is None else json.dumps(body)
        self._line.request(method, "/api/v1" + path, content, headers)
        answer = self._line.getresponse()
        told = json.loads(answer.read())
        if answer.status not in {200, 201}:
            raise RuntimeError(f"{method} {path}: {answer.status} {told}")
        return told


Work = Callable[[Caller, str, dict[str, str]], object]


def _hello(caller: Caller, _subject: str, _texts: dict[str, str]) -> object:
    return caller.ask("GET", "/application")


def _save(caller: Caller, subject: str, texts: dict[str, str]) -> object:
    body = {
        "consents": [{"purpose": "newsletter", "text_sha256": texts["newsletter"]}],
        "language": "en",
        "mode": "tick",
    }
    return caller.ask("POST", f"/subjects/{subject}/consents", body)


def _read(caller: Caller, subject: str, _texts: dict[str, str]) -> object:
    told = caller.ask("GET", f"/subjects/{subject}/consents")
    if not told["consents"]:
        raise RuntimeError("The consent that was saved is not there.")
    return told


def _decide(caller: Caller, subject: str, _texts: dict[str, str]) -> object:
    asked = {"subject": subject, "action": "use", "purpose": "newsletter", "fields": ["email"]}
    told = caller.ask("POST", "/decisions", asked)
    if not told["permitted"]:
        raise RuntimeError("What must be permitted was refused.")
    return told


def _values(caller: Caller, subject: str, _texts: dict[str, str]) -> object:
    told = caller.ask(
        "POST", f"/subjects/{subject}/values", {"purpose": "orders", "fields": ["email"]}
    )
    if [each["field"] for each in told["items"]] != ["email"]:
        raise RuntimeError("The value that was stored is not there.")
    return told


WORKS: dict[str, Work] = {
    "hello": _hello,
    "consent-save": _save,
    "consent-read": _read,
    "decide": _decide,
    "value-read": _values,
}


def prepare(port: int, key: str, people: int) -> tuple[list[str], dict[str, str]]:
    """People who agreed and whose data is stored, and the hashes of the words in force."""
    caller = Caller(port, key)
    texts = {
        purpose: caller.ask("GET", f"/consent-texts/{purpose}?language=en")["sha256"]
        for purpose in ("orders", "newsletter")
    }
    subjects = []
    for number in range(people):
        made = caller.ask("POST", "/subjects", {"category": "user", "language": "en"})
        subject = made["subject"]
        agreed = [{"purpose": name, "text_sha256": text} for name, text in texts.items()]
        body = {"consents": agreed, "language": "en", "mode": "tick"}
        caller.ask("POST", f"/subjects/{subject}/consents", body)
        values = {
            "full-name": "Maria Sample",
            "email": f"maria{number}@mail.example",
            "phone": "+13055550142",
        }
        body = {"point": "order", "values": values}
        caller.ask("POST", f"/subjects/{subject}/records", body)
        subjects.append(subject)
    return subjects, texts


def _client(  # noqa: PLR0917 - what a process is given
    port: int,
    key: str,
    name: str,
    subjects: list[str],
    texts: dict[str, str],
    seconds: float,
    gate: Any,
    told: Any,
) -> None:
    caller, work = Caller(port, key), WORKS[name]
    work(caller, subjects[0], texts)
    took: list[float] = []
    gate.wait()
    end = time.perf_counter() + seconds
    number = os.getpid()
    while (began := time.perf_counter()) < end:
        number += 1
        work(caller, subjects[number % len(subjects)], texts)
        took.append(time.perf_counter() - began)
    told.put(took)


def _seconds_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _family(pid: int) -> list[int]:
    """The process and all its descendants: the server, and PostgreSQL under it."""
    found, waiting = [], [pid]
    while waiting:
        each = waiting.pop()
        found.append(each)
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            waiting += [int(child) for child in task.read_text(encoding="ascii").split()]
    return found


def _spent(pid: int) -> tuple[float, float]:
    """Processor seconds of the server itself, and of its database. Backends that end in between
    are lost, which is why connections stay open."""
    database = sum(_seconds_of(each) for each in _family(pid) if each != pid)
    return _seconds_of(pid), database


def _machine() -> tuple[float, float]:
    """Busy and all processor seconds of the machine."""
    fields = [int(each) for each in Path("/proc/stat").read_text(encoding="ascii").split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICK, sum(fields) / TICK


def measure(  # noqa: PLR0917
    pid: int,
    port: int,
    key: str,
    name: str,
    clients: int,
    seconds: float,
    subjects: list[str],
    texts: dict[str, str],
) -> dict[str, Any]:
    gate, told = multiprocessing.Barrier(clients + 1), multiprocessing.Queue()
    arguments = (port, key, name, subjects, texts, seconds, gate, told)
    workers = [multiprocessing.Process(target=_client, args=arguments) for _ in range(clients)]
    for each in workers:
        each.start()
    gate.wait()
    began, before, (busy, whole) = time.perf_counter(), _spent(pid), _machine()
    took = [each for _ in workers for each in told.get()]
    passed = time.perf_counter() - began
    after, (busy_after, whole_after) = _spent(pid), _machine()
    own_clients = sum(_seconds_of(each.pid) for each in workers if each.is_alive() and each.pid)
    for each in workers:
        each.join()
    took.sort()
    served, stored = after[0] - before[0], after[1] - before[1]
    others = busy_after - busy - served - stored - own_clients
    return {
        "request": name,
        "clients": clients,
        "requests": len(took),
        "per_second": round(len(took) / passed, 1),
        "p50_ms": round(statistics.median(took) * 1000, 2),
        "p99_ms": round(took[int(len(took) * 0.99)] * 1000, 2),
        "server_cpu_ms": round(served / len(took) * 1000, 3),
        "database_cpu_ms": round(stored / len(took) * 1000, 3),
        "others_share": round(max(0.0, others) / (whole_after - whole), 3),
    }


def _serve(home: str) -> tuple[subprocess.Popen[str], int, str]:
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("TUTELA_", "DATABASE_"))
    }
    environment |= {"TUTELA_HOME": home}

    def run(*arguments: str) -> str:
        return subprocess.run(
            [PROGRAM, *arguments], env=environment, check=True, capture_output=True, text=True
        ).stdout

    run("policy", "publish", str(ROOT / "operators" / SLUG))
    told = run(
        "application",
        "add",
        "benchmark",
        "--operator",
        SLUG,
        "--functions",
        FUNCTIONS,
        "--purposes",
        "orders,newsletter,identification",
        "--actions",
        "collection,extraction,use,clarification",
        "--per-minute",
        "1000000",
    )
    key = next(word for word in told.split() if word.startswith("tutela_"))
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [PROGRAM, "up", "--port", str(port)], env=environment, text=True, stdout=subprocess.PIPE
    )
    for line in process.stdout or ():
        if "Stop with" in line:
            break
    return process, port, key


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="for each line (5)")
    parser.add_argument("--people", type=int, default=200, help="whose data is there (200)")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--only", nargs="+", choices=WORKS, default=list(WORKS))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tutela-benchmark-") as home:
        process, port, key = _serve(home)
        try:
            subjects, texts = prepare(port, key, options.people)
            rows = [
                measure(process.pid, port, key, name, clients, options.seconds, subjects, texts)
                for name in options.only
                for clients in options.clients
            ]
        finally:
            process.terminate()
            process.wait(20)
    report(rows)
    return 0


def report(rows: list[dict[str, Any]]) -> None:
    head = tuple(rows[0])
    print("  ".join(f"{name:>15}" for name in head))
    for row in rows:
        print("  ".join(f"{row[name]!s:>15}" for name in head))
    for row in rows:
        if row["request"] in PEER:
            low, high = PEER[row["request"]]
            row["times_the_peers_published"] = [
                round(row["per_second"] / high, 1),
                round(row["per_second"] / low, 1),
            ]
            print(
                f"{row['request']}, {row['clients']} clients: {row['per_second'] / high:.1f} to "
                f"{row['per_second'] / low:.1f} times what was published of the peer"
            )
    folder = Path(__file__).parent / "reports"
    folder.mkdir(exist_ok=True)
    kept = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "load": os.getloadavg(),
        "rows": rows,
    }
    (folder / "http.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
