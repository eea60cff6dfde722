"""How many decisions the gate makes in a second on one core: ``python -m benchmarks.decisions``.

Measured in turn, in one process, on the same questions: the compiled policy for a cached subject
(its standing is prepared, the table is warm), the same with a standing that is prepared anew for
each question, and the readable rules one by one. The goal is 300,000 a second for a cached
subject. No database, no journal: this is the price of the thought alone.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

REPORT = Path(__file__).parent / "reports" / "decisions.json"
NOW = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)
GOAL = 300_000
"""Decisions a second on one core for a cached subject."""


def questions(policy: Any) -> list[Any]:
    """A working day at one person's record: for each purpose and several actors, each action on
    what the purpose needs; about half of them are refused."""
    from tutela.core.ids import new_id
    from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind
    from tutela.gate.rules import Operation

    operator, subject = new_id(), new_id()
    actors = (
        SYSTEM,
        Actor(ActorKind.STAFF, "7", "officer"),
        Actor(ActorKind.STAFF, "8", "clerk"),
        Actor(ActorKind.SUBJECT, str(subject)),
    )
    first = next(iter(policy.points))
    return [
        Operation(
            operator=operator,
            subject=subject,
            action=action,
            purpose=purpose.slug,
            fields=purpose.fields,
            actor=actor,
            point=first if action is Action.COLLECTION else "",
        )
        for purpose in policy.purposes.values()
        for action in Action
        for actor in actors
    ]


def standing(policy: Any) -> Any:
    """A person who has agreed to every purpose and has an agreement."""
    from tutela.gate.standing import ConsentState, Contract, Standing

    live = ConsentState(NOW.replace(year=2025), NOW.replace(year=2030), "a" * 64)
    return Standing(
        consents=dict.fromkeys(policy.purposes, live),
        contracts=(Contract("c-1", tuple(policy.purposes), NOW.replace(year=2025)),),
    )


def rate(deed: Callable[[Any], object], asked: Sequence[Any], seconds: float) -> float:
    """Decisions a second of this process' own CPU, so that a busy neighbour does not count."""
    done, began, end = 0, time.process_time(), time.monotonic() + seconds
    while time.monotonic() < end:
        for each in asked:
            deed(each)
        done += len(asked)
    return done / (time.process_time() - began)


def latencies(deed: Callable[[Any], object], asked: Sequence[Any]) -> dict[str, float]:
    """Microseconds of one decision at the median and at the 99th of a hundred."""
    took = []
    for _ in range(20):
        for each in asked:
            began = time.perf_counter_ns()
            deed(each)
            took.append(time.perf_counter_ns() - began)
    took.sort()
    return {"p50": took[len(took) // 2] / 1000, "p99": took[len(took) * 99 // 100] / 1000}


def ways(policy: Any) -> dict[str, Callable[[Any], object]]:
    from tutela.gate import rules
    from tutela.gate.compiled import compiled

    person, table = standing(policy), compiled(policy)
    view = table.view(person, NOW)
    return {
        "compiled, cached subject": lambda each: table.decide(view, each, NOW),
        "compiled, new subject": lambda each: table.decide(table.view(person, NOW), each, NOW),
        "rule by rule": lambda each: rules.decide(policy, person, each, NOW),
    }


def measure(rounds: int, seconds: float) -> dict[str, Any]:
    from tutela.policy import actions as policies

    policy = policies.load_folder(policies.samples() / "prohomeexchange")
    asked, how = questions(policy), ways(policy)
    for name, deed in how.items():  # the same answers, and a warm table
        answers = [deed(each) for each in asked]
        if name == "compiled, cached subject":
            expected = answers
        elif answers != expected:
            raise SystemExit("The ways to decide do not agree; nothing was measured.")
    wall, cpu = time.monotonic(), time.process_time()
    rates: dict[str, list[float]] = {name: [] for name in how}
    for _ in range(rounds):  # in turn, so that all see the same machine
        for name, deed in how.items():
            rates[name].append(rate(deed, asked, seconds))
    others = 1 - (time.process_time() - cpu) / (time.monotonic() - wall)
    slow = statistics.median(rates["rule by rule"])
    permitted = sum(bool(each.permitted) for each in expected)
    return {
        "benchmark": "decisions",
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "cpu_taken_by_others": round(max(0.0, others), 3),
        "questions": len(asked),
        "permitted": permitted,
        "rounds": rounds,
        "goal_per_second": GOAL,
        "ways": {
            name: {
                "per_second": round(statistics.median(found)),
                "lowest": round(min(found)),
                "highest": round(max(found)),
                "times_rule_by_rule": round(statistics.median(found) / slow, 2),
                **latencies(how[name], asked),
            }
            for name, found in rates.items()
        },
    }


def table_of(report: dict[str, Any]) -> str:
    head = f"{'':26}{'a second':>12}{'lowest':>12}{'ratio':>8}{'p50 µs':>9}{'p99 µs':>9}"
    lines = [
        f"{name:26}{each['per_second']:>12,}{each['lowest']:>12,}"
        f"{each['times_rule_by_rule']:>8}{each['p50']:>9.2f}{each['p99']:>9.2f}"
        for name, each in report["ways"].items()
    ]
    foot = (
        f"{report['questions']} questions, {report['permitted']} of them permitted; others took "
        f"{report['cpu_taken_by_others']:.0%} of the time, load {report['load']:.1f}; "
        f"the goal is {report['goal_per_second']:,} for a cached subject"
    )
    return "\n".join([head, *lines, foot])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decisions", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="of each way in each round")
    parser.add_argument("--json", type=Path, default=REPORT, help="where the report is written")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tutela.settings")
    import django

    django.setup()
    report = measure(chosen.rounds, chosen.seconds)
    chosen.json.parent.mkdir(parents=True, exist_ok=True)
    chosen.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(table_of(report) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
