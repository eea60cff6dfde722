from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from tutela.core import ids
from tutela.db.scope import operator_scope
from tutela.journal.actions import append
from tutela.journal.entries import KeyUsed
from tutela.journal.models import EntryRow

pytestmark = pytest.mark.django_db

EVIDENCE = ["journal_entry", "journal_leaf", "journal_checkpoint", "journal_key"]
OPERATOR = UUID("018f0000-0000-7000-8000-000000000001")


def test_an_entry_is_written_in_the_transaction_of_the_caller():
    with transaction.atomic():
        with operator_scope(OPERATOR):
            append(OPERATOR, KeyUsed(key="abcd1234"))
        transaction.set_rollback(True)
    with operator_scope(OPERATOR):
        assert EntryRow.objects.count() == 0
        written = append(OPERATOR, KeyUsed(key="abcd1234"))
        assert EntryRow.objects.get().id == written


def test_another_operator_sees_nothing():
    with operator_scope(OPERATOR):
        append(OPERATOR, KeyUsed(key="abcd1234"))
    with operator_scope(ids.new_id()):
        assert EntryRow.objects.count() == 0


@pytest.mark.parametrize(
    "change", ["UPDATE {} SET operator_id = operator_id", "DELETE FROM {}", "TRUNCATE {}"]
)
@pytest.mark.parametrize("table", EVIDENCE)
def test_the_database_itself_refuses_to_change_evidence(table, change):
    with operator_scope(OPERATOR), connection.cursor() as cursor:
        append(OPERATOR, KeyUsed(key="abcd1234"))
        with pytest.raises(ProgrammingError, match="evidence"), transaction.atomic():
            cursor.execute(change.format(table))


@pytest.mark.parametrize("table", EVIDENCE)
def test_the_role_that_serves_people_may_add_evidence_and_not_even_try_to_change_it(
    table, as_app_role
):
    with as_app_role(), operator_scope(OPERATOR), connection.cursor() as cursor:
        append(OPERATOR, KeyUsed(key="abcd1234"))
        assert EntryRow.objects.count() == 1
        for change in ("UPDATE {} SET operator_id = operator_id", "DELETE FROM {}", "TRUNCATE {}"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(change.format(table))


def test_outside_of_a_scope_nothing_is_written():
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        append(OPERATOR, KeyUsed(key="abcd1234"))
