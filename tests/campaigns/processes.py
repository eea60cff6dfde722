"""Real Tutela processes on a home of their own: started, killed, asked and stopped from outside."""

from __future__ import annotations

import contextlib
import datetime as dt
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from tutela.db.binaries import find_binaries

PROGRAM = Path(sys.executable).with_name("tutela")
_CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
_OURS = ("TUTELA_", "DATABASE_", "DJANGO_", "PG")


class DidNotStart(AssertionError):
    """The process ended, or answered nobody in time."""


def environment(home: Path) -> dict[str, str]:
    """What a fresh shell has, so that nothing of the test's own process leaks in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    kept.pop("COVERAGE_PROCESS_START", None)
    return {**kept, "TUTELA_HOME": str(home), "PYTHONUNBUFFERED": "1"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Installation:
    """``tutela demo`` from one home. What the processes say lies in ``said``, outside the home."""

    def __init__(self, home: Path, port: int | None = None) -> None:
        self.home = home
        self.move_to(port or free_port())
        self.said = home.with_name(f"{home.name}.said")
        self._main: subprocess.Popen[bytes] | None = None
        self._worker: subprocess.Popen[bytes] | None = None

    def move_to(self, port: int) -> None:
        """Where the pages will be from the next start on."""
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    # starting and stopping

    def start(self, *, worker: bool = False, patience: float = 240.0) -> Installation:
        """Start the pages (and a second process that only works) and wait until they answer."""
        self._main = self._spawn("demo", "--no-browser", "--port", str(self.port))
        self.wait(patience)
        if worker:
            self._worker = self._spawn("worker")
        return self

    def _spawn(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.said.open("ab") as log:
            return subprocess.Popen(
                [PROGRAM, *arguments],
                env=environment(self.home),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait(self, patience: float = 30.0) -> None:
        end = time.monotonic() + patience
        while not self.answers():
            if self._main is None or self._main.poll() is not None:
                raise DidNotStart(f"The process has ended:\n{self.last_words()}")
            if time.monotonic() > end:
                raise DidNotStart(f"Nobody answered for {patience:.0f} s:\n{self.last_words()}")
            time.sleep(0.05)

    def answers(self) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            line.request("GET", "/en/")
            return line.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()

    def last_words(self) -> str:
        return self.said.read_text(encoding="utf-8", errors="replace")[-3000:]

    def stop(self) -> None:
        """End both processes as an operator would, and be sure that they are gone."""
        for process in (self._worker, self._main):
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in (self._worker, self._main):
            if process is not None:
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self._main = self._worker = None

    @contextlib.contextmanager
    def running(self, *, worker: bool = False) -> Iterator[Installation]:
        try:
            yield self.start(worker=worker)
        finally:
            self.stop()

    # killing

    @property
    def main(self) -> int:
        assert self._main is not None
        return self._main.pid

    def is_down(self) -> bool:
        """Whether the process that serves the pages has ended."""
        return self._main is None or self._main.poll() is not None

    def kill_main(self) -> None:
        """kill -9 of the process that serves the pages; PostgreSQL then stops by itself."""
        self._kill(self._main)

    def kill_worker(self) -> None:
        self._kill(self._worker)
        self._worker = None

    def restart_worker(self) -> None:
        """Start the working process again unless it lives."""
        if self._worker is None or self._worker.poll() is not None:
            self._worker = self._spawn("worker")

    @staticmethod
    def _kill(process: subprocess.Popen[bytes] | None) -> None:
        if process is not None and process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()

    def kill_database(self) -> None:
        """kill -9 of PostgreSQL's first process, as an OOM killer would."""
        lock = self.home / "postgres" / "data" / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, IndexError, ValueError):
            os.kill(int(lock.read_text(encoding="ascii").split()[0]), signal.SIGKILL)

    def kill_backend(self) -> None:
        """kill -9 of one of PostgreSQL's processes that serve us; all others restart with it."""
        with contextlib.suppress(psycopg.Error, OSError, ProcessLookupError):
            served = self.sql(
                "SELECT pid FROM pg_stat_activity WHERE usename = 'tutela_app' "
                "ORDER BY state <> 'active', pid LIMIT 1"
            )
            for (pid,) in served:
                os.kill(pid, signal.SIGKILL)

    # taking things away

    @contextlib.contextmanager
    def without_database(self) -> Iterator[None]:
        """PostgreSQL runs and cannot be reached: its socket is elsewhere, sessions are cut."""
        door = Path(json.loads((self.home / "running.json").read_text(encoding="utf-8"))["folder"])
        with psycopg.connect(**self.address(), autocommit=True) as inside:
            sockets = [path for path in door.iterdir() if path.is_socket()]
            moved = [path.rename(path.with_name(f"away{path.name}")) for path in sockets]
            try:
                while inside.execute(_CUT).rowcount:  # one may just be coming in
                    time.sleep(0.2)
                yield
            finally:
                for path in moved:
                    path.rename(path.with_name(path.name.removeprefix("away")))

    @contextlib.contextmanager
    def without_room(self) -> Iterator[None]:
        """Nothing more fits on the disk of the home, to the last byte."""
        ballast = self.home.with_name("ballast")
        try:
            with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
                while file.write(bytes(2**20)) == 2**20:
                    pass
            with ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
                while file.write(bytes(512)) == 512:
                    pass
            yield
        finally:
            ballast.unlink(missing_ok=True)

    @contextlib.contextmanager
    def another_worker(self) -> Iterator[None]:
        """One more process that works; in the end it is killed."""
        process = self._spawn("worker")
        try:
            yield
        finally:
            self._kill(process)

    def move_clock(self, by: dt.timedelta) -> None:
        """The clock of the processes jumps while they are down, forward or back."""
        self.sql(
            'INSERT INTO demo_clock (id, "offset") VALUES (1, %s) ON CONFLICT (id) DO UPDATE '
            'SET "offset" = demo_clock."offset" + excluded."offset"',
            by,
        )

    # asking from outside

    def address(self, user: str = "postgres") -> dict[str, Any]:
        """How to reach the database as ``user``, past row-level security for ``postgres``."""
        running = json.loads((self.home / "running.json").read_text(encoding="utf-8"))
        passwords = json.loads((self.home / "database-passwords.json").read_text(encoding="utf-8"))
        return {
            "host": running["folder"],
            "port": running["port"],
            "user": user,
            "password": passwords[user],
            "dbname": "tutela",
        }

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of one statement, as the database's superuser. The connection ends with it."""
        with psycopg.connect(**self.address(), autocommit=True) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def run(self, *arguments: str, patience: float = 120.0) -> subprocess.CompletedProcess[str]:
        """A command of ``tutela`` on this home."""
        return subprocess.run(
            [PROGRAM, *arguments],
            env=environment(self.home),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
        )

    def dump(self, *options: str) -> bytes:
        """Everything the live database holds, by pg_dump."""
        where = self.address()
        done = subprocess.run(
            [Path(find_binaries().program("pg_dump")), "--no-owner", "--format=plain", *options],
            env={
                "PGHOST": str(where["host"]),
                "PGPORT": str(where["port"]),
                "PGUSER": where["user"],
                "PGPASSWORD": where["password"],
                "PGDATABASE": where["dbname"],
                "PATH": os.environ["PATH"],
            },
            capture_output=True,
            check=True,
            timeout=120,
        )
        return done.stdout

    def copy_to(self, home: Path) -> Installation:
        """The same home elsewhere, as from a backup; only while nothing runs here."""
        assert self._main is None, "Stop it first: a copy of open files is no copy."
        shutil.copytree(self.home, home, symlinks=True)
        (home / "socket-folder").unlink(missing_ok=True)
        (home / "running.json").unlink(missing_ok=True)
        return Installation(home)

    def mail(self) -> list[Path]:
        folder = self.home / "demo-mail"
        return sorted(folder.glob("*.log")) if folder.is_dir() else []
