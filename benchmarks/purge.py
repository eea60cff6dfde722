"""Everything that has ended, destroyed in one run: ``python -m benchmarks purge --people 100000``.

People with one record of four values each are loaded, all of them due. Another process keeps
reading records of people who are not due, first alone and then while the purge runs: its p99 says
what the purge costs others. Printed are the rate, the longest that one person was locked, the
memory of the purge, and what is left of those who were due.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.home import fresh_home
from benchmarks.measuring import Machine, percentile, report, table

SAMPLE = Path(__file__).parents[1] / "operators" / "prohomeexchange"
ALONE = 15
"""Seconds for which the reader has the installation to itself."""
READERS = 500
"""People who are not due and are read."""
VALUES = {
    "full-name": "Person Number {n}",
    "email": "person{n}@mail.example",
    "phone": "+1305555{n:07d}",
    "country": "US",
}
PACKAGE = 2000


def _people(kind: int, count: int) -> Iterator[Any]:
    from benchmarks.loading import LoadedPerson, LoadedRecord, numbered

    for n in range(count):
        values = {slug: text.format(n=n) for slug, text in VALUES.items()}
        record = LoadedRecord(numbered(kind + 1, n), "account", "account", values)
        yield LoadedPerson(numbered(kind, n), "user", [record])


def _schedule(operator: Any, kind: int, count: int, ends_at: datetime) -> None:
    """The row of the schedule that the intake writes for the rule of clause 8.1."""
    from benchmarks.loading import numbered
    from tutela.core.ids import new_id
    from tutela.db.scope import operator_scope
    from tutela.retention.models import Schedule

    for first in range(0, count, PACKAGE):
        with operator_scope(operator):
            Schedule.objects.bulk_create(
                Schedule(
                    id=new_id(),
                    operator_id=operator,
                    subject_id=numbered(kind, n),
                    record=numbered(kind + 1, n),
                    rule="other-site-forms",
                    scope="",
                    clause="8.1",
                    event="form.sent",
                    event_at=ends_at - timedelta(days=1826),
                    purposes=["account"],
                    until="",
                    ends_at=ends_at,
                    next_at=ends_at,
                    policy_version=1,
                )
                for n in range(first, min(first + PACKAGE, count))
            )


def read_forever() -> None:
    """Read one record after another; one line of milliseconds each. For a process of its own."""
    import django

    django.setup()
    from tutela import app

    app.wire()
    from benchmarks.loading import numbered
    from tutela.core.permits import Permit
    from tutela.core.vocabulary import SYSTEM, Action
    from tutela.db.scope import operator_scope
    from tutela.gate import actions as gate
    from tutela.gate.rules import Operation
    from tutela.policy import actions as policies
    from tutela.vault import actions as vault

    operator = policies.operator_id("prohomeexchange")
    n = 0
    while True:
        began = time.perf_counter()
        with operator_scope(operator):
            asked = Operation(
                operator, numbered(3, n % READERS), Action.USE, "account", frozenset(VALUES), SYSTEM
            )
            leave = gate.decide(asked)
            if not isinstance(leave, Permit):
                raise TypeError(str(leave))
            if len(vault.read(leave)) != len(VALUES):
                raise ValueError("The reader did not find what it asked for.")
        print(f"{time.time():.3f} {(time.perf_counter() - began) * 1000:.2f}", flush=True)
        n += 1
        time.sleep(0.01)


def _reader(path: Path, home: Any) -> subprocess.Popen[bytes]:
    code = "from benchmarks.purge import read_forever; read_forever()"
    urls = {"DATABASE_URL": home.app_url, "DATABASE_OWNER_URL": home.owner_url}
    with path.open("wb") as out:
        return subprocess.Popen([sys.executable, "-c", code], stdout=out, env=os.environ | urls)


def _between(path: Path, since: float, until: float) -> list[float]:
    lines = (each.split() for each in path.read_text().splitlines() if each.count(" ") == 1)
    return [float(took) for at, took in lines if since <= float(at) <= until]


def run(people: int, home: Any) -> dict[str, Any]:
    from benchmarks import loading
    from tutela.core import clock
    from tutela.db.scope import operator_scope
    from tutela.policy import actions as policies
    from tutela.retention import actions as retention
    from tutela.retention.purging import purge

    policies.publish(policies.load_folder(SAMPLE))
    operator = policies.operator_id("prohomeexchange")
    loading.load(operator, _people(1, people))
    loading.load(operator, _people(3, READERS))
    _schedule(operator, 1, people, clock.now() - timedelta(hours=1))
    print(f"{people} people are due.", flush=True)
    lines = home.path / "reads.txt"
    reader = _reader(lines, home)
    try:
        while not lines.stat().st_size:
            time.sleep(0.2)
        start = time.time()
        time.sleep(ALONE)
        machine, began = Machine.begin(), time.time()
        made = purge(operator, datetime.now(UTC), lambda each: print(f"{each.people}", flush=True))
        ended, busy = time.time(), machine.end()
    finally:
        reader.kill()
        reader.wait()
    with operator_scope(operator):
        left = retention.figures(operator).ended
    alone, meanwhile = _between(lines, start, began), _between(lines, began, ended)
    return {
        "people": people,
        "done": made.done,
        "failed": made.failed,
        "left": left,
        "seconds": round(ended - began, 1),
        "people_a_second": round(people / (ended - began), 1),
        "longest_lock_ms": round(made.longest * 1000, 1),
        "memory_megabytes": round(made.memory, 1),
        "read_p50_alone_ms": percentile(alone, 0.5),
        "read_p99_alone_ms": percentile(alone, 0.99),
        "read_p50_meanwhile_ms": percentile(meanwhile, 0.5),
        "read_p99_meanwhile_ms": percentile(meanwhile, 0.99),
        "machine": busy,
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks purge", description=__doc__)
    parser.add_argument("--people", type=int, default=2_000, help="how many are due")
    parser.add_argument("--write", action="store_true", help="write the report")
    options = parser.parse_args(arguments)
    with fresh_home() as home:
        found = run(options.people, home)
    table(("figure", "value"), [(each, found[each]) for each in found if each != "machine"])
    if options.write:
        report("purge", found)
    return 1 if found["left"] or found["failed"] else 0
