"""Processes that purge and that change keys are killed with SIGKILL, again and again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.retention import actions as retention
from tutela.retention.models import Act
from tutela.vault import ending_lines, endings, keystore, rotation, rows, tasks
from tutela.vault.models import Ending, OperatorKey, Shred, Value
from tutela.vault.people import left_of

KILLS = int(os.environ.get("TUTELA_TEST_KILLS", "2"))
PEOPLE = int(os.environ.get("TUTELA_TEST_PEOPLE", "32"))
OVER = datetime(2029, 6, 5, tzinfo=UTC)
BEGINNING = """
import sys, time
from datetime import datetime
from uuid import UUID
import django
django.setup()
from tutela.app import wire
wire()
from tutela.core import clock
from tutela.retention import sweeping
from tutela.vault import rotation
operator, over = UUID(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
sweeping.TOGETHER = 4
print("ready", flush=True)
sys.stdin.readline()
with clock.use(clock.ManualClock(over)):
"""
PROGRAMS = {
    "purge": """
    while True:
        sweeping.sweep(operator, over)
        time.sleep(0.01)
""",
    "keys": """
    while True:
        for kind in rotation.Kind:
            begun = rotation.begin(operator, kind, destroy_old=True)
            while rotation.step(operator, begun, page=3) is not rotation.Outcome.ENDED:
                pass
            rotation.end_keys(operator)
""",
}


def _start(operator: UUID, program: str) -> subprocess.Popen[str]:
    there = connection.settings_dict
    url = (
        f"postgresql://{there['USER']}:{there['PASSWORD']}@/{there['NAME']}"
        f"?host={there['HOST']}&port={there['PORT']}"
    )
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tutela.settings",
        "DATABASE_URL": url,
        "TUTELA_HOME": str(settings.TUTELA_HOME),
    }
    return subprocess.Popen(
        [sys.executable, "-c", BEGINNING + PROGRAMS[program], str(operator), OVER.isoformat()],
        env=surroundings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _opens(operator: UUID, subject: UUID) -> int:
    with operator_scope(operator):
        sealed = list(rows.current(operator, subject))
        return sum(1 for _ in rows.open_all(operator, subject, sealed))


def _every_promise_holds(world, people: list[UUID]) -> set[UUID]:
    """Everybody is whole and opens, or is gone with one act, entry and line; who is gone."""
    operator, gone = world.operator, set()
    for each in people:
        with operator_scope(operator):
            left = bool(left_of(operator, [each]))
            known = identity.destroyed_at(operator, each) is not None
            acts = len(retention.acts(operator, each))
            noted = Ending.objects.filter(subject_id=each, kind=endings.DESTROYED).count()
        entries = world.kinds(each).count("retention.destroyed")
        destroyed = world.standing(each).destroyed
        state = (left, known, acts, noted, entries, destroyed)
        assert state in {(True, False, 0, 0, 0, False), (False, True, 1, 1, 1, True)}
        if left:
            assert _opens(operator, each) == 4
        else:
            gone.add(each)
    path = endings.path(operator)
    lines = ending_lines.read_file(path) if Path(path).exists() else []
    assert len({line.subject for line in lines}) == len(lines)
    assert {line.subject for line in lines} <= gone, "a line of what was not committed"
    return gone


def _acts(operator: UUID) -> int:
    with operator_scope(operator):
        return Act.objects.count()


def _wait_for_another_act(operator: UUID, before: int) -> None:
    """Not while it starts, but while it is at it."""
    for _ in range(500):
        if _acts(operator) != before:
            return
        time.sleep(0.02)


def test_killed_anywhere_purge_and_rotation_lose_nobody_and_end_everybody_once(
    committed, capsys
) -> None:
    world, operator = committed, committed.operator
    people = [world.person() for _ in range(PEOPLE)]
    for each in people:
        world.send(each)
    world.at.set(OVER)
    with operator_scope(operator):
        slots = list(Value.objects.values_list("slot", flat=True))
    when, in_the_middle = random.Random(7), 0  # noqa: S311 - to be repeated, not to be secret
    for _ in range(KILLS):
        running = [_start(operator, program) for program in PROGRAMS]
        for each in running:
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        before = _acts(operator)
        for each in running:
            assert each.stdin is not None
            each.stdin.write("go\n")
            each.stdin.close()
        _wait_for_another_act(operator, before)
        time.sleep(when.uniform(0.0, 0.1))
        for each in running:
            each.kill()
            assert each.wait(60) == -signal.SIGKILL
            each.stdout.close()  # type: ignore[union-attr]
        gone = _every_promise_holds(world, people)
        in_the_middle += 0 < len(gone) < len(people)
    retention.sweep(operator, clock.now())
    while tasks.rotate(operator, clock.now()):
        pass
    tasks.shred(operator, clock.now())
    assert _every_promise_holds(world, people) == set(people)
    with operator_scope(operator):
        assert not Shred.objects.exists()
        assert not Ending.objects.filter(number=None).exists()
        assert not rotation.open_ones(operator)
        numbers = sorted(act.number for act in retention.acts(operator, limit=PEOPLE + 1))
        keys = list(OperatorKey.objects.values_list("use", "state"))
    assert numbers == list(range(1, PEOPLE + 1))
    assert sorted(use for use, state in keys if state == "current") == ["index", "wrapping"]
    assert {state for _use, state in keys} <= {"current", "destroyed"}
    assert set(keystore.shares(operator, slots)) == {None}
    assert in_the_middle, "every kill missed the purge"
    assert len(ending_lines.read_file(endings.path(operator))) == PEOPLE
    journal.sequence(operator)
    with capsys.disabled():
        print(f"\n{2 * KILLS} kills, {in_the_middle} of {KILLS} moments within the purge")  # noqa: T201
