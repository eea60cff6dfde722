"""Statements of the hot path, beside those of Django on the same connection."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault

from tutela.consent.models import Event
from tutela.core.ids import new_id
from tutela.db import swift
from tutela.db.scope import facts, operator_scope, transaction_id
from tutela.gate.models import StandingRow
from tutela.vault.models import Identifier, OperatorKey

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


@pytest.mark.parametrize("kind", [Event, StandingRow, OperatorKey])
def test_a_row_is_added_as_django_saves_it_and_once(kind: type[Model]):
    values = {
        "UUIDField": new_id(),
        "DateTimeField": datetime(2024, 6, 3, 9, 0, 0, 17, tzinfo=UTC),
        "JSONField": {"consents": {"orders": None}, "holds": ["ё", 7]},
        "IntegerField": 3,
    }
    fields = list(kind._meta.concrete_fields)
    given = {each.attname: values.get(each.get_internal_type(), "current") for each in fields}
    with operator_scope(given["operator_id"]):
        row = kind(**given)
        assert swift.add(row)
        assert not swift.add(row, unless_there=True)
        assert kind.objects.filter(operator_id=row.operator_id).values().get() == given
        with pytest.raises(IntegrityError), transaction.atomic():
            swift.add(row)


def test_what_the_database_fills_by_itself_is_left_to_it():
    operator = new_id()
    now = datetime.now(UTC)
    row = Identifier(
        operator_id=operator,
        field="email",
        digest=b"\x00\xff",
        subject_id=operator,
        record_id=operator,
        since=now,
        key=DatabaseDefault(Identifier._meta.get_field("key").db_default),
    )
    with operator_scope(operator):
        swift.add(row)
        kept = Identifier.objects.get()
    assert (kept.key, bytes(kept.digest), kept.since) == ("", b"\x00\xff", now)


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


def test_a_row_is_found_and_changed_as_django_finds_and_changes_it():
    now = datetime(2024, 6, 3, 9, 0, 0, 17, tzinfo=UTC)
    operator, person = new_id(), new_id()
    with operator_scope(operator):
        state = {"holds": ["ё", 7]}
        row = StandingRow(operator_id=operator, subject_id=person, state=state, changed_at=now)
        assert swift.add(row)
        where = "operator_id = %s AND subject_id = %s FOR UPDATE"
        (found,) = swift.found(StandingRow, where, (operator, person))
        assert (found, found.state, found.changed_at) == (row, state, now)
        found.state = {"holds": [], "seen": now.isoformat()}
        assert swift.change(found, "state", by=("operator_id", "subject_id"))
        assert StandingRow.objects.get(pk=row.pk).state == found.state
        found.subject_id = new_id()
        assert not swift.change(found, "state", by=("operator_id", "subject_id"))
