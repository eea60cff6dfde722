"""Everything about one person as a package, as records grow: ``python -m benchmarks packages``.

The goal is under two seconds for a person with 10,000 records (``--records 10000``), with memory
that does not grow with them: they are read in parts, and only the packed file leaves.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

from benchmarks.home import fresh_home

REPORT = Path(__file__).parent / "reports" / "packages.json"
SAMPLE = Path(__file__).parents[1] / "operators" / "prohomeexchange"
RECORDS = [100, 1_000]
GOAL_SECONDS = 2.0


def fill(operator: Any, subject: Any, count: int) -> None:
    """One person with ``count`` records of one letter each, made in bulk."""
    from benchmarks.loading import LoadedPerson, LoadedRecord, load
    from tutela.core.ids import new_id

    def letter(number: int) -> LoadedRecord:
        text = f"Letter {number}: " + "about an exchange of homes. " * 6
        return LoadedRecord(new_id(), "letter", "feedback", {"message": text})

    load(operator, [LoadedPerson(subject, "user", [letter(number) for number in range(count)])])


def measure(operator: Any, subject: Any) -> dict[str, float]:
    """Seconds of one package, its bytes, and the most memory that Python held while making it."""
    from tutela.db.scope import operator_scope
    from tutela.requests import packaging
    from tutela.requests.intake import oneself

    def once() -> int:
        with operator_scope(operator):
            secret = packaging.make(operator, subject, by=oneself(subject))
            row = packaging.find(operator, secret, subject)
            with packaging.take(row, "en") as content:
                return content.seek(0, 2)

    once()
    began, used = time.perf_counter(), time.process_time()
    size = once()
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    tracemalloc.start()
    once()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {
        "seconds": round(seconds, 3),
        "cpu_seconds": round(cpu, 3),
        "bytes": size,
        "peak_megabytes": round(peak / 1e6, 1),
    }


def run(counts: list[int]) -> list[dict[str, float]]:
    from tutela.core.ids import new_id
    from tutela.policy import actions as policies

    policies.publish(policies.load_folder(SAMPLE))
    operator = policies.operator_id("prohomeexchange")
    rows = []
    for count in counts:
        subject = new_id()
        fill(operator, subject, count)
        rows.append({"records": count, **measure(operator, subject)})
    return rows


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks packages", description=__doc__)
    parser.add_argument("--records", type=int, nargs="+", default=RECORDS, help="how many records")
    parser.add_argument("--write", action="store_true", help="write the report")
    options = parser.parse_args(arguments)
    with fresh_home():
        rows = run(options.records)
    report = {"load_average": os.getloadavg(), "packages": rows}
    text = json.dumps(report, indent=2)
    sys.stdout.write(text + "\n")
    if options.write:
        REPORT.write_text(text + "\n", encoding="utf-8")
    return 0 if rows[-1]["seconds"] < GOAL_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
