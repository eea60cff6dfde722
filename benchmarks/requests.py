"""Requests opened and answered in one run: ``python -m benchmarks requests``.

A thousand people ask, each for one thing in turn of the kinds, in a transaction of its own; then a
hundred requests for access are decided, drafted, sealed, answered and ended, as an officer does it.
Fides 2.78 was published with 18 to 22 opened a second and 0.39 to 0.53 s for an access on a like
machine; what an erasure takes is measured by ``growth``.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.home import fresh_home
from benchmarks.measuring import Machine, report, summary, table

SAMPLE = Path(__file__).parents[1] / "operators" / "prohomeexchange"
SLUG = "prohomeexchange"
KINDS = ("access", "correction", "erasure", "stop", "export", "measures", "blocking", "question")
_SHOWN = ("count", "a_second", "median_ms", "p99_ms", "cpu_ms", "times_fides")
FIDES = {"open": 20.0, "access": 1 / 0.46}
"""A second: the middle of what was published."""


def people(operator: UUID, count: int) -> list[UUID]:
    from benchmarks.loading import LoadedPerson, LoadedRecord, load, numbered

    def one(number: int) -> LoadedPerson:
        values = {"email": f"person{number}@mail.example", "message": "About a house. " * 8}
        letter = LoadedRecord(numbered(2, number), "letter", "feedback", values)
        return LoadedPerson(numbered(1, number), "user", [letter])

    made = [one(number) for number in range(count)]
    load(operator, made)
    return [each.subject for each in made]


def timed_each(operator: UUID, things: list[Any], do: Callable[[Any], Any]) -> list[float]:
    """Seconds of each, every one in a transaction of its own."""
    from tutela.db.scope import operator_scope

    times = []
    for each in things:
        began = time.perf_counter()
        with operator_scope(operator):
            do(each)
        times.append(time.perf_counter() - began)
    return times


def run(opened: int, answered: int) -> dict[str, dict[str, float]]:
    from tutela.core.vocabulary import Actor, ActorKind
    from tutela.policy import actions as policies
    from tutela.requests import cases, moving, replies, sections

    policies.publish(policies.load_folder(SAMPLE))
    operator = policies.operator_id(SLUG)
    asking = people(operator, opened)
    officer = Actor(ActorKind.STAFF, "1", "officer")
    found: dict[str, list[UUID]] = {}

    def ask(one: tuple[int, UUID]) -> None:
        kind = KINDS[one[0] % len(KINDS)]
        case = cases.open_case(operator, kind, "portal", one[1])
        found.setdefault(kind, []).append(case)

    def answer(case: UUID) -> None:
        moving.decide(operator, case, "granted", by=officer)
        row = cases.get(operator, case)
        texts = {each.slug: each.text or "Looked at." for each in sections.drafted(row)}
        replies.send(operator, case, texts, by=officer)

    rows = {"open": timed("open", operator, list(enumerate(asking)), ask)}
    rows["access"] = timed("access", operator, found["access"][:answered], answer)
    return rows


def timed(
    name: str, operator: UUID, things: list[Any], do: Callable[[Any], Any]
) -> dict[str, float]:
    """``cpu_ms`` is the program's processor time for one: what a shared machine leaves alone."""
    used = time.process_time()
    times = timed_each(operator, things, do)
    return _figures(name, times, time.process_time() - used)


def _figures(name: str, times: list[float], cpu: float) -> dict[str, float]:
    rate = len(times) / sum(times)
    return {
        "count": len(times),
        "a_second": round(rate, 1),
        **summary(times),
        "cpu_ms": round(1000 * cpu / len(times), 2),
        "times_fides": round(rate / FIDES[name], 1),
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks requests", description=__doc__)
    parser.add_argument("--opened", type=int, default=1_000)
    parser.add_argument("--answered", type=int, default=100)
    parser.add_argument("--write", action="store_true", help="write the report")
    options = parser.parse_args(arguments)
    with fresh_home():
        machine = Machine.begin()
        rows = run(options.opened, options.answered)
        told = machine.end()
    headings = ["what", "count", "a second", "median ms", "99 % ms", "CPU ms", "times Fides"]
    table(
        headings,
        [[name, *(row[each] for each in _SHOWN)] for name, row in rows.items()],
    )
    if options.write:
        report("requests", {"machine_load": told, "requests": rows})
    return 0


if __name__ == "__main__":
    sys.exit(main())
