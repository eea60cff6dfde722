"""What deleted rows leave in PostgreSQL's files: tables are written anew, the write-ahead log is
emptied, and every file is searched.

A deleted row stays in dead tuples until they are overwritten, in statistics until the next
ANALYZE, and in segments of the write-ahead log, which are renamed and used again with their old
content. ``VACUUM FULL`` writes a table, its indexes and its TOAST table into new files; whatever
an old snapshot still sees is taken over, which is why the search comes last and decides.

Who may do all of it is the embedded server's superuser. With a database of somebody else's what
the role may not do is left out and told; nothing is assumed to have happened.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection, connections
from psycopg import sql

from tutela.core.errors import Conflict
from tutela.db.address import socket_url
from tutela.db.binaries import find_binaries
from tutela.db.cluster import SUPERUSER, Cluster
from tutela.db.connect import OWNER_ALIAS
from tutela.db.locks import read_running

MARK = 8
"""Bytes by which something is found again."""
_BLOCK = 256 * 1024
_EMPTY = bytes(_BLOCK)
_LOCK_MAY_TAKE = "2s"
_TRIES = 60
"""How often a table is asked for before it counts as busy: the others go on in between."""
_OLDER_MAY_TAKE = 60.0
_LOG_MAY_TAKE = 60.0
_PAUSE = 0.2
_ALONE = "SELECT pg_try_advisory_lock(hashtext('tutela scrub'))"
_OLDER = """
SELECT (SELECT count(*) FROM pg_stat_activity
        WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid() AND xact_start < %s)
     + (SELECT count(*) FROM pg_prepared_xacts)
     + (SELECT count(*) FROM pg_replication_slots WHERE coalesce(xmin, catalog_xmin) IS NOT NULL)
