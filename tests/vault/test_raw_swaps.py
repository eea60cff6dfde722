"""Somebody with the password of the role that serves people copies sealed rows about by hand.

They may name any operator's scope and write there (``tests/db/test_raw_connection.py`` says what
they may not). What they carry over opens for nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection
from psycopg import sql
from tests.vault.conftest import ANN, FOLDER, Allow

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import Action
from tutela.db.scope import operator_scope
from tutela.policy import actions as policies
from tutela.vault import actions as vault
from tutela.vault.errors import KeyLost, SealBroken

TABLES = ("vault_key", "vault_record", "vault_value")


@pytest.fixture
def other(operator: UUID, at: clock.ManualClock) -> UUID:
    """Another operator, with a policy of the same kind."""
    policy = policies.load_folder(FOLDER)
    theirs = replace(policy, operator=replace(policy.operator, slug="other-bakery"))
    policies.publish(theirs)
    return policies.operator_id("other-bakery")


def _rows(table: str, operator: UUID) -> list[dict[str, object]]:
    with operator_scope(operator), connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _put(table: str, operator: UUID, row: dict[str, object]) -> None:
    with operator_scope(operator), connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, row)),
                sql.SQL(", ").join(sql.Placeholder() * len(row)),
            ),
            [_plain(each) for each in row.values()],
        )


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def test_a_person_copied_to_another_operator_with_key_and_values_opens_for_nobody(
    operator: UUID,
    other: UUID,
    subject: UUID,
    allow: Allow,
    sealed: Callable[..., None],
    as_app_role,
):
    with operator_scope(operator):
        sealed()
    with as_app_role():
        carried = 0
        for table in TABLES:
            for row in _rows(table, operator):
                _put(table, other, row | {"operator_id": other})
                carried += 1
        assert carried > len(ANN)
    with operator_scope(other), pytest.raises((SealBroken, KeyLost)):
        vault.read(allow(Action.USE, operator=other))
    with operator_scope(operator):
        assert len(vault.read(allow(Action.USE))) == len(ANN)


def test_sealed_values_exchanged_between_two_people_open_for_neither(
    operator: UUID, subject: UUID, allow: Allow, sealed: Callable[..., None], as_app_role
):
    second = new_id()
    with operator_scope(operator):
        sealed()
        sealed(into=new_id(), subject=second)
    with as_app_role():
        rows = _rows("vault_value", operator)
        ours = {row["field"]: row for row in rows if row["subject_id"] == subject}
        theirs = {row["field"]: row for row in rows if row["subject_id"] == second}
        with operator_scope(operator), connection.cursor() as cursor:
            for one, another in ((ours, theirs), (theirs, ours)):
                for field, row in one.items():
                    cursor.execute(
                        "UPDATE vault_value SET sealed = %s "
                        "WHERE subject_id = %s AND record_id = %s AND field = %s",
                        [
                            _plain(another[field]["sealed"]),
                            row["subject_id"],
                            row["record_id"],
                            field,
                        ],
                    )
                    assert cursor.rowcount == 1
    for person in (subject, second):
        with operator_scope(operator), pytest.raises(SealBroken):
            vault.read(allow(Action.USE, subject=person))
