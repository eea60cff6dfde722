"""The worker: looks again and again, waits after failures, takes back what a killed one had."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from procrastinate.contrib.django import app as deferred
from tests.jobs.conftest import NORTH, SOUTH, START

from tutela.jobs import engine
from tutela.jobs.worker import Backoff, Worker, rescue, worker_app

DONE = threading.Event()


@deferred.task(name="tests.jobs.ring")
def ring() -> None:
    DONE.set()


def failed(*keys) -> engine.Step:
    return engine.Step(START, failures=tuple(engine.Failure(*key, "Broken") for key in keys))


def test_a_failing_sweep_waits_twice_as_long_each_time_and_at_most_five_minutes():
    now = 0.0
    backoff = Backoff(lambda: now)
    pauses = []
    for _ in range(12):
        backoff.note(failed((NORTH, "alpha")))
        began = now
        while backoff.skip(NORTH, "alpha"):
            now += 1
        pauses.append(now - began)
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses[-1] == 300


def test_only_the_failing_sweep_of_that_operator_waits():
    backoff = Backoff(lambda: 0.0)
    backoff.note(failed((NORTH, "alpha")))
    assert backoff.skip(NORTH, "alpha")
    assert not backoff.skip(NORTH, "beta")
    assert not backoff.skip(SOUTH, "alpha")


def test_a_sweep_that_works_again_starts_from_the_shortest_pause():
    now = 0.0
    backoff = Backoff(lambda: now)
    for moment in (0.0, 10.0, 20.0):
        now = moment
        backoff.note(failed((NORTH, "alpha")))
    now = 100.0
    backoff.note(engine.Step(START))
    backoff.note(failed((NORTH, "alpha")))
    now = 101.5
    assert not backoff.skip(NORTH, "alpha")


def test_a_look_while_a_sweep_waits_does_not_forget_that_it_failed():
    now = 0.0
    backoff = Backoff(lambda: now)
    backoff.note(failed((NORTH, "alpha")))
    now = 0.5
    backoff.note(engine.Step(START))
    assert backoff.skip(NORTH, "alpha")


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_what_is_due_and_stops_when_told(world):
    world.due.append((START, NORTH, "alpha"))
    worker = Worker()
    worker.start()
    end = time.monotonic() + 15
    while not world.lived and time.monotonic() < end:
        time.sleep(0.05)
    assert worker.stop(10)
    assert world.lived == [(START, NORTH, "alpha")]


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_a_deferred_task(world):
    DONE.clear()
    ring.defer()
    worker = Worker()
    worker.start()
    assert DONE.wait(15)
    assert worker.stop(10)


def leave_behind(heartbeat: str) -> int:
    """A task in the hands of a worker whose last sign of life was ``heartbeat`` ago."""
    job = ring.defer()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval) "
            "RETURNING id",
            [heartbeat],
        )
        (worker,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s",
            [worker, job],
        )
    return job


def status(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        return cursor.fetchone()[0]


def _rescued() -> int:
    async def ask() -> int:
        async with worker_app().open_async() as app:
            return await rescue(app)

    with ThreadPoolExecutor() as apart:  # a browser of other tests may have a loop running here
        return apart.submit(lambda: asyncio.run(ask())).result()


@pytest.mark.django_db(transaction=True)
def test_a_task_of_a_killed_worker_is_taken_back():
    job = leave_behind("1 minute")
    assert _rescued() == 1
    assert status(job) == "todo"


@pytest.mark.django_db(transaction=True)
def test_a_task_of_a_living_worker_is_left_to_it():
    job = leave_behind("2 seconds")
    assert _rescued() == 0
    assert status(job) == "doing"


@pytest.mark.django_db(transaction=True)
def test_a_task_that_was_taken_back_is_done(world):
    DONE.clear()
    leave_behind("1 minute")
    worker = Worker()
    worker.start()
    assert DONE.wait(15)
    assert worker.stop(10)