"""
_SEGMENT = 24
"""Digits in the name of a segment of the write-ahead log."""

Say = Callable[[str], None]


class ScrubBusy(Conflict):
    """A table is in use without a pause, or somebody else scrubs; run it again."""


@dataclass(slots=True)
class Found:
    """What a search of files came to: ``hits`` are places, as file and how many marks in it."""

    files: int = 0
    size: int = 0
    hits: list[tuple[str, int]] = field(default_factory=list)


class Files:
    """PostgreSQL as one who rewrites it sees it. ``data`` are its files, None where they are out
    of reach; ``there`` is a connection in autocommit."""

    def __init__(self, there: psycopg.Connection, data: Path | None) -> None:
        self.there, self.data = there, data

    def ask(self, statement: str, *arguments: object) -> object:
        row = self.there.execute(statement, arguments).fetchone()
        return row[0] if row else None

    @property
    def version(self) -> str:
        return str(self.ask("SHOW server_version"))

    def wait_for_older(self) -> bool:
        """Let transactions end that began before now: what they see is not removed. False if some
        go on for too long."""
        began, until = self.ask("SELECT clock_timestamp()"), time.monotonic() + _OLDER_MAY_TAKE
        while self.ask(_OLDER, began):
            if time.monotonic() > until:
                return False
            time.sleep(_PAUSE)
        return True

    def rewrite(self, table: str) -> float:
        """Write a table, its indexes and its TOAST table into new files; for how many seconds it
        was locked. Nobody reads or writes it meanwhile. Raises ``ScrubBusy``."""
        self._forget_statistics([table])
        statement = sql.SQL("VACUUM (FULL, ANALYZE) {}").format(sql.Identifier(table))
        self.there.execute(f"SET lock_timeout = '{_LOCK_MAY_TAKE}'")
        for _ in range(_TRIES):
            began = time.perf_counter()
            try:
                self.there.execute(statement)
            except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
                time.sleep(_PAUSE)
            else:
                return time.perf_counter() - began
        raise ScrubBusy(
            f"The table {table} is in use without a pause; run it again when less goes on. What "
            "was rewritten before is not rewritten again."
        )

    def _forget_statistics(self, tables: Sequence[str]) -> None:
        """ANALYZE samples values, and leaves the old sample where a table has become empty."""
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
            self.there.execute(
                "DELETE FROM pg_statistic WHERE starelid = ANY(%s::regclass[])", [list(tables)]
            )

    def rewrite_statistics(self) -> bool:
        """Whether the samples of the planner were written anew; a superuser alone may do that."""
        if not self.ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
            return False  # PostgreSQL would only warn, and leave the table as it is
        self.rewrite("pg_statistic")
        return True

    def clear_log(self) -> bool:
        """Remove every segment of the write-ahead log that was written before now, also those
        that wait to be used again. False if the role may not, or somebody keeps them."""
        try:
            self.there.execute("ALTER SYSTEM SET wal_recycle = off")
        except psycopg.errors.InsufficientPrivilege:
            return self._only_switch()
        try:
            self.there.execute("SELECT pg_reload_conf()")
            return self._until_gone()
        finally:
            self.leave_log()

    def leave_log(self) -> None:
        """Let segments be used again, as before; also after a kill in ``clear_log``."""
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
            self.there.execute("ALTER SYSTEM RESET wal_recycle")
            self.there.execute("SELECT pg_reload_conf()")

    def _only_switch(self) -> bool:
        """What a role with fewer rights may do: old segments are left sooner, and not gone."""
        for statement in ("CHECKPOINT", "SELECT pg_switch_wal()"):
            with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
                self.there.execute(statement)
        return False

    def _until_gone(self) -> bool:
        self._advance()
        first, until = str(self._current()), time.monotonic() + _LOG_MAY_TAKE
        while time.monotonic() < until:
            self.there.execute("CHECKPOINT")
            names, current = self._segments(), str(self._current())
            if not any(each < first or each > current for each in names):
                return True
            if any(each > current for each in names):
                self._advance()
            time.sleep(_PAUSE)
        return False

    def _advance(self) -> None:
        """Go on to the next segment; the rest of this one is written over with zeros."""
        with self.there.transaction():
            self.there.execute("SELECT pg_current_xact_id()")  # or there is nothing to switch from
        self.there.execute("SELECT pg_switch_wal()")

    def _current(self) -> object:
        return self.ask("SELECT pg_walfile_name(pg_current_wal_insert_lsn())")

    def _segments(self) -> list[str]:
        found = self.there.execute("SELECT name FROM pg_ls_waldir()").fetchall()
        return [name for (name,) in found if len(name) == _SEGMENT and "." not in name]


@contextlib.contextmanager
def opened(data: Path | None = None) -> Iterator[Files]:
    """The database in use; ``data`` are its files where it is not the embedded one. Raises
    ``ScrubBusy`` while another process is at it."""
    home, url = Path(settings.TUTELA_HOME), ""
    running = None if os.environ.get("DATABASE_URL") else read_running(home)
    if running is not None:
        data = home / "postgres" / "data"
        url = socket_url(
            user=SUPERUSER,
            password=Cluster(home, find_binaries()).passwords()[SUPERUSER],
            folder=running.folder,
            port=running.port,
            database=str(connection.settings_dict["NAME"]),
        )
    with psycopg.connect(url or _owner(), autocommit=True) as there:
        files = Files(there, data)
        if not files.ask(_ALONE):
            raise ScrubBusy("Another tutela scrub is at work on this database; wait for its end.")
        files.leave_log()
        yield files


def _owner() -> str:
    there = {**connections.settings[OWNER_ALIAS], "NAME": connection.settings_dict["NAME"]}
    return psycopg.conninfo.make_conninfo(
        host=there["HOST"],
        port=there["PORT"] or None,
        user=there["USER"],
        password=there["PASSWORD"],
        dbname=there["NAME"],
        **there["OPTIONS"],
    )


def search(folder: Path, marks: Collection[int], say: Say) -> Found:
    """Look for these marks at every byte of every file; a mark is eight bytes, the first the
    highest, as a signed number. Files that go meanwhile are gone."""
    needles = {
        int.from_bytes(each.to_bytes(MARK, "big", signed=True), sys.byteorder) for each in marks
    }
    found, told = Found(), time.monotonic()
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        with contextlib.suppress(FileNotFoundError):
            count = _count_in(path, needles, found)
            found.files += 1
            if count:
                found.hits.append((str(path.relative_to(folder)), count))
        if time.monotonic() - told > 1:
            told = time.monotonic()
            say(f"Searched {found.size / 1e6:.0f} MB in {found.files} files")
    return found


def _count_in(path: Path, needles: set[int], found: Found) -> int:
    seen: set[int] = set()
    with path.open("rb") as file:
        kept = b""
        while part := file.read(_BLOCK):
            found.size += len(part)
            if part != _EMPTY:
                _look(kept + part, needles, seen)
            kept = part[-(MARK - 1) :]
    return len(seen)


def _look(content: bytes, needles: set[int], seen: set[int]) -> None:
    """Read the content as numbers of eight bytes, from each of eight beginnings: sets compare
    them faster than a search for each mark could."""
    view = memoryview(content)
    for first in range(MARK):
        whole = (len(content) - first) // MARK * MARK
        numbers = view[first : first + whole].cast("Q")
        if not needles.isdisjoint(numbers):
            seen.update(needles.intersection(numbers))
