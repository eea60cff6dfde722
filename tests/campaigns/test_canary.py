"""Values planted everywhere are found nowhere but sealed, and after destruction nowhere at all."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from tests.campaigns.canary import Search
from tests.campaigns.homes import lived_in
from tests.campaigns.planting import (
    CORE,
    CYRILLIC,
    LEAVES,
    OPERATOR,
    STAYS,
    Canary,
    Gardener,
    search,
)
from tests.campaigns.processes import Installation, environment

pytestmark = pytest.mark.campaign
SEARCH = search()
MAIL = ["demo-mail"]  # letters are shown on a page of the demonstration instead of being sent
ROOT = Path(__file__).parents[2]


class Garden:
    """A demonstration in which everything was planted; ``before`` is a copy from that time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tutela = lived_in(folder / "home")
        self.gardener = Gardener(self.tutela)
        self.sealed: dict[str, dict[str, bytes]] = {}

    def seal_of(self, who: Canary) -> dict[str, bytes]:
        """Every byte string that the database holds about somebody."""
        subject = self.gardener.subjects[who.name]
        found: dict[str, bytes] = {}
        for table, column in (
            ("vault_value", "sealed"),
            ("vault_key", "wrapped"),
            ("vault_identifier", "digest"),
        ):
            statement = f"SELECT {column} FROM {table} WHERE subject_id = %s"  # noqa: S608
            distinct = {bytes(content) for (content,) in self.tutela.sql(statement, subject)}
            for number, content in enumerate(sorted(distinct)):
                found[f"{table} {number} of {who.name}"] = content
        return found

    def shown(self, who: Canary, tutela: Installation | None = None) -> str:
        page = self.gardener.enter(who, tutela).get(f"/en/{OPERATOR}/my/")
        assert page.status == 200
        return page.text


@pytest.fixture(scope="module")
def garden(tmp_path_factory) -> Iterator[Garden]:
    made = Garden(tmp_path_factory.mktemp("garden"))
    try:
        made.tutela.start(worker=True)
        made.gardener.plant_everything()
        made.tutela.sql("CHECKPOINT")
        yield made
    finally:
        made.tutela.stop()


def test_what_was_planted_is_held_and_opens_for_its_owner(garden):
    for who in (STAYS, LEAVES):
        page = garden.shown(who)
        assert who.name in page
        assert who.phone.removeprefix("+") in re.sub(r"[\s()\u00a0-]", "", page)
        assert garden.seal_of(who)


def test_no_file_of_the_home_holds_it_neither_database_nor_log_nor_key(garden):
    files = {path.name for path in garden.tutela.home.rglob("*") if path.is_file()}
    assert {"postgres.log", "shares", "running.json"} <= files
    assert list(garden.tutela.home.glob("postgres/data/pg_wal/0*")), "the write-ahead log is read"
    assert SEARCH.tree(garden.tutela.home, leave_out=MAIL) == []


def test_the_letters_hold_it_so_the_search_would_have_found_it(garden):
    assert SEARCH.tree(garden.tutela.home / "demo-mail")


def test_no_dump_of_the_database_holds_it_task_queue_and_sessions_included(garden):
    dump = garden.tutela.dump()
    assert b"procrastinate_jobs" in dump
    assert b"django_session" in dump
    assert SEARCH.data("dump", dump) == []


def test_nothing_the_processes_said_holds_it(garden):
    said = garden.tutela.said.read_bytes()
    assert b"A page failed" in said, "the failures were not logged at all"
    assert SEARCH.data("said", said) == []


def test_the_journal_as_exported_does_not_hold_it(garden):
    log = garden.folder / "journal.jsonl"
    assert garden.tutela.run("journal", "export", OPERATOR, str(log)).returncode == 0
    content = log.read_bytes()
    assert b"identifiers.revealed" in content
    assert SEARCH.data("journal", content) == []


def test_no_address_and_no_cookie_holds_it(garden):
    for visitor in garden.gardener.visitors:
        addresses = [*visitor.requested, *map(unquote, visitor.requested)]
        assert SEARCH.text("addresses", addresses) == []
        assert SEARCH.text("cookies", visitor.given) == []


def test_pages_of_errors_do_not_repeat_it(garden):
    for page in garden.gardener.failures:
        assert SEARCH.data(page.url, page.body) == []


def test_the_command_lines_and_environments_of_the_processes_do_not_hold_it(garden):
    for name in ("cmdline", "environ"):
        content = Path(f"/proc/{garden.tutela.main}/{name}").read_bytes()
        assert SEARCH.data(name, content) == []


