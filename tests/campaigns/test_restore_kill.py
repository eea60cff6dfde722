"""``kill -9`` in the middle of ``tutela restore``: the old database or the new one, never half."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from tests.campaigns.homes import lived_in
from tests.campaigns.processes import Installation
from tests.campaigns.visitor import Visitor

pytestmark = pytest.mark.campaign
GONE = "SELECT subject_id FROM identity_subject WHERE destroyed_at IS NOT NULL"
LEFT = "SELECT count(*) FROM vault_value WHERE subject_id = ANY(%s)"
DELAYS = (0.8, 3.0)
"""Seconds after which the restore is killed; how far it has come is the machine's affair."""
WAITS = 3
"""What the command ends with where all went well but entries of the journal are missing."""


def _backup(tutela: Installation, folder: Path) -> tuple[Path, Path]:
    """A backup of the data, and the private key that opens it."""
    private = folder / "private.pem"
    made = tutela.run("backup", "key", str(private))
    assert made.returncode == 0, made.stderr
    public = made.stdout.split()[-1]
    done = tutela.run("backup", "data", str(folder / "data"), "--for", public, "--place", "safe")
    assert done.returncode == 0, done.stderr
    (file,) = (folder / "data").glob("*.tutela")
    return file, private


def _restore(tutela: Installation, file: Path, private: Path) -> list[str]:
    return ["restore", "data", str(file), "--key", str(private), "--replace"]


def test_a_restore_that_is_killed_leaves_a_whole_database_and_can_be_repeated(
    tmp_path: Path,
) -> None:
    tutela = lived_in(tmp_path / "home")
    with tutela.running():
        earlier = {subject for (subject,) in tutela.sql(GONE)}
        file, private = _backup(tutela, tmp_path)
        visitor = Visitor(tutela.url)
        for _ in range(2):
            page = visitor.get("/en/demo/")
            assert visitor.send(page, page.form("/demo/clock/"), jump="month").status == 200
        destroyed = {subject for (subject,) in tutela.sql(GONE)} - earlier
        people = tutela.sql("SELECT count(*) FROM identity_subject")
    assert destroyed, "time has destroyed nobody; nothing would be shown"
    for delay in DELAYS:
        process = tutela._spawn(*_restore(tutela, file, private))
        time.sleep(delay)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
        _stopped(tutela)
    done = tutela.run(*_restore(tutela, file, private), patience=240)
    assert done.returncode in {0, WAITS}, done.stderr
    given_up = tutela.run("restore", "finish", "--lost")
    assert given_up.returncode == 0, given_up.stderr
    with tutela.running():
        assert {subject for (subject,) in tutela.sql(GONE)} >= destroyed
        assert tutela.sql(LEFT, list(destroyed)) == [(0,)]
        assert tutela.sql("SELECT count(*) FROM identity_subject") == people
        names = tutela.sql("SELECT datname FROM pg_database WHERE datname LIKE 'tutela%'")
        assert names == [("tutela",)], "no half of a database is left behind"


def _stopped(tutela: Installation) -> None:
    """PostgreSQL stops by itself when who started it is gone."""
    lock = tutela.home / "postgres" / "data" / "postmaster.pid"
    end = time.monotonic() + 30
    while lock.exists() and time.monotonic() < end:
        time.sleep(0.1)
    assert not lock.exists()
