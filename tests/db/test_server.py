"""The embedded server under kill -9, two starts at once, and other things that happen."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tutela.db import dropping
from tutela.db import server as server_module
from tutela.db.address import settings_of
from tutela.db.binaries import NoServer, find_binaries
from tutela.db.connect import wrapper
from tutela.db.locks import HomeInUse
from tutela.db.server import Joined, open_server

HOLDER = """
import sys
from pathlib import Path
from tutela.db.server import open_server
server = open_server(Path(sys.argv[1]))
print(server.owner_url, server.process, flush=True)
sys.stdin.read()
server.stop()
"""
SOON = 15


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "a home with spaces" / ("and a long name " + "x" * 100)


@contextlib.contextmanager
def holder(home: Path):
    """Another process that runs a server; yields it, the owner's address and the guard's number."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        url, guard = process.stdout.readline().split()
        yield process, url, int(guard)
    finally:
        process.kill()
        process.communicate()


def query(url: str, statement: str):
    with psycopg.connect(url) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else None


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(each) for each in found.split()]


def gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def wait_until(condition) -> None:
    end = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_server_starts_under_a_long_path_with_spaces_and_stops_without_a_trace(home):
    server = open_server(home)
    sockets = Path(psycopg.conninfo.conninfo_to_dict(server.app_url)["host"])
    assert query(server.app_url, "SELECT current_user") == [("tutela_app",)]
    guard = server.process
    server.stop()
    assert gone(guard)
    assert not sockets.exists()
    assert not (home / "running.json").exists()


def test_what_was_written_is_there_after_a_stop_and_a_start(home):
    server = open_server(home)
    query(server.owner_url, "CREATE TABLE kept AS SELECT 42 AS n")
    server.stop()
    server = open_server(home)
    try:
        assert query(server.owner_url, "SELECT n FROM kept") == [(42,)]
    finally:
        server.stop()


def test_the_server_is_durable_private_and_reachable_by_socket_only(home):
    server = open_server(home)
    try:
        for name, value in [("fsync", "on"), ("full_page_writes", "on"), ("listen_addresses", "")]:
            assert query(server.app_url, f"SHOW {name}") == [(value,)]
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.app_url, password="wrong")
        passwords = home / "database-passwords.json"
        assert stat.S_IMODE(passwords.stat().st_mode) == 0o600
        assert stat.S_IMODE((home / "postgres" / "data").stat().st_mode) == 0o700
    finally:
        server.stop()


def test_neither_role_may_see_past_row_level_security(home):
    server = open_server(home)
    try:
        rights = query(
            server.app_url,
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'tutela%' "
            "AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication)",
        )
        assert rights == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            query(server.app_url, "CREATE TABLE mine ()")
    finally:
        server.stop()


def test_the_log_of_the_server_never_quotes_what_a_statement_carried(home):
    server = open_server(home)
    try:
        query(server.owner_url, "CREATE TABLE people (address text PRIMARY KEY)")
        query(server.owner_url, "INSERT INTO people VALUES ('canary@example.org')")
        for failing in (
            "INSERT INTO people VALUES ('canary@example.org')",
            "SELECT 'canary@example.org'::uuid",
            "SELECT canary FROM nowhere",
        ):
            with pytest.raises(psycopg.Error):
                query(server.owner_url, failing)
    finally:
        server.stop()
    assert "canary" not in (home / "postgres.log").read_text()


def test_postgresql_ends_when_its_holder_is_killed_and_keeps_what_was_acknowledged(home):
    with holder(home) as (process, url, guard):
        query(url, "CREATE TABLE kept AS SELECT 42 AS n")
        (postmaster,) = children(guard)
        process.kill()
        process.wait()
        wait_until(lambda: gone(guard) and gone(postmaster))
    server = open_server(home)
    try:
        assert query(server.owner_url, "SELECT n FROM kept") == [(42,)]
    finally:
        server.stop()


def test_a_start_right_after_a_kill_waits_for_the_old_server_to_be_gone(home):
    with holder(home) as (process, url, guard):
        query(url, "CREATE TABLE kept AS SELECT 42 AS n")
        os.kill(guard, signal.SIGSTOP)  # the old server cannot be told to stop
        (postmaster,) = children(guard)
        process.kill()
        process.wait()
        successor = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        time.sleep(1)
        assert not gone(postmaster)
        assert successor.poll() is None
        os.kill(guard, signal.SIGCONT)
        new_url, _ = successor.stdout.readline().split()
        assert gone(postmaster)
        assert query(new_url, "SELECT n FROM kept") == [(42,)]
        successor.communicate("")
        assert successor.returncode == 0


def test_postgresql_ends_when_its_guard_is_killed(home):
    with holder(home) as (_, _, guard):
        (postmaster,) = children(guard)
        os.kill(guard, signal.SIGKILL)
        wait_until(lambda: gone(postmaster))


