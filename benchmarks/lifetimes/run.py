"""``python -m benchmarks lifetimes``: ten years of many lives, and what another program finds.

--people N    how many (a population of 1,000,000 is a matter of time, not of memory)
--shards S    so many processes, each with a home, people and a checker of its own; one report
--every D     days between two ticks on which people act
--home PATH   keep the installation there, and go on from where it was stopped
--minutes M   stop acting after so long, and say how far it came
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks import measuring
from benchmarks.home import fresh_home
from benchmarks.lifetimes import checker
from benchmarks.lifetimes.lives import YEAR, YEARS, by_tick

PEOPLE, EVERY, SEED = 2000, 30, 6


def live(people: int, every: int, seed: int, folder: Path, *, minutes: float = 0) -> dict[str, Any]:
    """Live through the ten years, or as much of them as there is time for."""
    from benchmarks.lifetimes.living import BATCH, BEGINNING, Living

    world, plan = Living(), by_tick(seed, people, every)
    began, spent = time.perf_counter(), {"acting": 0.0, "falling due": 0.0}
    last = world.place()
    for tick in range(YEARS * YEAR // every + 2):
        moment = BEGINNING + timedelta(days=tick * every)
        if tick < last[0]:
            continue
        if minutes and time.perf_counter() - began > minutes * 60:
            break
        with _counted(spent, "falling due"):
            world.until(moment)
        if tick % (YEAR // every) == 0:
            follow(world, folder / "journal.jsonl")
        steps = plan.get(tick, [])
        for batch, start in enumerate(range(0, len(steps), BATCH)):
            if (tick, batch) > last:
                with _counted(spent, "acting"):
                    world.carry_out(tick, batch, steps[start : start + BATCH])
    follow(world, folder / "journal.jsonl")
    spent["all"] = time.perf_counter() - began
    return {
        "world": world,
        "until": world.clock.now(),
        "spent": _with_before(folder / "spent.json", spent),
        "done": _with_before(folder / "done.json", dict(world.done)),
    }


def _with_before(path: Path, now: dict[str, float]) -> dict[str, float]:
    """The sums of this run and those before it that it goes on from."""
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    sums = {name: before.get(name, 0) + now.get(name, 0) for name in {**before, **now}}
    path.write_text(json.dumps(sums), encoding="utf-8")
    return sums


@contextlib.contextmanager
def _counted(spent: dict[str, float], what: str) -> Iterator[None]:
    began = time.perf_counter()
    try:
        yield
    finally:
        spent[what] += time.perf_counter() - began


def follow(world: Any, log: Path) -> None:
    """Write what the journal has behind the last line of the file, as somebody does who follows
    it: it forgets people when their evidence has served its time, and the file does not."""
    from tutela.db.scope import operator_scope
    from tutela.journal import actions as journal
    from tutela.journal.entries import leaf_data

    journal.sequence(world.operator)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a+", encoding="utf-8") as stream, operator_scope(world.operator):
        stream.seek(0)
        whole = [line for line in stream if line.endswith("\n")]
        position = json.loads(whole[-1])["index"] + 1 if whole else 0
        stream.seek(0)
        stream.truncate(sum(len(line.encode()) for line in whole))
        while page := journal.follow(world.operator, position, 5000):
            for index, row in page:
                said = {"entry": leaf_data(row).decode()} if row is not None else {}
                stream.write(json.dumps({"index": index, **said}) + "\n")
            position = page[-1][0] + 1


def export(world: Any, folder: Path) -> tuple[Path, Path, Path]:
    """The journal as it was followed, the acts, the policy's file: all that the checker gets."""
    from benchmarks.lifetimes.living import SAMPLE
    from tutela.db.scope import operator_scope
    from tutela.retention import actions as retention

    acts = folder / "acts.jsonl"
    with operator_scope(world.operator), acts.open("w", encoding="utf-8") as stream:
        for each in retention.acts(world.operator, limit=100_000_000):
            stream.write(json.dumps(each.envelope) + "\n")
    return folder / "journal.jsonl", acts, SAMPLE / "policy.yaml"


def left_behind(world: Any) -> int:
    """Rows that the vault still has of people who were destroyed whole: asked of the database."""
    from tutela.db.scope import operator_scope
    from tutela.vault import actions as vault

    with operator_scope(world.operator):
        return vault.left_of_destroyed(world.operator)


def judged(files: tuple[Path, Path, Path], until: Any) -> checker.Report:
    log, acts, policy = files
    with log.open(encoding="utf-8") as journal, acts.open(encoding="utf-8") as made:
        return checker.check(journal, made, policy.read_text(encoding="utf-8"), until)


