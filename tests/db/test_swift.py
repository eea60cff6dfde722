"""Statements of the hot path, beside those of Django on the same connection."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from tutela.core.ids import new_id
from tutela.db import swift
from tutela.db.scope import facts, operator_scope, transaction_id

pytestmark = pytest.mark.django_db


def remembered() -> str:
    prepared = connection.connection._prepared
    return repr([*prepared._counts, *prepared._names])


def test_the_driver_remembers_no_statement_into_which_django_wrote_a_value():
    for _ in range(10):
        swift.row("SELECT %s::text", ("Ann Larkspur",))
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s", ["Ann Larkspur"])
    assert "SELECT $1::text" in remembered()
    assert "Larkspur" not in remembered()


def test_it_works_in_the_transaction_that_django_has_open():
    assert swift.row("SELECT pg_current_xact_id()::text::bigint") == (transaction_id(),)


def test_a_failure_is_djangos_and_breaks_the_transaction_as_any_other():
    with pytest.raises(DatabaseError), transaction.atomic():
        swift.row("SELECT no_such_column")
    assert swift.rows("SELECT 1") == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_remembers_is_forgotten_with_it():
    with operator_scope(new_id()):
        first = transaction_id()
        facts()["asked"] = True
        with operator_scope(new_id()):
            assert transaction_id() == first
    assert facts() == {}
    with operator_scope(new_id()):
        assert "asked" not in facts()
        assert transaction_id() != first
