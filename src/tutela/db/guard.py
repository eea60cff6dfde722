"""Stands between Tutela and PostgreSQL, so that the server never outlives who started it.

Run as a script by ``db.server``, never imported. It gives up root's rights, starts PostgreSQL,
and stops it as soon as its own parent is gone, even if that was killed with SIGKILL: the parent
holds the other end of standard input, which then closes. Should the guard itself be killed, the
kernel interrupts PostgreSQL (``PR_SET_PDEATHSIG``), which is a fast and clean shutdown too.

The one argument is JSON: ``argv`` (the program and its arguments), ``user`` and ``group`` (ids to
take on, or null).
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import sys
import time
from typing import Any

_PR_SET_PDEATHSIG = 1
_LOOK_EVERY = 0.5  # seconds between looks at the parent
_PATIENCE = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))


def _give_up_root(user: int | None, group: int | None) -> None:
    if user is not None and group is not None:
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)


def _start(argv: list[str], libc: Any) -> int:
    guard = os.getpid()
    child = os.fork()
    if child:
        return child
    if sys.platform == "linux":
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
    if os.getppid() != guard:
        os._exit(1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.execv(argv[0], argv)  # noqa: S606 - the launcher passes a checked path
    raise AssertionError  # not reached


class _Ended(Exception):
    """PostgreSQL has ended by itself."""

    def __init__(self, status: int) -> None:
        self.code = os.waitstatus_to_exitcode(status)


def _look_at(child: int) -> None:
    pid, status = os.waitpid(child, os.WNOHANG)
    if pid:
        raise _Ended(status)


def _stop(child: int) -> None:
    for number, patience in _PATIENCE:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, number)
        end = time.monotonic() + patience
        while time.monotonic() < end:
            _look_at(child)
            time.sleep(0.02)


def _watch(child: int, parent: int, asked: list[int], wake: int) -> None:
    """Return when PostgreSQL should stop; raise ``_Ended`` when it has ended by itself."""
    while not asked and os.getppid() == parent:
        _look_at(child)
        ready, _, _ = select.select([0, wake], [], [], _LOOK_EVERY)
        if wake in ready:
            os.read(wake, 4096)
        if 0 in ready:
            return


def main() -> int:
    order = json.loads(sys.argv[1])
    libc = ctypes.CDLL(None)
    parent = os.getppid()
    asked: list[int] = []
    wake, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: asked.append(received))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    _give_up_root(order["user"], order["group"])
    child = _start(order["argv"], libc)
    try:
        _watch(child, parent, asked, wake)
        _stop(child)
    except _Ended as ended:
        return ended.code if ended.code >= 0 else 128 - ended.code
    return 1


if __name__ == "__main__":
    sys.exit(main())
