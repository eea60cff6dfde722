"""Databases made from a template."""

from __future__ import annotations

import time

import pytest
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, transaction

from tutela.db.migrate import bring_up_to_date
from tutela.db.models import Fact
from tutela.db.private import private_database


@pytest.fixture
def template(db):
    with private_database():
        pass


def test_a_private_database_is_made_in_well_under_a_second(template):
    def seconds() -> float:
        began = time.perf_counter()
        with private_database():
            made = time.perf_counter() - began
            assert Fact.objects.filter(name="migrations").exists()
        return made

    assert min(seconds() for _ in range(4)) < 1  # the best of four, on a machine that is shared


def test_what_is_done_in_a_private_database_is_seen_nowhere_else(template):
    Fact.objects.create(name="outside", value="1")
    with private_database(as_owner=True):
        assert not Fact.objects.filter(name="outside").exists()
        Fact.objects.create(name="inside", value="1")
    assert not Fact.objects.filter(name="inside").exists()
    assert Fact.objects.filter(name="outside").exists()


def test_a_private_database_is_gone_afterwards_even_after_an_error(template):
    with pytest.raises(ZeroDivisionError), private_database() as name:
        raise ZeroDivisionError
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [name])
        assert cursor.fetchone() == (0,)


def test_a_migrated_database_is_recognised_without_migrating_again(template):
    with private_database(as_owner=True):
        said: list[str] = []
        assert bring_up_to_date(said.append, DEFAULT_DB_ALIAS) is False
        assert said == []


def test_the_app_role_may_not_forge_the_record_of_migrations(as_app_role):
    with as_app_role():
        assert not Fact.objects.filter(name="migrations").exists()
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Fact.objects.create(name="migrations", value="forged")


def test_the_app_role_may_not_change_tables(as_app_role):
    for statement in ("TRUNCATE db_fact", "ALTER TABLE db_fact ADD x int", "CREATE TABLE t ()"):
        with (
            as_app_role(),
            connection.cursor() as cursor,
            pytest.raises(DatabaseError),
            transaction.atomic(),
        ):
            cursor.execute(statement)
