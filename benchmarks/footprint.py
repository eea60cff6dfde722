"""What an installation costs before anybody uses it: first answer, idle memory, bytes on disk.

Goals: the first answer within 1.5 s on a home whose database exists, 100 MB of memory at rest, and
150 MB installed without the engine that makes PDF files.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

from packaging.requirements import Requirement

from benchmarks import measuring

PDF_ENGINE = "typst"
_PATIENCE = 180.0
_SETTLED_AFTER = 10.0
"""Seconds of rest before the memory is looked at."""


def run(starts: int) -> None:
    machine = measuring.Machine.begin()
    home = Path(tempfile.mkdtemp(prefix="tutela-benchmark-"))
    try:
        with _program(home) as (_process, fresh, _cpu):
            pass
        times: list[float] = []
        used: list[float] = []
        memory: dict[str, float] = {}
        for _ in range(starts):
            with _program(home) as (process, seconds, cpu):
                times.append(seconds)
                used.append(cpu)
                if not memory:
                    time.sleep(_SETTLED_AFTER)
                    memory = _memory(process.pid)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    first = {
        "new_home_s": round(fresh, 2),
        "warm_s": round(median(times), 2),
        "warm_cpu_s": round(median(used), 2),
        "starts_s": [round(each, 2) for each in times],
        "goal_s": 1.5,
    }
    installed = _on_disk()
    _print(first, memory, installed)
    memory = {**memory, "goal_mb": 100}
    content = {"first_answer": first, "idle_memory": memory, "installed": installed}
    measuring.report("footprint", {**content, "machine": machine.end()})


def _on_disk() -> dict[str, Any]:
    sizes = _installed()
    largest = sorted(sizes.items(), key=lambda each: -each[1])[:12]
    return {
        "packages": len(sizes),
        "mb": _mb(sum(sizes.values())),
        "without_pdf_engine_mb": _mb(sum(sizes.values()) - sizes.get(PDF_ENGINE, 0)),
        "largest_mb": {name: _mb(size) for name, size in largest},
        "goal_mb": 150,
    }


def _print(first: dict[str, Any], memory: dict[str, float], installed: dict[str, Any]) -> None:
    measuring.table(
        ("what", "measured", "goal"),
        [
            ("first answer, new home", f"{first['new_home_s']:.2f} s", ""),
            ("first answer, warm", f"{first['warm_s']:.2f} s", "1.50 s"),
            ("  of CPU", f"{first['warm_cpu_s']:.2f} s", ""),
            ("idle memory, all (PSS)", f"{memory['all_mb']} MB", "100 MB"),
            ("  of it Python", f"{memory['program_mb']} MB", ""),
            ("  of it PostgreSQL", f"{memory['postgres_mb']} MB", ""),
            ("installed", f"{installed['mb']} MB", ""),
            ("  without PDF", f"{installed['without_pdf_engine_mb']} MB", "150 MB"),
        ],
    )


def _mb(size: float) -> float:
    return round(size / 1_000_000, 1)


@contextlib.contextmanager
def _program(home: Path) -> Iterator[tuple[subprocess.Popen[bytes], float, float]]:
    """The program serving from ``home``; the seconds until it answered a first page, and the
    seconds of CPU that it and its database used until then, which a busy machine hardly moves."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "TUTELA_HOME": str(home)}
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    began = time.perf_counter()
    program = Path(sys.executable).with_name("tutela")
    process = subprocess.Popen(
        [program, "up", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        seconds = _first_answer(process, port, began)
        yield process, seconds, measuring.tree(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _first_answer(process: subprocess.Popen[bytes], port: int, began: float) -> float:
    while time.perf_counter() - began < _PATIENCE:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30).read()
        except urllib.error.HTTPError:
            return time.perf_counter() - began
        except OSError:
            if process.poll() is not None:
                raise RuntimeError("The program ended before it answered.") from None
            time.sleep(0.01)
        else:
            return time.perf_counter() - began
    raise RuntimeError(f"No answer within {_PATIENCE:.0f} seconds.")


def _memory(root: int) -> dict[str, float]:
    """Megabytes by proportional set size, in which a shared page counts once."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            number = int(path.name)
            parent = (path / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1]
            children.setdefault(int(parent), []).append(number)
    parts = {"program": 0, "postgres": 0}
    waiting = [root]
    while waiting:
        number = waiting.pop()
        waiting += children.get(number, [])
        with contextlib.suppress(OSError):
            rolled = Path(f"/proc/{number}/smaps_rollup").read_text(encoding="ascii")
            name = Path(f"/proc/{number}/comm").read_text(encoding="utf-8").strip()
            found = re.search(r"^Pss:\s+(\d+) kB", rolled, re.MULTILINE)
            kind = "postgres" if name.startswith("postgres") else "program"
            parts[kind] += int(found[1]) * 1024 if found else 0
    return {
        "all_mb": _mb(sum(parts.values())),
        **{f"{name}_mb": _mb(size) for name, size in parts.items()},
    }


def _installed() -> dict[str, int]:
    """Bytes of each package that Tutela needs to run, itself included, by name."""
    sizes: dict[str, int] = {}
    done: set[tuple[str, str]] = set()
    waiting = [("tutela", "")]
    while waiting:
        name, extra = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if (key, extra) in done:
            continue
        done.add((key, extra))
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        sizes[key] = _own() if key == "tutela" else _bytes(found)
        for text in found.requires or ():
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                waiting += [(needed.name, each) for each in ("", *needed.extras)]
    return sizes


def _bytes(found: metadata.Distribution) -> int:
    total = 0
    for each in found.files or ():
        if each.suffix != ".pyc":
            with contextlib.suppress(OSError):
                total += Path(str(found.locate_file(each))).stat().st_size
    return total


def _own() -> int:
    import tutela

    root = Path(tutela.__file__).parent
    return sum(each.stat().st_size for each in root.rglob("*") if each.suffix not in {".pyc", ""})


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks footprint")
    parser.add_argument("--starts", type=int, default=5)
    run(parser.parse_args(arguments).starts)


if __name__ == "__main__":
    main(sys.argv[1:])
