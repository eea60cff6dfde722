"""What the journal costs as it grows to ten million entries: ``python -m benchmarks.journal``.

At each size, on one server of its own: appending through the real call in a transaction of its
own, sequencing through the real sequencer, inclusion and consistency proofs with nothing cached,
pages, searches and counts. Growth between the sizes is loaded: the rows that the sequencer would
have written (entries, leaves, tiles, a checkpoint every thousand), through COPY; each size then
goes on with the real sequencer, and its signed root is checked against the leaves at random.

Every figure is given at each size and as a ratio to the first; the machine's load and what others
took of the processor stand beside them, because the figures of a busy machine jump.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks import bulk

REPORT = Path(__file__).parent / "reports" / "journal.json"
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
CHUNK = 25_000
GOAL_PROOF = 1.0
"""Milliseconds of CPU for a proof at any size."""
_SUBJECTS = 50_000
_FIRST_SUBJECT = UUID("018d0000-0000-7000-8000-000000000000").int
_BEGIN = datetime.now(UTC) - timedelta(days=2000)


def _setup(home: Path) -> Any:
    os.environ["TUTELA_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tutela.settings")
    import django

    django.setup()
    from django.conf import settings

    settings.TUTELA_HOME = home
    from tutela import app
    from tutela.db.connect import point
    from tutela.db.migrate import bring_up_to_date
    from tutela.db.server import open_server

    app.wire()
    server = open_server(home)
    point(server.owner_url, server.owner_url)
    bring_up_to_date(lambda _line: None)
    return server


RARE = "12.9"
"""The clause of the rare kind of entries; the others are spread over many."""


def _made(operator: Any, first: int, count: int) -> list[Any]:
    """Entries as a busy operator's days make them, for the leaves from ``first`` on."""
    from tutela.core.ids import new_id
    from tutela.core.vocabulary import SYSTEM, Actor, ActorKind
    from tutela.journal.entries import Row

    draw = random.Random(first)  # noqa: S311 - a benchmark draws no secrets
    subjects = [UUID(int=_FIRST_SUBJECT + each) for each in range(_SUBJECTS)]
    actors = [SYSTEM, Actor(ActorKind.STAFF, "7", "officer")]
    made = []
    for index in range(first, first + count):
        kind = draw.choices(
            ["gate.permitted", "gate.refused", "consent.given", "obligation.opened", "staff.role"],
            [80, 10, 5, 4.99, 0.01],
        )[0]
        made.append(
            Row(
                operator=operator,
                id=new_id(),
                number=0,
                kind=kind,
                at=_BEGIN + timedelta(seconds=15 * index),
                subject=draw.choice(subjects),
                actor=draw.choice(actors),
                action=draw.choice(["collection", "recording", "use", "extraction", "provision"]),
                purpose=draw.choice(["orders", "newsletter", "support", "subject-rights"]),
                basis=draw.choice(["consent", "contract", "law"]),
                clause=RARE
                if kind == "staff.role"
                else f"{draw.randrange(1, 12)}.{draw.randrange(9)}",
                automated=draw.random() < 0.7,  # noqa: PLR2004
                policy_version=1,
                data={"rule": "consent", "count": 2, "fields": ["email", "name"], "point": "order"},
            )
        )
    return made


_ENTRY = (
    *("operator_id", "id", "kind", "at", "data", "subject_id", "actor_kind", "actor_id"),
    *("actor_role", "action", "purpose", "basis", "clause", "automated", "policy_version"),
)


def _load(part: tuple[Any, int, int]) -> bytes:
    """Write the entries and leaves of a part; the hashes of the leaves."""
    from tutela.journal import tree
    from tutela.journal.entries import leaf_data

    operator, first, count = part
    rows = _made(operator, first, count)
    hashes = [tree.leaf_hash(leaf_data(each)) for each in rows]
    leaves = [
        (operator, index, row.id, leaf)
        for index, (row, leaf) in enumerate(zip(rows, hashes, strict=True), start=first)
    ]
    bulk.copy(
        [
            ("journal_entry", _ENTRY, map(_line, rows)),
            ("journal_leaf", bulk.LEAF, leaves),
        ]
    )
    return b"".join(hashes)


def _line(row: Any) -> tuple[Any, ...]:
    who = (str(row.actor.kind), row.actor.id, row.actor.role)
    what = (row.action, row.purpose, row.basis, row.clause, row.automated, row.policy_version)
    told = (row.operator, row.id, row.kind, row.at, json.dumps(row.data), row.subject)
    return (*told, *who, *what)