def test_a_postgresql_that_is_killed_is_started_again_and_loses_nothing(home):
    said: list[str] = []
    server = open_server(home, said.append)
    try:
        query(server.owner_url, "CREATE TABLE kept AS SELECT 42 AS n")
        assert server.revive() is False
        (postmaster,) = children(server.process)
        os.kill(postmaster, signal.SIGKILL)
        wait_until(lambda: not server.alive())
        assert server.revive() is True
        assert query(server.owner_url, "SELECT n FROM kept") == [(42,)]
        assert any("started again" in line for line in said)
    finally:
        server.stop()


def test_killed_again_and_again_while_writing_no_acknowledged_row_is_lost(home):
    acknowledged = 0
    for _ in range(3):
        with holder(home) as (process, url, _), psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS numbers (n int PRIMARY KEY)")
            (count,) = connection.execute("SELECT count(*) FROM numbers").fetchone()
            assert count >= acknowledged
            for n in range(count, count + 50):
                connection.execute("INSERT INTO numbers VALUES (%s)", [n])
                acknowledged = n + 1
            process.kill()
    server = open_server(home)
    try:
        assert query(server.owner_url, "SELECT count(*) FROM numbers") == [(acknowledged,)]
    finally:
        server.stop()


def test_the_second_of_two_starts_says_who_runs_already(home):
    with holder(home) as (process, _, _):
        with pytest.raises(HomeInUse, match=rf"process {process.pid}") as refused:
            open_server(home)
        assert "--home" in str(refused.value)


def test_two_starts_at_the_same_moment_make_one_server(home):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    wait_until(lambda: sum(each.poll() is not None for each in processes) == 2)
    outcomes = [each.communicate("") for each in processes]
    assert sorted(each.returncode for each in processes) == [0, 1, 1]
    assert sum("HomeInUse" in errors for _, errors in outcomes) == 2


def test_a_second_process_can_join_a_running_server(home):
    with holder(home) as (_, url, _):
        query(url, "CREATE TABLE shared AS SELECT 42 AS n")
        joined = open_server(home, join=True)
        assert isinstance(joined, Joined)
        assert query(joined.owner_url, "SELECT n FROM shared") == [(42,)]
        joined.stop()
        assert query(url, "SELECT n FROM shared") == [(42,)]


def test_a_leftover_process_file_with_a_number_in_use_does_not_hinder_a_start(home):
    server = open_server(home)
    data = home / "postgres" / "data"
    server.stop()
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n0\n5432\n\n\n  0 0\nready\n")
    server = open_server(home)
    try:
        assert query(server.app_url, "SELECT 1") == [(1,)]
    finally:
        server.stop()


def test_files_of_a_first_start_that_was_cut_off_are_made_anew(home):
    half_made = home / "postgres" / "new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    server = open_server(home)
    try:
        assert query(server.app_url, "SELECT 1") == [(1,)]
        assert not half_made.exists()
    finally:
        server.stop()


def test_lost_passwords_are_named_and_nothing_is_overwritten(home):
    open_server(home).stop()
    (home / "database-passwords.json").unlink()
    with pytest.raises(NoServer, match="passwords"):
        open_server(home)
    assert (home / "postgres" / "data" / "PG_VERSION").exists()


def test_programs_that_are_not_there_are_named(monkeypatch, tmp_path, home):
    monkeypatch.setenv("TUTELA_PG_BIN", str(tmp_path))
    find_binaries.cache_clear()
    try:
        with pytest.raises(NoServer, match="TUTELA_PG_BIN"):
            open_server(home)
    finally:
        monkeypatch.undo()
        find_binaries.cache_clear()


@pytest.mark.django_db
def test_a_database_is_dropped_while_autovacuum_is_at_work_in_it(home, monkeypatch):
    often = {"autovacuum_naptime": "1s", "autovacuum_vacuum_cost_delay": "100ms"}
    for name, value in (often | {"autovacuum_vacuum_cost_limit": "1"}).items():
        monkeypatch.setitem(server_module._CONFIGURATION, name, value)
    server = open_server(home)
    try:
        owner = wrapper("default", **settings_of(server.owner_url))
        doomed = wrapper("default", **settings_of(server.owner_url) | {"NAME": "doomed"})
        with owner.cursor() as cursor:
            cursor.execute("CREATE DATABASE doomed")
        with doomed.cursor() as cursor:
            cursor.execute("CREATE TABLE t AS SELECT g FROM generate_series(1, 200000) AS g")
            cursor.execute("DELETE FROM t WHERE g % 2 = 0")
        doomed.close()  # so that it tells what it has done
        # what it is, the role may not see; that somebody is there, it may
        at_work = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'doomed'"
        wait_until(lambda: query(server.owner_url, at_work) == [(1,)])
        monkeypatch.setattr(dropping, "connection", owner)
        dropping.drop_database("doomed")
        left = query(server.owner_url, "SELECT 1 FROM pg_database WHERE datname = 'doomed'")
        assert left == []
        owner.close()
    finally:
        server.stop()
