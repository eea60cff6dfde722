"""Takes the ground from under Tutela and looks for what was lost.

    python -m tests.campaigns.faults [--rounds 3] [--seconds 60] [--seed N] [--home DIR]

In each round, while people send forms and withdraw: the database cannot be reached for a while,
PostgreSQL is killed, the process of the pages is killed, another worker comes and is killed, the
clock jumps by hours and back, and, on a small disk of its own, the disk is full to the last byte
and PostgreSQL's write-ahead log cannot grow. In the end the clock jumps back by years. After each
the inspection of the kill campaign looks.

The disk is a tmpfs that needs root; without it that fault is left out, and said to be.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors
from tests.campaigns.chaos import CLIENTS, OPERATOR, Campaign, Refused
from tests.campaigns.processes import Installation
from tests.campaigns.visitor import Answer, Unanswered, Visitor

SMALL = "200m"  # of memory, at most; a home of the demonstration takes about a third of it
HOURS = dt.timedelta(hours=7)
YEARS = dt.timedelta(days=3 * 365)
UNAVAILABLE = 503
_SEGMENTS = 64  # more than PostgreSQL keeps ready
FORM = f"/en/{OPERATOR}/forms/order/"


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[str]:
    """Mount a small file system on ``folder``; yields why not, or nothing."""
    reason = "only root can mount a small disk" if os.geteuid() else ""
    if not reason:
        options = f"size={SMALL},mode=0755"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        reason = f"mounting a small disk is refused: {done.stderr.strip()}" * bool(done.returncode)
    try:
        yield reason
    finally:
        if not reason:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


@dataclass
class Faults(Campaign):
    """``kills`` counts faults; ``seconds`` is how long something is away; ``small`` tells that
    the home lies on a small disk. ``only`` chooses faults by a part of their name."""

    seconds: float = 60.0
    small: bool = False
    only: str = ""
    left_out: frozenset[str] = frozenset()
    of: str = "times"

    def kinds(self) -> dict[str, Callable[[], None]]:
        found = {
            "database out of reach": self._database_out_of_reach,
            "database killed": partial(self._killed, self.tutela.kill_database),
            "process killed": partial(self._killed, self.tutela.kill_main),
            "another worker, killed": self._another_worker,
            "clock hours ahead and back": self._clock_ahead_and_back,
        }
        if self.small:
            found["disk full"] = self._disk_full
            found["write-ahead log cannot grow"] = self._no_more_log
        return {
            name: fault
            for name, fault in found.items()
            if self.only in name and name not in self.left_out
        }

    def _round(self, number: int) -> None:
        kinds = list(self.kinds().items())
        name, fault = kinds[number % len(kinds)]
        began = time.monotonic()
        fault()
        self._recover("main" if self.tutela.is_down() else "")
        self._must_go_on(name)
        self.counts[name] += 1
        self.inspection.look(f"fault {number + 1}, {name}")
        self.say(
            f"fault {number + 1:3}: {name}, {time.monotonic() - began:.0f} s; acknowledged so "
            f"far: {len(self.ledger.forms)} forms, {len(self.ledger.withdrawals)} withdrawals"
        )

    def _live_to_the_end(self) -> None:
        """A day later even the letters that a full disk kept back are tried again and leave."""
        self._insist(partial(self.advance, jump="day"))
        super()._live_to_the_end()
        for person in self.ledger.people:
            person.leaving = True  # their time is over, and going back does not bring it again
        self._jump(-YEARS)
        self._must_go_on("the clock went back by years")
        self.inspection.look("years back")
        self.inspection.check_journal()
        self.counts["clock years back"] += 1

    # the faults

    @contextlib.contextmanager
    def _people(self) -> Iterator[None]:
        """People go on sending and withdrawing while the block runs, and stop after it."""
        stopping = threading.Event()
        seeds = [self.choose.getrandbits(32) for _ in range(CLIENTS)]
        clients = [
            threading.Thread(target=self._live_through, args=(seed, stopping)) for seed in seeds
        ]
        for client in clients:
            client.start()
        self._wait_for(self._done + self.choose.randint(1, 3))
        try:
            yield
        finally:
            stopping.set()
            for client in clients:
                client.join(90)
                if client.is_alive():
                    self.ledger.problem("A client hangs after a fault.")

    def _live_through(self, seed: int, stopping: threading.Event) -> None:
        """As ``_live``, and again after an answer that did not come."""
        choose = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
        while not stopping.is_set():
            self._live("withdrawal", choose.getrandbits(32), stopping)
            stopping.wait(0.2)

    def _database_out_of_reach(self) -> None:
        with self._people(), self.tutela.without_database():
            end = time.monotonic() + self.seconds
            asked = 0
            while time.monotonic() < end or not asked:
                self._must_say(Visitor(self.tutela.url).get(FORM), "database", "Nothing was saved")
                asked += 1
                time.sleep(0.5)
            self._must_be("/health/live", 200)
            self._must_be("/health/ready", UNAVAILABLE)
        self._until_it_works()
        self._must_be("/health/ready", 200)

    def _killed(self, kill: Callable[[], None]) -> None:
        with self._people():
            kill()

    def _another_worker(self) -> None:
        """Three work at once: the pages' own, the one beside them, and this one."""
        with self.tutela.another_worker(), self._people():
            time.sleep(self.choose.uniform(0.5, 2.0))
            self.tutela.kill_worker()

    def _disk_full(self) -> None:
        """Everybody is told in a sentence, and what fitted before is there."""
        with self._people():
            pass
        with self.tutela.without_room():
            refused = 0
            end = time.monotonic() + 90
            while refused < 3 and time.monotonic() < end and not self.tutela.is_down():
                person = self.ledger.new_person()
                try:
                    page = Visitor(self.tutela.url).get(FORM)
                    refused += page.status == UNAVAILABLE
                    if page.status == 200:
                        self._send(Visitor(self.tutela.url), person, "order")
                except Unanswered:
                    break
                except Exception as refusal:  # noqa: BLE001 - asked again below, by its answer
                    refused += self._told_there_is_no_room(refusal, person)
                finally:
                    self.ledger.give_back(person)
            if not refused and not self.tutela.is_down():
                self.ledger.problem("A full disk refused nobody; the fault did not happen.")

    def _no_more_log(self) -> None:
        """PostgreSQL gives up then, and comes back by itself once there is room."""
        with self._people():
            pass
        with (
            psycopg.connect(**self.tutela.address(), autocommit=True) as inside,
            self.tutela.without_room(),
        ):
            self._use_up_the_log(inside)
            end = time.monotonic() + min(self.seconds, 10.0)
            while time.monotonic() < end:
                person = self.ledger.new_person()
                with contextlib.suppress(Unanswered, Refused, AssertionError):
                    self._send(Visitor(self.tutela.url, patience=10), person, "order")
                self.ledger.give_back(person)
                time.sleep(0.2)
            self._must_say(Visitor(self.tutela.url).get(FORM), "Nothing was saved")
        self._until_it_works()

    def _use_up_the_log(self, inside: psycopg.Connection[Any]) -> None:
        """Fill the segments that were made before, until PostgreSQL has to make one and cannot."""
        try:
            for _ in range(_SEGMENTS):
                inside.execute("SELECT pg_logical_emit_message(false, 'campaign', 'full')")
                inside.execute("SELECT pg_switch_wal()")
        except (errors.DiskFull, psycopg.OperationalError):
            return
        self.ledger.problem("The write-ahead log grew on a full disk; the fault did not happen.")

    def _told_there_is_no_room(self, refusal: Exception, person: object) -> bool:
        form = getattr(person, "forms")[-1:]  # noqa: B009 - of a person of the ledger
        if not form:
            return False
        try:
            answer = Visitor(self.tutela.url).post(form[0].path, form[0].values)
        except Unanswered:
            return False
        if answer.status >= 400:
            self._must_say(answer, "", "Nothing was saved")
        return answer.status == UNAVAILABLE

    def _clock_ahead_and_back(self) -> None:
        self._jump(HOURS)
        self._must_go_on("the clock went ahead")
        self._jump(-2 * HOURS)
        self._must_go_on("the clock went back")

    def _jump(self, by: dt.timedelta) -> None:
        """Whoever runs sees another time from one moment to the next: killed, and up again."""
        self.tutela.move_clock(by)
        self.tutela.kill_worker()
        self.tutela.kill_main()
        self.tutela.start()
        self.tutela.restart_worker()

    # what must hold after each

    def _must_go_on(self, after: str) -> None:
        """Somebody new sends a form and withdraws; neither is kept waiting."""
        choose = random.Random(self.choose.getrandbits(32))  # noqa: S311 - as above
        before = len(self.ledger.forms), len(self.ledger.withdrawals)
        self._insist(partial(self._send_form, choose))
        self._insist(partial(self._leave, choose))
        if (len(self.ledger.forms), len(self.ledger.withdrawals)) <= before:
            self.ledger.problem(f"After {after} nothing is taken any more.")

    def _must_say(self, answer: Answer, *words: str) -> None:
        if answer.status != UNAVAILABLE or not answer.header("Retry-After"):
            self.ledger.problem(f"{answer.url} answered {answer.status} without Retry-After.")
        elif not all(each in answer.text for each in words):
            self.ledger.problem(f"{answer.url} does not say what to do.")

    def _must_be(self, path: str, status: int) -> None:
        found = Visitor(self.tutela.url).get(path).status
        if found != status:
            self.ledger.problem(f"{path} answered {found} instead of {status}.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="faults", description="Take the ground from Tutela.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long something is away")
    parser.add_argument("--only", default="", help="the faults whose name contains this")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--home", type=Path, help="a new folder, kept; else one that is removed")
    options = parser.parse_args()
    folder = options.home or Path(tempfile.mkdtemp(prefix="tutela-faults-"))
    folder.mkdir(parents=True, exist_ok=True)
    _say(f"seed {options.seed}, {options.rounds} rounds, in {folder}")
    with small_disk(folder) as reason:
        campaign = Faults(
            Installation(folder / "home"),
            0,
            options.seed,
            _say,
            seconds=options.seconds,
            small=not reason,
            only=options.only,
        )
        campaign.kills = options.rounds * len(campaign.kinds())
        problems = campaign.run()
    _say(f"\n{campaign.summary()}\nseed {options.seed}")
    if reason:
        _say(f"The disk was never full: {reason}.")
    for each in problems:
        _say(f"PROBLEM: {each}")
    if not problems and options.home is None:
        shutil.rmtree(folder)
    return 1 if problems else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