class Aftermath:
    """One of the two has withdrawn and a month has passed; ``copy`` is the database from before
    with the keys of today."""

    def __init__(self, garden: Garden) -> None:
        tutela, gardener = garden.tutela, garden.gardener
        self.garden = garden
        self.sealed = {who.name: garden.seal_of(who) for who in (STAYS, LEAVES)}
        tutela.stop()
        self.copy = tutela.copy_to(garden.folder / "copy")
        tutela.start(worker=True)
        self.receipt = gardener.withdraw(LEAVES)
        gardener.a_month()
        tutela.sql("CHECKPOINT")

    def take_todays_keys(self) -> None:
        import shutil  # noqa: PLC0415

        shutil.rmtree(self.copy.home / "keys")
        # Whoever tries this leaves out what would tell that the database is older than the home.
        told = shutil.ignore_patterns("sockets", "endings-*", "*.head")
        keys = self.garden.tutela.home / "keys"
        shutil.copytree(keys, self.copy.home / "keys", ignore=told)


@pytest.fixture(scope="module")
def aftermath(garden) -> Iterator[Aftermath]:
    made = Aftermath(garden)
    yield made
    made.copy.stop()


def test_the_person_who_withdrew_is_destroyed_with_one_act(aftermath):
    tutela, subject = aftermath.garden.tutela, aftermath.garden.gardener.subjects[LEAVES.name]
    assert tutela.sql(
        "SELECT destroyed_at IS NOT NULL FROM identity_subject WHERE subject_id = %s", subject
    ) == [(True,)]
    acts = "SELECT kind FROM retention_act WHERE subject_id = %s"
    assert tutela.sql(acts, subject) == [("destruction",)]
    assert aftermath.garden.seal_of(LEAVES) == {}


def test_after_destruction_the_live_database_holds_not_even_the_sealed_bytes(aftermath):
    dump = aftermath.garden.tutela.dump()
    for who, there in ((LEAVES, False), (STAYS, True)):
        sealed = search()
        for name, content in aftermath.sealed[who.name].items():
            sealed.add_bytes(name, content)
        found = {each.canary for each in sealed.data("dump", dump)}
        assert found == (set(aftermath.sealed[who.name]) if there else set())


def test_after_a_scrub_no_file_of_the_database_holds_even_the_sealed_bytes(aftermath):
    tutela = aftermath.garden.tutela
    done = tutela.run("scrub")
    assert done.returncode == 0, done.stdout + done.stderr
    sealed = Search({})
    for who in (LEAVES, STAYS):
        for name, content in aftermath.sealed[who.name].items():
            sealed.add_bytes(name, content)
    found = {each.canary for each in sealed.tree(tutela.home / "postgres")}
    assert found == set(aftermath.sealed[STAYS.name])


def test_after_destruction_no_file_no_log_and_no_page_holds_it(aftermath):
    tutela = aftermath.garden.tutela
    assert SEARCH.tree(tutela.home, leave_out=MAIL) == []
    assert SEARCH.data("said", tutela.said.read_bytes()) == []
    assert SEARCH.data("receipt", aftermath.receipt.body) == []


def _opened(tutela: Installation, subject: str) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.campaigns.opening", OPERATOR, subject],
        env={**environment(tutela.home), "DJANGO_SETTINGS_MODULE": "tutela.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    result: dict[str, int] = json.loads(done.stdout)
    return result


def test_a_copy_of_the_database_from_before_does_not_open_with_the_keys_of_today(aftermath):
    gardener = aftermath.garden.gardener
    aftermath.take_todays_keys()
    aftermath.copy.start()

    gone = _opened(aftermath.copy, gardener.subjects[LEAVES.name])
    assert gone["values"] == gone["shredded"] == gone["SealBroken"] > 0
    assert gone["opened"] == 0
    held = _opened(aftermath.copy, gardener.subjects[STAYS.name])
    assert held["opened"] == held["values"] > 0

    assert STAYS.name in aftermath.garden.shown(STAYS, aftermath.copy)
    shown = aftermath.garden.shown(LEAVES, aftermath.copy)
    assert SEARCH.data("portal of the copy", shown.encode()) == []
    assert SEARCH.tree(aftermath.copy.home, leave_out=MAIL) == []


def test_a_value_planted_openly_in_the_database_is_found_in_its_files(garden):
    """The searches above can fail. It comes last, for the write-ahead log remembers it."""
    garden.tutela.sql("CREATE TABLE planted AS SELECT %s::text AS a", f"{CORE} and {CYRILLIC}")
    garden.tutela.sql("CHECKPOINT")
    try:
        places = {
            each.place.split("/")[2]
            for each in SEARCH.tree(garden.tutela.home / "postgres", leave_out=["none"])
        } | {each.place for each in SEARCH.data("dump", garden.tutela.dump())}
        assert {"dump"} < places
    finally:
        garden.tutela.sql("DROP TABLE planted")
