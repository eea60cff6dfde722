"""What was destroyed is in the files of the database until a scrub, and in none of them after."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo
from tests.campaigns.canary import Search

from tutela.core.vocabulary import LANGUAGES
from tutela.db import rawbytes
from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.retention import actions as retention
from tutela.retention import scrubbing
from tutela.retention.entries import FilesScrubbed
from tutela.retention.models import Scrub
from tutela.retention.rawpapers import scrub_pdf
from tutela.vault import remnants

OVER = datetime(2029, 6, 5, tzinfo=UTC)
OTHER = {"full-name": "Boris Canary-Ivanov", "email": "boris.canary@mail.example", "country": "US"}
OTHER |= {"phone": "+13055550143"}
SEALED = {
    "vault_value": "sealed",
    "vault_key": "wrapped",
    "vault_identifier": "digest",
}


def _data() -> Path:
    return Path(settings.TUTELA_HOME) / "postgres" / "data"


def _sealed(subject: UUID) -> dict[str, bytes]:
    """Every byte string about somebody, by where it lies."""
    found = {}
    with connection.cursor() as cursor:
        for table, column in SEALED.items():
            cursor.execute(f"SELECT {column} FROM {table} WHERE subject_id = %s", [subject])  # noqa: S608
            for number, (content,) in enumerate(cursor.fetchall()):
                found[f"{table} {number}"] = bytes(content)
    return found


def _in_files(sealed: dict[str, bytes]) -> set[str]:
    search = Search({})
    for name, content in sealed.items():
        search.add_bytes(name, content)
    return {each.canary for each in search.tree(_data())}


class Gone:
    """Somebody who was destroyed, and somebody who stays yet; what was sealed of both."""

    def __init__(self, world) -> None:
        self.world, self.operator = world, world.operator
        self.leaves, self.stays = world.person(), world.person()
        world.send(self.leaves)
        with operator_scope(self.operator):
            self.sealed = _sealed(self.leaves)
        _analyze()
        world.at.set(OVER)
        assert retention.sweep(self.operator, OVER) == 1
        world.send(self.stays, values=OTHER)
        with operator_scope(self.operator):
            self.kept = _sealed(self.stays)
        _checkpoint()

    def destroy_who_stays(self) -> None:
        later = OVER.replace(year=OVER.year + 6)
        self.world.at.set(later)
        assert retention.sweep(self.operator, later) == 1
        _checkpoint()


def _analyze() -> None:
    """Samples of what is sealed now lie in the statistics of the planner."""
    with rawbytes.opened() as files:
        for table in SEALED:
            files.there.execute(f"ANALYZE {table}")


def _checkpoint() -> None:
    with rawbytes.opened() as files:
        files.there.execute("CHECKPOINT")


@pytest.fixture
def gone(committed) -> Gone:
    return Gone(committed)


def _say(_line: str) -> None:
    """Nobody listens."""


def _acts(operator: UUID) -> list[Scrub]:
    with operator_scope(operator):
        return scrubbing.made(operator)


def _waiting(operator: UUID) -> int:
    with operator_scope(operator):
        return remnants.waiting(operator)


def _hit(outcome: scrubbing.Outcome) -> set[str]:
    assert outcome.found is not None
    return {place.split("/")[0] for place, _count in outcome.found.hits}


def test_what_was_destroyed_is_in_no_file_after_a_scrub_and_only_then_an_act_says_so(
    gone, monkeypatch, tmp_path
) -> None:
    operator = gone.operator
    assert _in_files(gone.sealed) == set(gone.sealed)
    assert _waiting(operator) == 4

    with monkeypatch.context() as changed:
        changed.setattr(rawbytes.Files, "rewrite", lambda _self, _table: 0.0)
        left = scrubbing.scrub(_say)
    assert left.failed
    assert _hit(left) == {"base"}, "the log is empty, the tables are not"

    monkeypatch.setattr(rawbytes, "_OLDER_MAY_TAKE", 0.5)
    with psycopg.connect(_superuser()) as old:
        old.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        old.execute("SELECT count(*) FROM db_fact")
        gone.destroy_who_stays()
        seen = scrubbing.scrub(_say)
    assert seen.failed
    assert _hit(seen) == {"base"}
    assert _acts(operator) == []
    assert _waiting(operator) == 8

    both = gone.sealed | gone.kept
    made = scrubbing.scrub(_say)
    assert not made.failed
    assert all(made.steps.values())
    assert _in_files(both) == set()
    (act,) = _acts(operator)
    assert (act.values, act.proven, _waiting(operator)) == (8, True, 0)
    with operator_scope(operator):
        assert journal.document_holds(operator, act.envelope)
        (entry,) = [
            each for each in journal.entries(operator, limit=100) if each.kind == FilesScrubbed.kind
        ]
    assert str(entry.id) == act.envelope["document"]["journal_entry"]
    assert act.envelope["document"]["covers"]["acts"] == 2
    said = json.dumps(act.envelope)
    assert not [each for each in (gone.leaves, gone.stays) if str(each) in said]
    for language in LANGUAGES:
        assert b"<pdfaid:part>2</pdfaid:part>" in scrub_pdf(act.envelope, language)


def _superuser() -> str:
    with rawbytes.opened() as files:
        password = json.loads((_data().parents[1] / "database-passwords.json").read_text())
        return make_conninfo(files.there.info.dsn, password=password["postgres"])


KILLED = """
import os, signal, sys
import django
django.setup()
from tutela.app import wire
wire()
from tutela.db import rawbytes
from tutela.retention import scrubbing
scrubbing.scrub(lambda line: "vault_value" in line and os.kill(os.getpid(), signal.SIGKILL))
"""


def test_a_scrub_that_is_killed_is_gone_on_with_and_stated_once(gone) -> None:
    there = connection.settings_dict
    url = (
        f"postgresql://{there['USER']}:{there['PASSWORD']}@/{there['NAME']}"
        f"?host={there['HOST']}&port={there['PORT']}"
    )
    surroundings = os.environ | {"DJANGO_SETTINGS_MODULE": "tutela.settings"}
    settled = {"DATABASE_OWNER_URL": url, "DATABASE_URL": url}
    code = KILLED.replace(
        "from tutela.retention", "del os.environ['DATABASE_URL']\nfrom tutela.retention"
    )
    done = subprocess.run([sys.executable, "-c", code], env=surroundings | settled, check=False)
    assert done.returncode == -signal.SIGKILL
    before = json.loads((Path(settings.TUTELA_HOME) / "scrub.json").read_text())
    assert "vault_key" in before["rewritten"]
    assert "vault_value" not in before["rewritten"]

    told: list[str] = []
    made = scrubbing.scrub(told.append)
    assert not made.failed
    assert [line for line in told if "vault_key" in line] == []
    assert made.locks["vault_key"] == before["rewritten"]["vault_key"]
    assert _in_files(gone.sealed) == set()
    (act,) = _acts(gone.operator)
    assert str(act.id) == before["id"]
    assert scrubbing.scrub(_say).acts == [], "what was proven is not stated again"


def test_where_the_files_are_out_of_reach_the_act_says_what_was_not_done(gone, monkeypatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "named")
    made = scrubbing.scrub(_say)
    assert made.steps == {
        "rewritten": True,
        "statistics-rewritten": False,
        "log-removed": False,
        "files-searched": False,
    }
    (act,) = _acts(gone.operator)
    assert not act.proven
    assert act.envelope["document"]["searched"] is None
    assert _waiting(gone.operator) == 4, "they can still be looked for"
    assert scrubbing.scrub(_say, _data()).failed, "the log still holds them"
