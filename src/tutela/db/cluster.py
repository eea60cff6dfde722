"""The files of the embedded PostgreSQL: made once, whole or not at all, with passwords for all."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from tutela.db.binaries import Binaries, NoServer

SUPERUSER, OWNER, APP = "postgres", "tutela_owner", "tutela_app"
DATABASE = "tutela"


def bare_environment() -> dict[str, str]:
    """An environment without our secrets and without PostgreSQL's own variables."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


class Cluster:
    """The data folder under ``home`` and the passwords of its three roles.

    ``postgres`` is used only to set the others up; ``tutela_owner`` owns the tables and changes
    their shape; ``tutela_app`` serves people and can neither change tables nor see past
    row-level security. The passwords lie in ``home/database-passwords.json``, mode 0600.
    """

    def __init__(self, home: Path, binaries: Binaries) -> None:
        self.home = home
        self.binaries = binaries
        self.folder = home / "postgres"
        self._handle = -1

    @property
    def inherited(self) -> tuple[int, ...]:
        """Open folders that PostgreSQL's processes need to inherit."""
        return (self._handle,) if self._handle >= 0 else ()

    @property
    def data(self) -> str:
        """The data folder as PostgreSQL is told it.

        Started as root, PostgreSQL runs as another user, who may have no way through the folders
        above the home. On Linux it is handed the open folder instead of a path, so no permission
        of a folder that is not ours has to change.
        """
        inside = f"/proc/self/fd/{self._handle}" if self._handle >= 0 else str(self.folder)
        return f"{inside}/data"

    def passwords(self) -> dict[str, str]:
        path = self.home / "database-passwords.json"
        with contextlib.suppress(FileNotFoundError):
            found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
            return found
        if (self.folder / "data").exists():
            raise NoServer(
                f"The passwords of the database in {self.folder} are missing: put back "
                f"{path.name} from a backup, or move both away to begin anew."
            )
        made = {role: secrets.token_urlsafe(32) for role in (SUPERUSER, OWNER, APP)}
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(made, file)
        return made

    def open(self) -> None:
        """Make the folder if need be, give it to the user who runs PostgreSQL, and hold it open."""
        user = self.binaries.user
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if user is not None:
            self._give_to(user.uid, user.gid)
            if sys.platform == "linux":
                self._handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def _give_to(self, uid: int, gid: int) -> None:
        """Hand every file over if the folder belongs to somebody else, as after a restore."""
        if self.folder.stat().st_uid == uid:
            return
        for folder, _, names in os.walk(self.folder):
            for name in names:
                os.chown(Path(folder, name), uid, gid, follow_symlinks=False)
            os.chown(folder, uid, gid, follow_symlinks=False)

    def close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def make(self) -> bool:
        """Run initdb unless the data folder exists; a cut-off attempt is cleared away first.

        The new files are synced to the disk before the folder gets its final name.
        """
        if (self.folder / "data" / "PG_VERSION").exists():
            self._check_version()
            return False
        shutil.rmtree(self.folder / "new", ignore_errors=True)
        with self._password_file(self.passwords()[SUPERUSER]) as password_file:
            done = subprocess.run(
                [
                    self.binaries.program("initdb"),
                    f"--pgdata={self.data.removesuffix('data')}new",
                    f"--username={SUPERUSER}",
                    "--auth=scram-sha-256",
                    f"--pwfile={password_file}",
                    "--encoding=UTF8",
                    "--locale=C",
                    *self._collation(),
                ],
                cwd="/",
                env=bare_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                pass_fds=self.inherited,
                **self.identity(),  # type: ignore[call-overload]
            )
        if done.returncode:
            raise NoServer(f"PostgreSQL could not make its files: {_last_line(done.stderr)}")
        (self.folder / "new").rename(self.folder / "data")
        return True

    def identity(self) -> dict[str, object]:
        """Arguments of subprocess that give up root's rights."""
        user = self.binaries.user
        if user is None:
            return {}
        return {"user": user.uid, "group": user.gid, "extra_groups": []}

    def _collation(self) -> tuple[str, ...]:
        if self.binaries.major >= 17:  # noqa: PLR2004 - the first with a collation of its own
            return ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        return ()

    def _check_version(self) -> None:
        made_by = (self.folder / "data" / "PG_VERSION").read_text(encoding="ascii").strip()
        if made_by != str(self.binaries.major):
            raise NoServer(
                f"The data in {self.folder} was made by PostgreSQL {made_by}, and the programs are "
                f"of PostgreSQL {self.binaries.major}; name those of {made_by} in TUTELA_PG_BIN."
            )

    @contextlib.contextmanager
    def _password_file(self, password: str) -> Iterator[str]:
        handle, path = tempfile.mkstemp(prefix="tutela-")
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(password)
            if self.binaries.user is not None:
                os.chown(path, self.binaries.user.uid, self.binaries.user.gid)
            yield path
        finally:
            Path(path).unlink()


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it gave no reason"


def make_roles(connection: psycopg.Connection, passwords: dict[str, str]) -> None:
    """Create the two roles and the database unless they are there. Safe to repeat and to cut off.

    ``connection`` is the superuser's, in autocommit.
    """
    known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    for role, rights in ((APP, sql.SQL("")), (OWNER, sql.SQL("CREATEDB"))):
        if role not in known:
            create = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS {} PASSWORD {}")
            password = sql.Literal(passwords[role])
            connection.execute(create.format(sql.Identifier(role), rights, password))
    if OWNER not in known:
        # Lets the owner try out, in tests, what the application may do; it gains no right by it.
        connection.execute(
            sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP), sql.Identifier(OWNER))
        )
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
    if found.fetchone() is None:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(DATABASE), sql.Identifier(OWNER)
            )
        )
