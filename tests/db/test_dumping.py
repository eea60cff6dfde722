"""A copy of the database is whole or is not put in the place of anything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, connections

from tutela.db import dumping
from tutela.db.dumping import CannotDump, DatabaseBusy
from tutela.db.models import Fact
from tutela.db.private import private_database

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def own() -> Iterator[str]:
    with private_database(as_owner=True) as name:
        Fact.objects.create(name="season", value="spring")
        yield name


def _season() -> str:
    return Fact.objects.get(name="season").value


def test_a_copy_takes_the_place_of_the_database_in_one_step(own: str) -> None:
    copy = list(dumping.dump())
    Fact.objects.filter(name="season").update(value="autumn")
    coming = dumping.load(copy)
    assert _season() == "autumn"
    dumping.take_the_place(coming)
    assert _season() == "spring"
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{own}%"])
        assert cursor.fetchall() == [(own,)]
        cursor.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'vault_value'")
        assert cursor.fetchone() == (True,)
        cursor.execute("SELECT has_table_privilege('tutela_app', 'journal_entry', 'UPDATE')")
        assert cursor.fetchone() == (False,)


def test_a_copy_that_is_cut_short_replaces_nothing_and_is_cleared_away_by_the_next(
    own: str,
) -> None:
    copy = b"".join(dumping.dump())
    Fact.objects.filter(name="season").update(value="autumn")
    with pytest.raises(CannotDump):
        dumping.load([copy[: len(copy) // 2]])
    assert _season() == "autumn"
    dumping.take_the_place(dumping.load([copy]))
    assert _season() == "spring"


def test_a_database_in_use_is_not_replaced(own: str) -> None:
    coming = dumping.load(dumping.dump())
    described = connections["default"].get_connection_params()
    other = connections["default"].Database.connect(**described)
    try:
        with pytest.raises(DatabaseBusy):
            dumping.take_the_place(coming)
    finally:
        other.close()
    assert _season() == "spring"
