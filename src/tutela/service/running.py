"""Runs everything in one process: the database, the pages and the background work."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string

from tutela.cli.database import opened
from tutela.cli.say import complain
from tutela.core.errors import TutelaError
from tutela.db.server import Server
from tutela.intake import running as letters
from tutela.jobs.worker import Worker
from tutela.service import after_restore, metrics
from tutela.service.following import Follower
from tutela.service.serve import PORT, every, free_port, serve
from tutela.vault import actions as vault

_LOOPBACK = "127.0.0.1"
_WATCH = 0.5  # seconds between looks at the embedded server
_LONGEST_PAUSE = 8.0  # seconds between two attempts to bring it back
_WORK_MAY_TAKE = 0.7  # seconds for background work in hand once the program was told to stop


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``prepare`` runs once the tables are there, ``welcome`` once pages are answered.

    Without ``port`` the public address's port is used.
    """

    port: int | None = None
    address: str = _LOOPBACK
    prepare: Callable[[], None] = _nothing
    welcome: Callable[[str], None] = lambda _url: None


def run(plan: Plan) -> int:
    """Serve until SIGINT or SIGTERM, then stop everything, by default within three seconds.

    Raises ``PortTaken`` before anything is started, ``HomeInUse`` if the home has a holder.
    """
    public = urlsplit(settings.TUTELA_PUBLIC_URL)
    port = free_port(plan.port or public.port or PORT, plan.address)
    with opened(join=False) as server:
        plan.prepare()
        application = import_string(settings.WSGI_APPLICATION)
        worker, post = Worker(), letters.Service()

        def ready() -> None:
            if isinstance(server, Server):
                server.announce(settings.TUTELA_PUBLIC_URL)
            try:
                plan.welcome(settings.TUTELA_PUBLIC_URL)
            finally:
                connections.close_all()
                after_restore.begin()
                worker.start()
                post.start()

        def cleanup() -> None:
            if server is not None:
                server.stop()

        with contextlib.ExitStack() as stack:
            stack.enter_context(vault.listening())
            if isinstance(server, Server):
                stack.enter_context(every(_WATCH, _Reviver(server)))
            stack.enter_context(metrics.served())
            stack.callback(worker.stop, _WORK_MAY_TAKE)
            stack.callback(post.stop, _WORK_MAY_TAKE)
            serve(
                application,
                port=port,
                address=plan.address,
                ready=ready,
                cleanup=cleanup,
                patience=settings.TUTELA_STOP_SECONDS,
            )
    return 0


class _Reviver:
    """Starts the embedded server again when it has died, as often as that takes.

    What ended it may last, as a full disk does; meanwhile pages answer that nothing was saved.
    """

    def __init__(self, server: Server) -> None:
        self._server, self._pause, self._not_before = server, _WATCH, 0.0

    def __call__(self) -> None:
        if time.monotonic() < self._not_before:
            return
        try:
            self._server.revive()
        except (TutelaError, OSError) as error:
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
            self._not_before = time.monotonic() + self._pause
            complain(f"{error} Trying again in {self._pause:.0f} s.")
        else:
            self._pause = _WATCH


def work(ready: Callable[[], None]) -> int:
    """Only the background work, until SIGINT or SIGTERM (which raise ``KeyboardInterrupt``).

    It waits for somebody else to run the embedded server: started by this process, the server
    would keep the home from the pages, which may be about to start again after a crash.
    """
    try:
        with opened(wait=True), metrics.served():
            ready()
            with vault.listening():
                after_restore.begin()
                _work()
    except KeyboardInterrupt:
        return 0


def _work() -> NoReturn:
    follower = Follower(Path(settings.TUTELA_HOME))
    follower.look()
    worker, post = Worker(), letters.Service()
    worker.start()
    try:
        post.start()
        while True:
            time.sleep(_WATCH)
            follower.look()
    finally:
        post.stop(settings.TUTELA_STOP_SECONDS)
        worker.stop(settings.TUTELA_STOP_SECONDS)