def _quantiles(times: list[float]) -> dict[str, float]:
    """Median, p50 is the same, and p99, in milliseconds."""
    ordered = sorted(times)
    return {
        "p50_ms": round(statistics.median(ordered) * 1000, 3),
        "p99_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1000, 3),
    }


def _timed(work: Callable[[], object], times: int) -> dict[str, float]:
    walls, cpus = [], []
    for _ in range(times):
        cpu, wall = time.process_time(), time.perf_counter()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return {**_quantiles(walls), "cpu_ms": round(statistics.median(cpus) * 1000, 3)}


def _busy() -> tuple[float, float]:
    """Seconds of processor that the whole machine has spent, and all that it had."""
    fields = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    ticks = os.sysconf("SC_CLK_TCK")
    return (sum(fields) - fields[3] - fields[4]) / ticks, sum(fields) / ticks


def _of_server(server: Any) -> float:
    """Seconds of processor of our PostgreSQL, children included."""
    ticks, spent = os.sysconf("SC_CLK_TCK"), 0
    root = str(server)
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and _descends(int(entry.name), int(root)):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                spent += int(fields[11]) + int(fields[12])
        except (OSError, ValueError, IndexError):
            continue
    return spent / ticks


def _descends(pid: int, ancestor: int) -> bool:
    while pid > 1:
        if pid == ancestor:
            return True
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return False


def measure(operator: Any, size: int) -> dict[str, Any]:
    """Everything that must not depend on the size, at this size."""
    from tutela.db.scope import operator_scope
    from tutela.journal import store

    draw = random.Random(size)  # noqa: S311
    busy, whole = _busy()
    own, server = time.process_time(), _of_server(os.getpid())
    figures = _writing(operator)
    with operator_scope(operator):
        last = store.last_checkpoint(operator)
        assert last is not None
        signed, root = last.size, bytes(last.root)
    figures |= _proving(operator, signed, draw) | _asking(operator)
    with operator_scope(operator):
        proven = _check(operator, signed, root, draw)
    spent, had = _busy()
    mine = time.process_time() - own + _of_server(os.getpid()) - server
    return {
        "size": size,
        "leaves": signed,
        "figures": figures,
        "proofs_checked": proven,
        "bytes_per_entry": _bytes(signed),
        "others_share_of_cpu": round(max(0.0, (spent - busy - mine) / (had - whole)), 3),
        "load": [round(each, 2) for each in os.getloadavg()],
    }


def _writing(operator: Any) -> dict[str, Any]:
    """One entry in a transaction of its own, and what the sequencer takes."""
    from tutela.db.scope import operator_scope
    from tutela.journal import actions, sequencer
    from tutela.journal.entries import KeyUsed

    def append() -> None:
        with operator_scope(operator):
            actions.append(operator, KeyUsed(key="x"))

    alone = _timed(append, 1000)
    with operator_scope(operator):
        for _ in range(4000):
            actions.append(operator, KeyUsed(key="x"))
    begun = time.perf_counter()
    taken = sequencer.sequence(operator)
    rate = round(taken / (time.perf_counter() - begun))
    return {"append": alone, "sequence": {"entries_per_s": rate}}


def _proving(operator: Any, signed: int, draw: random.Random) -> dict[str, Any]:
    from tutela.journal import store

    def inclusion() -> None:
        store.inclusion_proof(operator, draw.randrange(signed), signed)

    def consistency() -> None:
        store.consistency_proof(operator, draw.randrange(1, signed), signed)

    return {
        "inclusion proof": _often(operator, inclusion, 300),
        "consistency proof": _often(operator, consistency, 300),
    }


def _asking(operator: Any) -> dict[str, Any]:
    from tutela.journal import actions, filters
    from tutela.journal.watch import watch

    def page(**asked: Any) -> Callable[[], object]:
        return lambda: actions.entries(operator, limit=50, newest_first=True, **asked)

    def chosen(**asked: Any) -> Callable[[], object]:
        return lambda: filters.search(operator, filters.Filter(**asked), limit=50)

    return {
        "page, newest": _often(operator, page()),
        "page, a rare kind": _often(operator, page(kinds=("staff.role",))),
        "page, a rare clause": _often(operator, chosen(clause=RARE)),
        "page, a clause": _often(operator, chosen(clause="3.4")),
        "count": _often(operator, lambda: actions.count(operator)),
        "count by kind": _often(operator, lambda: actions.count_by_kind(operator)),
        "is it whole": _often(operator, lambda: watch(operator), 20),
    }