def one(people: int, every: int, seed: int, place: Path | None, minutes: float) -> dict[str, Any]:
    """The figures of one home, lived, exported, and judged by the checker."""
    with fresh_home(place) as installed:
        from django.db import connections

        from benchmarks.lifetimes.living import prepare

        prepare(connections["owner"])
        folder = installed.path / "exported"
        lived = live(people, every, seed, folder, minutes=minutes)
        world = lived.pop("world")
        files = export(world, folder)
        began = time.perf_counter()
        report = judged(files, lived["until"])
        checked, left = time.perf_counter() - began, left_behind(world)
        sizes = {each.name: each.stat().st_size for each in files}
    for fault in report.faults[:20]:
        print(f"  {fault.kind}: {fault.subject} {fault.record} {fault.field}: {fault.why}")
    return {
        "people_planned": people,
        "people": report.people,
        "records": report.records,
        "fields": report.fields,
        "fields_destroyed": report.destroyed,
        "fields_kept_on_a_ground": report.kept_on_a_ground,
        "acts": report.acts,
        "until": lived["until"].date().isoformat(),
        "seconds": round(lived["spent"]["all"], 1),
        "seconds_by_part": {name: round(each, 1) for name, each in lived["spent"].items()},
        "steps": lived["done"],
        "checker_seconds": round(checked, 1),
        "exported_bytes": sizes,
        "left_in_the_vault": left,
        "faults": report.counts(),
    }


def _shard(place: int, given: argparse.Namespace, out: Path) -> subprocess.Popen[bytes]:
    """A process of its own for one shard; the seeds differ, and so do the people."""
    command = [sys.executable, "-m", "benchmarks", "lifetimes", "--figures", str(out)]
    command += ["--people", str(given.people // given.shards), "--every", str(given.every)]
    command += ["--seed", str(given.seed + place), "--minutes", str(given.minutes)]
    if given.home:
        command += ["--home", str(Path(given.home) / f"shard-{place}")]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def side_by_side(given: argparse.Namespace) -> list[dict[str, Any]]:
    """The figures of every shard. Raises ``RuntimeError`` if one has failed."""
    with tempfile.TemporaryDirectory(prefix="tutela-lifetimes-") as folder:
        outs = [Path(folder) / f"{place}.json" for place in range(given.shards)]
        processes = [_shard(place, given, out) for place, out in enumerate(outs)]
        for process in processes:
            process.wait()
        if not all(out.exists() for out in outs):
            raise RuntimeError("A shard has failed; run it alone with its seed to see why.")
        return [json.loads(out.read_text(encoding="utf-8")) for out in outs]


def merged(shards: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Counts added, and the time of the slowest: the shards ran side by side."""
    whole: dict[str, Any] = {}
    for figures in shards:
        for name, each in figures.items():
            if isinstance(each, dict):
                kept = whole.setdefault(name, {})
                whole[name] = {key: round(kept.get(key, 0) + each[key], 1) for key in each} | {
                    key: value for key, value in kept.items() if key not in each
                }
            elif isinstance(each, str):
                whole[name] = min(whole.get(name, each), each)
            elif name == "seconds":
                whole[name] = max(whole.get(name, 0.0), each)
            else:
                whole[name] = round(whole.get(name, 0) + each, 1)
    return whole


def run(given: argparse.Namespace) -> int:
    home = Path(given.home).resolve() if given.home else None
    if given.figures:
        figures = one(given.people, given.every, given.seed, home, given.minutes)
        Path(given.figures).write_text(json.dumps(figures), encoding="utf-8")
        return 0
    machine = measuring.Machine.begin()
    if given.shards > 1:
        shards = side_by_side(given)
    else:
        shards = [one(given.people, given.every, given.seed, home, given.minutes)]
    figures = {"shards": given.shards, **merged(shards)}
    busy = machine.end()
    rate, each = figures["people"] / figures["seconds"], busy["cpu_seconds"] / figures["people"]
    figures["people_a_second"] = round(rate, 2)
    figures["hours_for_a_million"] = round(1e6 / rate / 3600, 1)
    figures["cpu_milliseconds_a_person"] = round(each * 1000, 1)
    figures["core_hours_for_a_million"] = round(1e6 * each / 3600, 1)
    for name, each in figures.items():
        print(f"{name.replace('_', ' '):26}{each}")
    measuring.report("lifetimes", {**figures, "machine": busy})
    return int(bool(any(figures["faults"].values()) or figures["left_in_the_vault"]))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks lifetimes")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--shards", type=int, default=1, help="processes with homes of their own")
    parser.add_argument("--figures", default="", help=argparse.SUPPRESS)
    parser.add_argument("--every", type=int, default=EVERY, help="days between two ticks")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--home", default="", help="keep the installation here, and go on from it")
    parser.add_argument("--minutes", type=float, default=0, help="stop acting after so long")
    return run(parser.parse_args(arguments))
