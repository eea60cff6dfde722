"""The embedded PostgreSQL: started with Tutela, gone with Tutela, safe under kill -9.

Terminology: the *home* is TUTELA_HOME, the *holder* is the one process that runs a server from
it, the *guard* is the small process between the holder and PostgreSQL (see ``db.guard``).

What is promised: PostgreSQL ends when its holder ends, however that happens; a holder that
follows waits until every process of the old server is gone and until crash recovery is over,
however long that takes; only the holder's system user can reach the server, through a Unix
socket, with a password. It listens on no network port.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from tutela.db.address import socket_url
from tutela.db.binaries import NoServer, find_binaries
from tutela.db.cluster import APP, DATABASE, OWNER, SUPERUSER, Cluster, bare_environment, make_roles
from tutela.db.locks import HomeInUse, Lock, Running, in_use, read_running, tell_running

_PORT = 5432  # names the socket file only
_LONGEST_SOCKET_FOLDER = 80  # a socket's whole path may take 107 bytes
_SPEAK_AFTER = 3.0  # seconds of silence before a progress line, and between two
_OLD_SERVER_MAY_TAKE = 120.0  # seconds until a dying server must be gone
_LOOK_EVERY = 0.2  # seconds
_LOOKS_MAY_TAKE = 0.2  # seconds; whoever only looks whether a home is free holds it for less
_GUARD_MAY_TAKE = 35.0  # seconds until the guard has stopped PostgreSQL one way or another
_LOG_LIMIT = 1_000_000  # bytes kept of the server's log at a start

# The log may not hold a person's data: statements, parameters, details and the texts of errors
# stay out of it.
_CONFIGURATION = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_wal_size": "256MB",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
}
_SINCE_18 = {"io_method": "sync"}
"""Nothing is read by processes of their own: they take memory at rest and save hardly a wait."""
_ASYNCHRONOUS = 18

Say = Callable[[str], None]


def _silent(_line: str) -> None:
    """Say nothing."""


def _nothing(_waited: float) -> None:
    """Do nothing."""


class _Progress:
    """Says a line once something takes longer than a person should wait without a word."""

    def __init__(self, say: Say) -> None:
        self._say, self._next = say, time.monotonic() + _SPEAK_AFTER
        self._began = time.monotonic()

    def __call__(self, line: str) -> None:
        if time.monotonic() >= self._next:
            self._say(f"{line} ({time.monotonic() - self._began:.0f} s so far)")
            self._next = time.monotonic() + 2 * _SPEAK_AFTER


class Server:
    """A PostgreSQL whose files lie under ``home``. Use ``open_server`` to get one."""

    def __init__(self, home: Path, say: Say = _silent) -> None:
        self.home = home
        self._say = say
        self._cluster = Cluster(home, find_binaries())
        self._held = Lock(home / "lock")
        self._files: Lock | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._sockets = ""
        self._passwords: dict[str, str] = {}
        self._changing = threading.Lock()

    def start(self) -> None:
        """Take the home and start PostgreSQL without waiting for it; ``wait`` does that.

        Raises ``HomeInUse`` if another process holds the home, ``NoServer`` if there are no
        usable programs.
        """
        if not self._held.wait(_LOOKS_MAY_TAKE, _nothing):
            raise in_use(self.home)
        (self.home / "running.json").unlink(missing_ok=True)
        self._cluster.open()
        self._sockets = self._socket_folder()
        with self._changing:
            self._launch()

    def _launch(self) -> None:
        self._files = Lock(self.home / "postgres.lock")
        progress = _Progress(self._say)
        if not self._files.wait(
            _OLD_SERVER_MAY_TAKE, lambda _: progress("Waiting for the former server to stop")
        ):
            raise NoServer(
                f"A server that ran from {self.home} before does not stop; end the processes "
                "named postgres that belong to it, then start again."
            )
        self._passwords = self._cluster.passwords()
        if self._cluster.make():
            self._say("Made a new database")
        # The lock proves that no process of this server lives, so its process file is a leftover
        # of a kill, and the number in it may by now belong to somebody else.
        (self._cluster.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        self._guard = self._start_guard()

    def _socket_folder(self) -> str:
        """A new private folder with a short path; a socket's path may have 107 bytes at most."""
        base = tempfile.gettempdir()
        if len(os.fsencode(base)) > _LONGEST_SOCKET_FOLDER:
            base = "/tmp"  # noqa: S108 - the folder made in it is private
        folder = tempfile.mkdtemp(prefix="tutela-", dir=base)
        user = self._cluster.binaries.user
        if user is not None:
            os.chown(folder, user.uid, user.gid)
        previous = self.home / "socket-folder"
        with contextlib.suppress(FileNotFoundError):
            old = Path(previous.read_text(encoding="utf-8"))
            if old.name.startswith("tutela-") and not old.is_symlink():
                shutil.rmtree(old, ignore_errors=True)
        previous.write_text(folder, encoding="utf-8")
        return folder

    def _start_guard(self) -> subprocess.Popen[bytes]:
        options = {**_CONFIGURATION, "unix_socket_directories": self._sockets, "port": str(_PORT)}
        if self._cluster.binaries.major >= _ASYNCHRONOUS:
            options |= _SINCE_18
        argv = [self._cluster.binaries.program("postgres"), "-D", self._cluster.data]
        for name, value in options.items():
            argv += ["-c", f"{name}={value}"]
        user = self._cluster.binaries.user
        order = {
            "argv": argv,
            "user": user.uid if user else None,
            "group": user.gid if user else None,
        }
        assert self._files is not None  # noqa: S101 - taken by _launch
        with self._log() as log:
            return subprocess.Popen(
                [
                    *(sys.executable, "-I", "-S"),
                    str(Path(__file__).with_name("guard.py")),
                    json.dumps(order),
                ],
                cwd="/",
                env=bare_environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=(self._files.handle, *self._cluster.inherited),
                start_new_session=True,
            )

    @contextlib.contextmanager
    def _log(self) -> Iterator[int]:
        path = self.home / "postgres.log"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(handle).st_size > _LOG_LIMIT:
                os.ftruncate(handle, 0)
            yield handle
        finally:
            os.close(handle)

    def wait(self, address: str = "") -> None:
        """Return once the database accepts work, however long crash recovery takes.

        ``address`` is where the pages are, if they are there already.
        Raises ``NoServer`` with the server's own last words if it gives up.
        """
        progress, pause = _Progress(self._say), 0.02
        while True:
            try:
                with psycopg.connect(self._url(SUPERUSER, "postgres"), autocommit=True) as admin:
                    make_roles(admin, self._passwords)
                break
            except psycopg.OperationalError:
                if not self.alive():
                    raise NoServer(f"PostgreSQL did not start: {self._last_words()}") from None
            progress("PostgreSQL is putting its files in order after an unclean stop")
            time.sleep(pause)
            pause = min(pause * 1.2, 0.5)
        self.announce(address)

    def _last_words(self) -> str:
        log = self.home / "postgres.log"
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-40:]
        telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "error" in line]
        return f"{(telling or lines or ['no reason given'])[-1]} (more in {log})"

    def alive(self) -> bool:
        return self._guard is not None and self._guard.poll() is None

    def revive(self) -> bool:
        """Start PostgreSQL again if it has died, and wait for it; whether that was needed."""
        with self._changing:
            if self._guard is None or self._guard.poll() is None:
                return False
            _let_go(self._guard)
            self._say("PostgreSQL has stopped unexpectedly and is being started again")
            running = read_running(self.home)
            self._close_files()
            self._launch()
        self.wait(running.address if running else "")
        return True

    def announce(self, address: str) -> None:
        """Let others who use this home know where PostgreSQL and the pages are."""
        tell_running(self.home, Running(os.getpid(), self._sockets, _PORT, address))

    def stop(self) -> None:
        """Stop PostgreSQL cleanly and give the home back. Safe to call twice."""
        with self._changing:
            guard, self._guard = self._guard, None
            if guard is not None:
                guard.terminate()
                try:
                    guard.wait(_GUARD_MAY_TAKE)
                except subprocess.TimeoutExpired:
                    guard.kill()  # the kernel then interrupts PostgreSQL
                    guard.wait()
                _let_go(guard)
            self._close_files()
        self._cluster.close()
        if self._sockets:
            shutil.rmtree(self._sockets, ignore_errors=True)
            (self.home / "socket-folder").unlink(missing_ok=True)
            (self.home / "running.json").unlink(missing_ok=True)
            self._sockets = ""
        self._held.release()

    def _close_files(self) -> None:
        if self._files is not None:
            self._files.release()
            self._files = None

    def _url(self, role: str, database: str = DATABASE) -> str:
        return socket_url(
            user=role,
            password=self._passwords[role],
            folder=self._sockets,
            port=_PORT,
            database=database,
        )

    @property
    def app_url(self) -> str:
        """DATABASE_URL for those who serve people."""
        return self._url(APP)

    @property
    def owner_url(self) -> str:
        """DATABASE_OWNER_URL for those who change tables."""
        return self._url(OWNER)

    @property
    def process(self) -> int | None:
        """The guard's process number while PostgreSQL runs."""
        return self._guard.pid if self._guard else None