def _often(operator: Any, work: Callable[[], object], times: int = 100) -> dict[str, float]:
    from tutela.db.scope import operator_scope

    with operator_scope(operator):
        work()
        return _timed(work, times)


def _check(operator: Any, size: int, root: bytes, draw: random.Random) -> int:
    """Prove random entries, from their rows, against the signed root."""
    from tutela.journal import store, tree
    from tutela.journal.entries import leaf_data

    node = tree.nodes(store.load_tile(operator))
    for _ in range(200):
        index = draw.randrange(size)
        _, row = next(store.sequenced(operator, index + 1, start=index))
        assert row is not None
        leaf = tree.leaf_hash(leaf_data(row))
        proof = tree.inclusion_proof(index, size, node)
        assert tree.verify_inclusion(leaf, index, size, proof, root), index
    return 200


def _bytes(size: int) -> dict[str, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND "
            "relname IN ('journal_entry', 'journal_leaf', 'journal_tile', 'journal_checkpoint')"
        )
        return {name: round(total / size) for name, total in sorted(cursor.fetchall())}


def _grow_to(operator: Any, size: int) -> float:
    from django.db import connection

    from tutela.journal import sequencer

    begun = time.perf_counter()
    log = bulk.Log(operator)
    listed = [(operator, *part) for part in bulk.parts(log.built.size, size, CHUNK)]
    with bulk.open_to_copy(["journal_entry", "journal_leaf"]):
        for hashes in bulk.in_processes(_load, listed):
            log.add(bulk.split(hashes))
            print(f"\r{log.built.size:>12,} entries", end="", file=sys.stderr, flush=True)
    sequencer.sequence(operator)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE journal_entry, journal_leaf, journal_tile, journal_pending")
    print(file=sys.stderr)
    return time.perf_counter() - begun


def run(sizes: tuple[int, ...]) -> Iterator[dict[str, Any]]:
    from tutela.core.ids import new_id
    from tutela.journal import sequencer

    operator = new_id()
    for size in sizes:
        sequencer.sequence(operator)
        took = _grow_to(operator, size)
        found = measure(operator, size)
        yield {**found, "grown_in_s": round(took, 1)}


def show(found: list[dict[str, Any]]) -> None:
    sizes = [each["size"] for each in found]
    print(f"{'':22}" + "".join(f"{size:>22,}" for size in sizes) + f"{'last / first':>15}")
    for name in found[0]["figures"]:
        cells, values = [], []
        for each in found:
            figure = each["figures"][name]
            if name == "sequence":
                cells.append(f"{figure['entries_per_s']:,} entries/s")
                values.append(1 / figure["entries_per_s"])
            else:
                cells.append(f"{figure['p50_ms']} / {figure['p99_ms']} ms")
                values.append(figure["p50_ms"])
        print(
            f"{name:22}" + "".join(f"{c:>22}" for c in cells) + f"{values[-1] / values[0]:>14.2f}x"
        )
    for name in ("inclusion proof", "consistency proof"):
        cpu = [each["figures"][name]["cpu_ms"] for each in found]
        print(f"{name + ', CPU':22}" + "".join(f"{each:>19} ms" for each in cpu))
    print(f"{'others took':22}" + "".join(f"{e['others_share_of_cpu']:>21.0%} " for e in found))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--to", type=int, default=SIZES[-1], help="the largest size")
    parser.add_argument("--report", type=Path, default=REPORT)
    arguments = parser.parse_args()
    sizes = tuple(each for each in SIZES if each <= arguments.to) or (arguments.to,)
    with tempfile.TemporaryDirectory(prefix="tutela-benchmark-") as place:
        server = _setup(Path(place))
        found = []
        try:
            for each in run(sizes):
                found.append(each)
                _write(arguments.report, found)
        finally:
            server.stop()
    show(found)
    worst = max(
        each["figures"][name]["cpu_ms"]
        for each in found
        for name in ("inclusion proof", "consistency proof")
    )
    print(f"A proof takes {worst} ms of CPU at most; the goal is under {GOAL_PROOF} ms.")
    return 0


def _write(report: Path, found: list[dict[str, Any]]) -> None:
    report.parent.mkdir(parents=True, exist_ok=True)
    machine = {"python": platform.python_version(), "cores": os.cpu_count()}
    content = {"benchmark": "journal", "machine": machine, "sizes": found}
    report.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
