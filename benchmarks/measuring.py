"""Timing, the machine's load beside the figures, tables and reports.

Machines are shared, so a figure alone says little: every report carries the load average and the
share of CPU time that other processes took while it ran, and what counts are ratios between two
things measured in turn in one run.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

REPORTS = Path(__file__).parent / "reports"
_TICK = os.sysconf("SC_CLK_TCK")


def percentile(times: Sequence[float], share: float) -> float:
    """The value below which ``share`` of ``times`` lie; 0 for no times."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def summary(times: Sequence[float]) -> dict[str, float]:
    """Milliseconds: median, mean, 50th and 99th percentile."""
    return {
        "median_ms": round(median(times) * 1e3, 4) if times else 0.0,
        "mean_ms": round(sum(times) / len(times) * 1e3, 4) if times else 0.0,
        "p50_ms": round(percentile(times, 0.50) * 1e3, 4),
        "p99_ms": round(percentile(times, 0.99) * 1e3, 4),
    }


def timed(work: Callable[[], Any]) -> float:
    """Seconds that one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@dataclass
class Machine:
    """CPU time of the whole machine and of this process's tree, from ``begin`` to ``end``."""

    began: float = 0.0
    busy: float = 0.0
    ours: float = 0.0
    load: tuple[float, float, float] = field(default=(0.0, 0.0, 0.0))

    @classmethod
    def begin(cls) -> Machine:
        return cls(time.perf_counter(), _busy(), tree(os.getpid()), os.getloadavg())

    def end(self) -> dict[str, Any]:
        """``cpu_seconds`` are ours; ``cpu_others`` is the share of all that processes other
        than ours used."""
        seconds = time.perf_counter() - self.began
        room = seconds * (os.cpu_count() or 1)
        ours = tree(os.getpid()) - self.ours
        others = max(0.0, _busy() - self.busy - ours)
        return {
            "seconds": round(seconds, 2),
            "cores": os.cpu_count(),
            "cpu_seconds": round(ours, 1),
            "load_before": [round(each, 2) for each in self.load],
            "load_after": [round(each, 2) for each in os.getloadavg()],
            "cpu_ours": round(ours / room, 3),
            "cpu_others": round(others / room, 3),
        }


def _busy() -> float:
    """Seconds of CPU used by everybody since the machine started (Linux)."""
    first = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:]
    user, nice, system, _idle, _waiting, irq, soft, *_ = (int(each) for each in first)
    return (user + nice + system + irq + soft) / _TICK


def tree(root: int) -> float:
    """Seconds of CPU used by a process, its living descendants and its children that ended."""
    children: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                fields = (path / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(path.name))
            used[int(path.name)] = sum(int(each) for each in fields[11:15]) / _TICK
    total, waiting = 0.0, [root]
    while waiting:
        process = waiting.pop()
        total += used.get(process, 0.0)
        waiting += children.get(process, [])
    return total


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
    }


def table(headings: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    """Print rows under headings, numbers to the right."""
    written = [[_cell(each) for each in line] for line in lines]
    widths = [max(map(len, column)) for column in zip(headings, *written, strict=True)]
    for line in [list(headings), ["-" * width for width in widths], *written]:
        cells = (
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join(cells))
    sys.stdout.flush()


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"  # noqa: PLR2004
    return f"{value:,}" if isinstance(value, int) else str(value)


def report(name: str, content: Mapping[str, Any]) -> Path:
    """Write ``benchmarks/reports/<name>.json`` and say so."""
    REPORTS.mkdir(exist_ok=True)
    path = REPORTS / f"{name}.json"
    whole = {"benchmark": name, "machine": machine(), **content}
    path.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(
        f"\nWritten to {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}"
    )
    return path
