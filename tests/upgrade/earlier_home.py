"""Homes of earlier versions, kept with the data in them: packed once, opened in every check.

    python -m tests.upgrade.earlier_home HOME NAME

packs a running home (``tutela demo`` of the version to be kept, left running) into
``tests/upgrade/earlier/NAME.tar.xz``: the database as plain SQL, and the files of the home that
are neither the database nor letters. Do it once for each version that people may come from, and
never again for that one: what is tested is the way from what they really have. Everybody in it is
invented, and its keys protect nothing else.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import sys
import tarfile
from pathlib import Path

import psycopg
from tests.campaigns.processes import Installation

from tutela.db.cluster import OWNER
from tutela.db.server import open_server

EARLIER = Path(__file__).with_name("earlier")
_DATABASE = "database.sql"
_MOMENT = "moment"
_LEFT_OUT = {"postgres", "demo-mail", "database-passwords.json", "lock", "postgres.lock"}
_LEFT_OUT |= {"postgres.log", "running.json", "socket-folder"}
_CLIENT_ONLY = re.compile(rb"^\\(un)?restrict .*$", re.MULTILINE)  # for psql, not for the server


def pack(home: Path, name: str) -> Path:
    """Write the archive of a running home; the moment of its clock goes with it."""
    tutela = Installation(home)
    ((moment,),) = tutela.sql(
        "SELECT now() + coalesce((SELECT \"offset\" FROM demo_clock), interval '0')"
    )
    dump = tutela.dump("--no-privileges", "--inserts", "--rows-per-insert=200")
    target = EARLIER / f"{name}.tar.xz"
    with tarfile.open(target, "w:xz", preset=9) as archive:
        _add(archive, _DATABASE, _CLIENT_ONLY.sub(b"", dump))
        _add(archive, _MOMENT, moment.isoformat().encode())
        for path in sorted(home.iterdir()):
            if path.name not in _LEFT_OUT:
                archive.add(path, f"home/{path.name}", filter=_anonymous)
    return target


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


def unpack(name: str, folder: Path) -> Installation:
    """The home as that version left it, in a server of its own, not started.

    Its clock goes on from the moment at which it was packed, whatever the day is today.
    """
    with tarfile.open(EARLIER / f"{name}.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    tutela = Installation(folder / "home")
    server = open_server(tutela.home)
    try:
        with psycopg.connect(server.owner_url, autocommit=True) as owner:
            owner.execute((folder / _DATABASE).read_bytes())
            moment = dt.datetime.fromisoformat((folder / _MOMENT).read_text(encoding="ascii"))
            owner.execute(
                'INSERT INTO public.demo_clock (id, "offset") VALUES (1, %s) '
                'ON CONFLICT (id) DO UPDATE SET "offset" = excluded."offset"',
                [moment - dt.datetime.now(dt.UTC)],
            )
            assert owner.info.user == OWNER
    finally:
        server.stop()
    return tutela


if __name__ == "__main__":
    sys.stdout.write(f"{pack(Path(sys.argv[1]), sys.argv[2])}\n")
