"""Destroyed means destroyed: in the tables, and in any copy of them that was taken before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import models, transaction
from tests.vault.conftest import ANN, FIELDS, Allow

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import Action
from tutela.db.scope import operator_scope
from tutela.vault import actions as vault
from tutela.vault import keyfiles, keystore
from tutela.vault.actions import Destroyed
from tutela.vault.models import Identifier, Key, Record, Shred, Value

TABLES = (Key, Record, Value, Identifier)
Seal = Callable[..., None]


def copy_of_the_tables() -> list[models.Model]:
    return [row for model in TABLES for row in model.objects.all()]


def bring_back(copy: list[models.Model]) -> None:
    """What restoring an old copy of the database files does."""
    for row in copy:
        type(row).objects.bulk_create([row], ignore_conflicts=True)


@pytest.fixture
def allowed(operator: UUID, allow: Allow) -> Allow:
    def allowed(*fields: str, **changes: object):
        return allow(Action.DESTRUCTION, *fields, **changes)

    return allowed


def test_the_whole_person_goes_with_key_rows_index_and_history(
    scope: UUID, sealed: Seal, allow: Allow, allowed: Allow, record: UUID, at: clock.ManualClock
) -> None:
    sealed()
    at.set(at.now() + timedelta(1))
    vault.correct(allow(Action.CLARIFICATION), record, "email", "ann@new.example.org")
    assert vault.destroy(allowed()) == Destroyed(
        records=(record,), fields=tuple(sorted(FIELDS)), values=5, keys=1, index_rows=2
    )
    assert [model.objects.count() for model in TABLES] == [0, 0, 0, 0]


def test_destroying_again_destroys_nothing_more_and_says_so(
    scope: UUID, sealed: Seal, allowed: Allow
) -> None:
    sealed()
    vault.destroy(allowed())
    assert vault.destroy(allowed()) == Destroyed()


def test_a_record_goes_alone_and_the_last_one_takes_the_key(
    scope: UUID, sealed: Seal, allow: Allow, allowed: Allow, subject: UUID, record: UUID
) -> None:
    other = new_id()
    sealed()
    sealed({"name": "Ann"}, into=other)
    first = vault.destroy(allowed(), record=record)
    assert (first.records, first.values, first.keys, first.index_rows) == ((record,), 4, 0, 2)
    assert vault.holdings(scope, subject) == {other: frozenset({"name"})}
    assert [value.value for value in vault.read(allow(Action.EXTRACTION))] == ["Ann"]
    assert vault.destroy(allowed("name"), record=other).keys == 1
    assert vault.records(scope, subject) == []


def test_a_field_goes_from_one_record_or_from_all(
    scope: UUID, sealed: Seal, allowed: Allow, subject: UUID, record: UUID
) -> None:
    other = new_id()
    sealed()
    sealed(into=other)
    vault.destroy(allowed("note"), record=record, fields=["note"])
    assert vault.holdings(scope, subject) == {
        record: frozenset(FIELDS) - {"note"},
        other: frozenset(FIELDS),
    }
    done = vault.destroy(allowed("email", "note"), fields=["email", "note"])
    assert (done.values, done.keys, done.index_rows) == (3, 0, 2)
    assert set().union(*vault.holdings(scope, subject).values()) == {"name", "phone"}


def test_one_person_goes_and_the_others_stay(
    scope: UUID, sealed: Seal, allow: Allow, allowed: Allow
) -> None:
    other = new_id()
    sealed()
    sealed({"name": "Bob"}, into=new_id(), subject=other)
    vault.destroy(allowed())
    assert [v.value for v in vault.read(allow(Action.EXTRACTION, subject=other))] == ["Bob"]


@pytest.mark.django_db(transaction=True)
class TestACopyOfTheFilesTakenBefore:
    def test_opens_nothing_even_beside_todays_keys(
        self, operator: UUID, sealed: Seal, allow: Allow, allowed: Allow
    ) -> None:
        with operator_scope(operator):
            sealed()
            copy = copy_of_the_tables()
            used = [row.slot for row in copy if isinstance(row, Value)]
        shares = keystore.shares(operator, used)
        with operator_scope(operator):
            vault.destroy(allowed())
        with operator_scope(operator):
            assert not Shred.objects.exists()
            bring_back(copy)
            assert Value.objects.count() == 4
            assert vault.read(allow(Action.EXTRACTION)) == []
            keys = b"".join(path.read_bytes() for path in keyfiles.folder(operator).iterdir())
        assert keystore.shares(operator, used) == [None] * 4
        assert all(share is not None and share not in keys for share in shares)

    def test_opens_what_was_not_destroyed_and_nothing_else(
        self, operator: UUID, sealed: Seal, allow: Allow, allowed: Allow
    ) -> None:
        with operator_scope(operator):
            sealed()
            copy = copy_of_the_tables()
        with operator_scope(operator):
            vault.destroy(allowed("note", "phone"), fields=["note", "phone"])
        with operator_scope(operator):
            bring_back(copy)
            found = {value.field: value.value for value in vault.read(allow(Action.EXTRACTION))}
        assert found == {"email": ANN["email"], "name": ANN["name"]}


@pytest.mark.django_db(transaction=True)
def test_a_destruction_that_is_rolled_back_overwrites_nothing(
    operator: UUID, sealed: Seal, allow: Allow, allowed: Allow
) -> None:
    with operator_scope(operator):
        sealed()
    with operator_scope(operator):
        with transaction.atomic():
            vault.destroy(allowed())
            assert vault.shred_pending(operator) == 0, "it may yet be rolled back"
            transaction.set_rollback(True)
        assert len(vault.read(allow(Action.EXTRACTION))) == 4
    with operator_scope(operator):
        assert vault.shred_pending(operator) == 0
        assert len(vault.read(allow(Action.EXTRACTION))) == 4


@pytest.mark.django_db(transaction=True)
def test_a_failed_intake_leaves_a_slot_that_no_other_value_ever_takes(
    operator: UUID, sealed: Seal
) -> None:
    with operator_scope(operator), transaction.atomic():
        sealed({"name": "Ann"})
        (lost,) = Value.objects.values_list("slot", flat=True)
        transaction.set_rollback(True)
    with operator_scope(operator):
        sealed({"name": "Bob"})
        assert list(Value.objects.values_list("slot", flat=True)) == [lost + 1]
