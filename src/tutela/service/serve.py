"""Serves the pages from this process: one process, several threads, gone within seconds.

granian starts its workers as processes; its thread server is meant for Python without the
global lock, but serves as well with it. One process means one clock, one start, one thing to
kill (ADR 0010).
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from granian.constants import Interfaces
from granian.server.mt import MTServer

from tutela.core.errors import Conflict
from tutela.service.reading_on import ReadingOn

PORT = 8600
"""Where the pages are unless something else is said."""
_THREADS = 8
_KEEP_THREADS = 600  # seconds, the most granian allows; a thread keeps its connection
PATIENCE = 2.0
"""Seconds for answers in hand once the program was told to stop, unless something else is said."""
_LOOPBACK = "127.0.0.1"


class PortTaken(Conflict):
    """Another program listens on the port."""


def free_port(port: int, address: str = _LOOPBACK) -> int:
    """``port`` if nobody listens on it, and any free one for 0.

    Raises ``PortTaken`` with what to do.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OverflowError:
            raise PortTaken(f"There is no port {port}; choose one from 1024 to 65535.") from None
        except PermissionError:
            raise PortTaken(
                f"Port {port} is reserved for the system; choose another with --port."
            ) from None
        except OSError:
            raise PortTaken(
                f"Port {port} is taken by another program; stop that program, or choose another "
                f"port, for example --port {port + 1 if port < 65535 else PORT}."  # noqa: PLR2004
            ) from None
        return int(probe.getsockname()[1])


class _Threads(MTServer):
    """granian with its workers as threads of this process."""

    def __init__(
        self, application: Any, *, address: str, port: int, stopping: Callable[[], None]
    ) -> None:
        self._application, self._stopping = ReadingOn(application), stopping
        super().__init__(
            "tutela",
            address=address,
            port=port,
            interface=Interfaces.WSGI,
            blocking_threads=_THREADS,
            blocking_threads_idle_timeout=_KEEP_THREADS,
            log_enabled=False,
        )

    def _check_gil(self) -> None:
        """Python with the global lock will do."""

    def signal_handler_interrupt(self, *arguments: Any, **keywords: Any) -> None:
        self._stopping()
        super().signal_handler_interrupt(*arguments, **keywords)  # type: ignore[no-untyped-call]

    def signal_handler_reload(self, *arguments: Any, **keywords: Any) -> None:
        """A closed terminal ends the program; there are no workers to renew."""
        self.signal_handler_interrupt(*arguments, **keywords)

    def run(self) -> None:
        self.serve(target_loader=lambda: self._application, wrap_loader=False)


def serve(
    application: Any,
    *,
    port: int,
    ready: Callable[[], None],
    cleanup: Callable[[], None],
    address: str = _LOOPBACK,
    patience: float = PATIENCE,
) -> None:
    """Answer requests until SIGINT or SIGTERM; ``ready`` is called once they are answered.

    Answers in hand get ``patience`` seconds to finish. If they do not, ``cleanup`` runs and the
    process ends: what they were doing is rolled back by the database, as after any crash.
    """

    def give_up() -> None:
        cleanup()
        os._exit(0)

    def stopping() -> None:
        timer = threading.Timer(patience, give_up)
        timer.daemon = True
        timer.start()
        timers.append(timer)

    timers: list[threading.Timer] = []
    server = _Threads(application, address=address, port=port, stopping=stopping)
    threading.Thread(target=_when_it_answers, args=(address, port, ready), daemon=True).start()
    try:
        server.run()
    finally:
        for timer in timers:
            timer.cancel()


def _when_it_answers(address: str, port: int, ready: Callable[[], None]) -> None:
    while True:
        try:
            socket.create_connection((address, port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            ready()
            return


@contextlib.contextmanager
def every(seconds: float, do: Callable[[], None]) -> Iterator[None]:
    """Do something again and again in a thread of its own while the block runs."""
    stopped = threading.Event()

    def again() -> None:
        while not stopped.wait(seconds):
            do()

    thread = threading.Thread(target=again, name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(seconds)
