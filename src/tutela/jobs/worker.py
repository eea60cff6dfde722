"""Background work: sweeps once a second, deferred tasks as they come, and rescue after a kill.

A deadline is a row that a sweep finds, never a sleeping job, so nothing is forgotten when the
worker dies. A deferred task (a letter) that a killed worker had in hand stays marked as being
done; once that worker's heartbeat is silent, another takes the task back. Tasks therefore run
at least once and must be safe to repeat. Several workers may run on one database.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable
from uuid import UUID

from django.db import DatabaseError, close_old_connections, connections
from procrastinate import App
from procrastinate.contrib.django import app as deferred
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from tutela.core import closed
from tutela.core.clock import SystemClock
from tutela.jobs import engine

log = logging.getLogger(__name__)

_TICK = 1.0  # seconds between looks at what is due
_LONGEST_PAUSE = 300.0  # seconds until a failing sweep is tried again, at most
_HEARTBEAT = 5.0  # seconds
_SILENCE = 20.0  # seconds without heartbeat after which a worker counts as killed
_TASKS_AT_ONCE = 2


class Backoff:
    """Leaves a failing sweep alone for a while: 1, 2, 4 … seconds, at most five minutes.

    Only that sweep of that operator waits; everything else goes on.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._waiting: dict[tuple[UUID, str], tuple[float, float]] = {}

    def skip(self, operator: UUID, sweep: str) -> bool:
        until, _ = self._waiting.get((operator, sweep), (0.0, 0.0))
        return self._now() < until

    def note(self, step: engine.Step) -> None:
        """Learn from a step: what failed waits longer, what was tried and did not fail is free."""
        now = self._now()
        failed = {(each.operator, each.sweep) for each in step.failures}
        tried = {key for key, (until, _) in self._waiting.items() if until <= now}
        for key in tried - failed:
            del self._waiting[key]
        for key in failed:
            _, pause = self._waiting.get(key, (0.0, _TICK / 2))
            pause = min(2 * pause, _LONGEST_PAUSE)
            self._waiting[key] = (now + pause, pause)


class Worker:
    """Runs until ``stop``."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._backoff = Backoff()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: asyncio.Task[None] | None = None
        self._threads = [
            threading.Thread(target=self._sweep, name="sweeps", daemon=True),
            threading.Thread(target=self._run_deferred, name="deferred", daemon=True),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, patience: float = 2.0) -> bool:
        """Ask the work in hand to end; whether it did within ``patience`` seconds."""
        self._stopping.set()
        if self._loop is not None and self._tasks is not None:
            with contextlib.suppress(RuntimeError):  # the loop has just ended by itself
                self._loop.call_soon_threadsafe(self._tasks.cancel)
        end = time.monotonic() + patience
        for thread in filter(threading.Thread.is_alive, self._threads):
            thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _sweep(self) -> None:
        pause = _TICK
        while not self._stopping.wait(pause):
            try:
                close_old_connections()
                if closed.reason() is not None:
                    continue
                engine.look()
                self._backoff.note(engine.run_now(skip=self._backoff.skip, tolerant=True))
                pause = _TICK
            except DatabaseError as error:
                pause = min(2 * pause, _LONGEST_PAUSE / 10)
                log.warning("The database does not answer; looking again soon.", exc_info=error)
                connections.close_all()
        connections.close_all()

    def _run_deferred(self) -> None:
        pause = _TICK
        while not self._stopping.is_set():
            try:
                if _is_open():
                    asyncio.run(self._deferred())
                pause = _TICK
            except asyncio.CancelledError:
                return
            except Exception as error:
                log.warning("Deferred work was interrupted; going on soon.", exc_info=error)
                pause = min(2 * pause, _LONGEST_PAUSE / 10)
            self._stopping.wait(pause)

    async def _deferred(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._tasks = asyncio.current_task()
        if self._stopping.is_set():
            return
        async with worker_app().open_async() as app:
            rescue = asyncio.create_task(_keep_rescuing(app))
            try:
                await app.run_worker_async(
                    concurrency=_TASKS_AT_ONCE,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    fetch_job_polling_interval=_HEARTBEAT,
                    update_heartbeat_interval=_HEARTBEAT,
                    stalled_worker_timeout=_SILENCE,
                    shutdown_graceful_timeout=_TICK,
                )
            finally:
                rescue.cancel()


def _is_open() -> bool:
    """Whether work may be done; whoever asks keeps no connection for it."""
    try:
        return closed.reason() is None
    finally:
        connections.close_all()


def worker_app() -> App:
    """The app of deferred tasks on connections fit for a worker; few of them."""
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4)
    return deferred.with_connector(connector)


async def _keep_rescuing(app: App) -> None:
    while True:
        await rescue(app)
        await asyncio.sleep(_HEARTBEAT)


async def rescue(app: App, silence: float = _SILENCE) -> int:
    """Take back the tasks of workers that have been silent for ``silence`` seconds; how many.

    The machine's clock counts here, not the demo's: heartbeats are real.
    """
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silence))
    for job in stalled:
        await app.job_manager.retry_job(job, retry_at=SystemClock().now())
    await app.job_manager.prune_stalled_workers(silence)
    if stalled:
        log.info("Took back %d tasks of a worker that was killed.", len(stalled))
    return len(stalled)
