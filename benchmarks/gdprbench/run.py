"""Runs both sides in turn on one server and compares them."""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import queue
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from benchmarks import measuring
from benchmarks.gdprbench.facts import TTL, USERS, WORKLOADS, steps
from benchmarks.gdprbench.side import Missing
from benchmarks.home import Home, fresh_home

SIDES = ("plain", "logged", "tutela")
ROUNDS = 5
"""Each side's operations are cut into this many parts, run in turn with those of the other."""
WAITS = 40
"""How often each turn looks how long one row needs to the disk."""
SEQUENCE_EVERY = 1.0
"""Seconds between two looks of the sequencer, as in the worker."""
WARMING = 20
"""Each client first does this many operations that are not timed: where a server runs, its clients
have connection, statements and policy ready."""
FORK = multiprocessing.get_context("fork")


@dataclass
class Outcome:
    """What one client saw in one round. ``gone`` are records it deleted, ``missing`` those it did
    not find; ``times`` are seconds by operation."""

    seconds: float = 0.0
    times: dict[str, list[float]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    made: set[int] = field(default_factory=set)
    missing: set[int] = field(default_factory=set)
    retries: int = 0
    decisions: int = 0


def _client(make: Callable[[], Any], plan: dict[str, Any], start: Any, results: Any) -> None:
    side, seen = make(), Outcome()
    listed = list(steps(**plan))
    for place, step in enumerate(listed[:WARMING]):
        _carry_out(side, step, place, seen)
    start.wait()
    began = time.perf_counter()
    for place, step in enumerate(listed[WARMING:], WARMING):
        at = time.perf_counter()
        _carry_out(side, step, place, seen)
        seen.times.setdefault(step.name, []).append(time.perf_counter() - at)
    seen.seconds = time.perf_counter() - began
    seen.decisions = side.decisions
    side.close()
    results.put(seen)


def _carry_out(side: Any, step: Any, place: int, seen: Outcome) -> None:
    work = getattr(side, step.name)
    versioned = step.name in {"update_data", "update_metadata_by_key"}
    arguments = (step.n, place + 1) if versioned else (step.n,)
    while True:
        try:
            work(*arguments)
        except Missing as missing:
            seen.missing.add(missing.n)
        except Exception as error:
            if "deadlock" not in str(error) and "serialize" not in str(error):
                raise
            seen.retries += 1
            continue
        break
    if step.name == "delete_by_key":
        seen.gone.add(step.n)
    elif step.name == "create":
        seen.made.add(step.n)


def _round(make: Callable[[], Any], plans: list[dict[str, Any]]) -> list[Outcome]:
    """All clients at once, each a process of its own."""
    start, results = FORK.Barrier(len(plans)), FORK.Queue()
    clients = [FORK.Process(target=_client, args=(make, plan, start, results)) for plan in plans]
    for each in clients:
        each.start()
    outcomes = []
    while len(outcomes) < len(clients):
        with contextlib.suppress(queue.Empty):
            outcomes.append(results.get(timeout=5))
        if any(each.exitcode not in {None, 0} for each in clients):
            for each in clients:
                each.kill()
            raise RuntimeError("A client of the benchmark failed; its traceback stands above.")
    for each in clients:
        each.join()
    return outcomes


def _alone(ask: Callable[[], int]) -> int:
    """An answer of the database without a connection left open: clients are forked, and two
    processes must not share one."""
    from django.db import connections

    try:
        return ask()
    finally:
        connections.close_all()


@contextlib.contextmanager
def _sequencer() -> Iterator[None]:
    """The journal is sequenced beside the clients, as the worker does it."""
    from benchmarks.gdprbench.sealed import OPERATOR
    from tutela.journal import actions as journal

    stop = FORK.Event()

    def work() -> None:
        while not stop.wait(SEQUENCE_EVERY):
            journal.sequence(OPERATOR)

    process = FORK.Process(target=work)
    process.start()
    try:
        yield
    finally:
        stop.set()
        process.join()


@dataclass
class Case:
    """One workload with so many clients, on both sides."""

    workload: str
    records: int
    operations: int
    clients: int
    gone: dict[str, set[int]]
    made: dict[str, set[int]]

    def run(self, home: Home) -> dict[str, Any]:
        from benchmarks.gdprbench.plain import Logged, Plain, waits
        from benchmarks.gdprbench.sealed import Sealed, answers

        before, decisions = _alone(answers), 0
        make: dict[str, Callable[[], Any]] = {
            "plain": lambda: Plain(home.app_url),
            "logged": lambda: Logged(home.app_url),
            "tutela": Sealed,
        }
        seen: dict[str, list[Outcome]] = {name: [] for name in make}
        rates: dict[str, list[float]] = {name: [] for name in make}
        machine, disk = measuring.Machine.begin(), []
        for turn in range(ROUNDS):
            disk += waits(home.app_url, WAITS)
            for name, side in make.items():
                watching = _sequencer() if name == "tutela" else contextlib.nullcontext()
                with watching:
                    outcomes = _round(side, self._plans(turn))
                count = sum(len(each) for one in outcomes for each in one.times.values())
                rates[name].append(count / max(each.seconds for each in outcomes))
                seen[name] += outcomes
                self._remember(name, outcomes)
                decisions += sum(each.decisions for each in outcomes)
        if _alone(answers) - before != decisions:
            raise AssertionError("An operation is not in the journal, or is there twice.")
        line = self._line(rates, seen, machine.end())
        return {**line, "one_row_on_disk": measuring.summary(disk)}

    def _plans(self, turn: int) -> list[dict[str, Any]]:
        count = self.operations // ROUNDS // self.clients
        return [
            {
                "workload": self.workload,
                "records": self.records,
                "count": count + WARMING,
                "client": client,
                "clients": self.clients,
                "seed": turn * 100 + self.clients,
                "fresh": self.records + (turn + ROUNDS * self.clients) * 1_000_000,
            }
            for client in range(self.clients)
        ]

    def _remember(self, name: str, outcomes: list[Outcome]) -> None:
        for each in outcomes:
            self.gone[name] |= each.gone
            self.made[name] |= each.made
        for each in outcomes:
            if never := each.missing - self.gone[name]:
                raise AssertionError(f"{len(never)} records are missing that nobody deleted.")

    def _line(
        self, rates: dict[str, list[float]], seen: dict[str, list[Outcome]], machine: dict[str, Any]
    ) -> dict[str, Any]:
        ratios, of_logged = (
            [b / a for a, b in zip(rates[name], rates["tutela"], strict=True)]
            for name in ("plain", "logged")
        )
        sides = {
            name: {
                "per_second": round(median(rates[name]), 1),
                "rounds": [round(each, 1) for each in rates[name]],
                "retries": sum(each.retries for each in outcomes),
                "operations": _by_operation(outcomes),
                **measuring.summary(
                    [t for o in outcomes for each in o.times.values() for t in each]
                ),
            }
            for name, outcomes in seen.items()
        }
        return {
            "workload": self.workload,
            "records": self.records,
            "clients": self.clients,
            "ratio": round(median(ratios), 3),
            "ratios": [round(each, 3) for each in ratios],
            "ratio_to_logged": round(median(of_logged), 3),
            **sides,
            "machine": machine,
        }


def _by_operation(outcomes: list[Outcome]) -> dict[str, Any]:
    times: dict[str, list[float]] = {}
    for each in outcomes:
        for name, listed in each.times.items():
            times.setdefault(name, []).extend(listed)
    return {
        name: {"count": len(listed), **measuring.summary(listed)} for name, listed in times.items()
    }


def run(sizes: list[int], clients: list[int], operations: int, workloads: list[str]) -> None:
    lines, spaces = [], []
    for records in sizes:
        with fresh_home() as home:
            spaces.append(_fill(home, records))
            gone: dict[str, set[int]] = {name: set() for name in SIDES}
            made: dict[str, set[int]] = {name: set() for name in SIDES}
            for workload in workloads:
                for count in clients:
                    case = Case(workload, records, operations, count, gone, made)
                    lines.append(case.run(home))
                    _print([lines[-1]])
            spaces[-1] |= _check_the_end(home, records, gone, made)
    print()
    _print(lines)
    measuring.report("gdprbench", {"runs": lines, "space": spaces})


def _fill(home: Home, records: int) -> dict[str, Any]:
    from django.db import connections

    from benchmarks.gdprbench import plain, sealed
    from benchmarks.gdprbench.space import space
    from tutela.journal import actions as journal

    sealed.publish()
    print(f"Filling all sides with {records:,} records …", flush=True)
    for schema in (plain.PLAIN, plain.LOGGED):
        plain.create(home.owner_url, urlsplit(home.app_url).username or "", records, schema)
    sealed.fill(records)
    journal.sequence(sealed.OPERATOR, batch=5000)
    found = space(home.owner_url, records)
    connections.close_all()  # clients are forked, and a connection must not be shared
    return found


def _check_the_end(
    home: Home, records: int, gone: dict[str, set[int]], made: dict[str, set[int]]
) -> dict[str, Any]:
    """Nothing that was deleted or is over is there, and nothing else is missing."""
    from django.db import connections

    from benchmarks.gdprbench import plain, sealed
    from tutela.db.scope import operator_scope
    from tutela.journal import actions as journal

    later = timedelta(seconds=TTL[0] + 1)
    url, schemas = home.owner_url, {"plain": plain.PLAIN, "logged": plain.LOGGED}
    expired = {name: plain.expire(url, later, each) for name, each in schemas.items()}
    expired["tutela"] = sealed.expire(later)
    kept = {name: plain.left(url, each) for name, each in schemas.items()}
    for name, left in {**kept, "tutela": sealed.left()}.items():
        there = (set(range(records)) | made[name]) - gone[name]
        if left != {n for n in there if n % len(TTL)}:
            raise AssertionError(f"{name}: what is left is not what should be left.")
    journal.sequence(sealed.OPERATOR, batch=5000)
    with operator_scope(sealed.OPERATOR):
        audit = journal.verify_database(sealed.OPERATOR)
    if audit.problem:
        raise AssertionError(audit.problem)
    connections.close_all()
    return {"expired": expired, "users": min(records, USERS), "journal_verified": True}


def _print(lines: list[dict[str, Any]]) -> None:
    measuring.table(
        (
            "workload",
            "records",
            "clients",
            "plain/s",
            "logged/s",
            "tutela/s",
            "ratio",
            "to logged",
            "p99 plain",
            "p99",
            "disk",
            "others",
        ),
        [
            (
                line["workload"],
                line["records"],
                line["clients"],
                line["plain"]["per_second"],
                line["logged"]["per_second"],
                line["tutela"]["per_second"],
                line["ratio"],
                line["ratio_to_logged"],
                f"{line['plain']['p99_ms']:.1f} ms",
                f"{line['tutela']['p99_ms']:.1f} ms",
                f"{line['one_row_on_disk']['p50_ms']:.2f} ms",
                f"{line['machine']['cpu_others']:.0%}",
            )
            for line in lines
        ],
    )


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks gdprbench")
    parser.add_argument("--records", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--operations", type=int, default=10_000)
    order = ["regulator", "processor", "customer", "controller"]
    parser.add_argument("--workloads", nargs="+", choices=sorted(WORKLOADS), default=order)
    given = parser.parse_args(arguments)
    run(given.records, given.clients, given.operations, given.workloads)
