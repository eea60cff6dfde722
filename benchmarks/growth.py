"""Does one person's cost grow with the number of people? Deciding, finding, exporting, erasing.

Each person has one record with a name-like value and an address that is in the blind index. All
work goes the ordinary way: scope, gate, vault, journal, commit. The goal is 1.3 between the
smallest and the largest size. Beside each time stands the processor time of the program and its
database, which a busy machine hardly moves.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections.abc import Callable
from statistics import median
from typing import Any

from benchmarks import measuring
from benchmarks.home import fresh_home

ROUNDS = 3
"""Rounds of all four kinds of work in turn; the figures are medians of rounds."""


def run(sizes: list[int], times: int) -> None:
    lines: list[dict[str, Any]] = []
    with fresh_home():
        from benchmarks.gdprbench import sealed

        sealed.publish()
        there = 0
        for size in sizes:
            print(f"Filling up to {size:,} people …", flush=True)
            filled = measuring.timed(lambda there=there, size=size: _fill(there, size))
            there = size
            lines.append({**_measure(size, times), "filled_in_s": round(filled, 1)})
            _print(lines[-1:])
    names = [name for name in lines[0] if name.endswith("_ms")]
    ratios = {name[:-3]: round(lines[-1][name] / lines[0][name], 2) for name in names}
    print()
    _print(lines)
    print("Largest over smallest:", ", ".join(f"{name} {each}x" for name, each in ratios.items()))
    measuring.report("growth", {"sizes": lines, "ratios": ratios, "goal": 1.3})


def _person(n: int) -> Any:
    from benchmarks.gdprbench import operator as bench
    from benchmarks.gdprbench.facts import data
    from benchmarks.loading import LoadedPerson, LoadedRecord, numbered

    values = {bench.data_field(n): data(n), bench.ADDRESS: f"person{n}@bench.example"}
    record = LoadedRecord(numbered(2, n), bench.form(n), bench.purpose(n), values)
    return LoadedPerson(numbered(1, n), "user", [record])


def _fill(first: int, end: int) -> None:
    from benchmarks.gdprbench.sealed import OPERATOR
    from benchmarks.loading import load_in_bulk

    load_in_bulk(OPERATOR, first, end, _person)
    _analyse()


def _analyse() -> None:
    """What autovacuum does on its own a minute later."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        for table in ("vault_value", "vault_record", "vault_key", "vault_identifier"):
            cursor.execute(f"VACUUM ANALYZE {table}")
        for table in ("gate_standing", "journal_entry", "journal_leaf", "identity_subject"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def _measure(size: int, times: int) -> dict[str, Any]:
    chance = random.Random(size)  # noqa: S311 - not a secret
    seen: dict[str, list[list[float]]] = {name: [] for name in _WORK}
    used: dict[str, list[float]] = {name: [] for name in _WORK}
    machine = measuring.Machine.begin()
    doomed = iter(chance.sample(range(size), ROUNDS * times))
    for _ in range(ROUNDS):
        for name, work in _WORK.items():
            listed, before = [], measuring.tree(os.getpid())
            for _ in range(times):
                n = next(doomed) if name == "erase" else chance.randrange(size)
                listed.append(measuring.timed(lambda n=n, work=work: work(n)))
            seen[name].append(listed)
            used[name].append((measuring.tree(os.getpid()) - before) / times)
    line: dict[str, Any] = {"people": size}
    for name, rounds in seen.items():
        line[f"{name}_ms"] = round(median(median(each) for each in rounds) * 1e3, 3)
        line[f"{name}_cpu_ms"] = round(median(used[name]) * 1e3, 3)
        line[f"{name}_all"] = measuring.summary([t for each in rounds for t in each])
    return {**line, "machine": machine.end()}


def _operation(n: int, **parts: Any) -> Any:
    from benchmarks.gdprbench import operator as bench
    from benchmarks.gdprbench.sealed import OPERATOR
    from benchmarks.loading import numbered
    from tutela.core.vocabulary import SYSTEM, Action
    from tutela.gate.rules import Operation

    given = {
        "operator": OPERATOR,
        "subject": numbered(1, n),
        "action": Action.USE,
        "purpose": bench.purpose(n),
        "fields": frozenset({bench.data_field(n), bench.ADDRESS}),
        "actor": SYSTEM,
    }
    return Operation(**{**given, **parts})


def _scope() -> Any:
    from benchmarks.gdprbench.sealed import OPERATOR
    from tutela.db.scope import operator_scope

    return operator_scope(OPERATOR)


def _decide(n: int) -> None:
    from tutela.gate import actions as gate

    with _scope():
        gate.decide(_operation(n))


def _find(n: int) -> None:
    from benchmarks.gdprbench import operator as bench
    from tutela.core.vocabulary import Action, LawPurpose
    from tutela.gate import actions as gate
    from tutela.vault import actions as vault

    with _scope():
        permit: Any = gate.decide(
            _operation(
                n,
                subject=None,
                action=Action.EXTRACTION,
                purpose=LawPurpose.IDENTIFICATION,
                fields=frozenset({bench.ADDRESS}),
            )
        )
        vault.find(permit, bench.ADDRESS, f"person{n}@bench.example")


def _export(n: int) -> None:
    from tutela.core.vocabulary import Action, LawPurpose
    from tutela.gate import at_once

    operation = _operation(n, action=Action.EXTRACTION, purpose=LawPurpose.SUBJECT_RIGHTS)
    at_once.look(operation)


def _erase(n: int) -> None:
    from tutela.core.vocabulary import Action, LawPurpose
    from tutela.gate import actions as gate
    from tutela.vault import actions as vault

    with _scope():
        permit: Any = gate.decide(
            _operation(n, action=Action.DESTRUCTION, purpose=LawPurpose.RETENTION)
        )
        done = vault.destroy(permit)
    if done.values not in {0, 2}:
        raise AssertionError("More or less was destroyed than one person's values.")


_WORK: dict[str, Callable[[int], None]] = {
    "decide": _decide,
    "find": _find,
    "export": _export,
    "erase": _erase,
}


def _print(lines: list[dict[str, Any]]) -> None:
    measuring.table(
        ("people", *(f"{name} ms (CPU)" for name in _WORK), "others"),
        [
            (
                line["people"],
                *(f"{line[f'{name}_ms']:.2f} ({line[f'{name}_cpu_ms']:.2f})" for name in _WORK),
                f"{line['machine']['cpu_others']:.0%}",
            )
            for line in lines
        ],
    )


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks growth")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--times", type=int, default=200, help="of each kind of work in a round")
    given = parser.parse_args(arguments)
    run(sorted(given.sizes), given.times)


if __name__ == "__main__":
    main(sys.argv[1:])