def _let_go(guard: subprocess.Popen[bytes]) -> None:
    """Close our end of the pipe of a guard that has ended."""
    if guard.stdin is not None:
        guard.stdin.close()


class Joined:
    """A server that another process runs from the same home."""

    def __init__(self, home: Path, running: Running) -> None:
        self._passwords = Cluster(home, find_binaries()).passwords()
        self._running = running

    def _url(self, role: str) -> str:
        return socket_url(
            user=role,
            password=self._passwords[role],
            folder=self._running.folder,
            port=self._running.port,
            database=DATABASE,
        )

    @property
    def app_url(self) -> str:
        return self._url(APP)

    @property
    def owner_url(self) -> str:
        return self._url(OWNER)

    def stop(self) -> None:
        """Nothing: the server belongs to somebody else."""


def join_server(home: Path, say: Say = _silent) -> Joined | None:
    """The server that somebody else runs from ``home``; waits while it starts; None if nobody."""
    progress = _Progress(say)
    while True:
        free = Lock(home / "lock")
        try:
            if free.take():
                return None
        finally:
            free.release()
        running = read_running(home)
        if running is not None and running.folder and Path(running.folder).is_dir():
            return Joined(home, running)
        progress("Waiting for the server that is starting")
        time.sleep(0.1)


def wait_for_server(home: Path, say: Say = _silent) -> Joined:
    """The server that somebody else runs from ``home``, however long nobody does."""
    progress = _Progress(say)
    while (joined := join_server(home, say)) is None:
        progress("Waiting for tutela up or tutela demo to run from this home")
        time.sleep(_LOOK_EVERY)
    return joined


_early: dict[Path, Server] = {}


def start_early(home: Path, say: Say = _silent) -> None:
    """Start the server of ``home`` while the rest of the program is still being loaded.

    The next ``open_server`` of this process takes it over. Raises what ``Server.start`` raises.
    """
    server = Server(home, say)
    try:
        server.start()
    except BaseException:
        server.stop()
        raise
    _early[home] = server


def stop_early() -> None:
    """Stop what ``start_early`` started and nobody took over."""
    while _early:
        _early.popitem()[1].stop()


def open_server(home: Path, say: Say = _silent, *, join: bool = False) -> Server | Joined:
    """A running server for ``home``: our own, or with ``join`` that of whoever runs one there.

    Raises ``HomeInUse`` if somebody does and ``join`` is false.
    """
    while True:
        if join and (joined := join_server(home, say)) is not None:
            return joined
        server = _early.pop(home, None) or Server(home, say)
        try:
            if not server.alive():
                server.start()
            server.wait()
        except HomeInUse:
            server.stop()
            if not join:
                raise
        except BaseException:
            server.stop()
            raise
        else:
            return server
