"""The vault opens with permits alone, and keeps what it was given where nobody else can read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from tests.vault.conftest import ANN, Allow

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.permits import ForgedPermit
from tutela.core.vocabulary import Action
from tutela.db.scope import operator_scope
from tutela.vault import actions as vault
from tutela.vault.errors import (
    FieldNotPermitted,
    NoSuchValue,
    PurposeNotPermitted,
    RecordExists,
    SealBroken,
    Unindexable,
)
from tutela.vault.models import Identifier, Key, Record, Value

TABLES = (Key, Record, Value, Identifier)
Seal = Callable[..., None]


def dump() -> bytes:
    """Every byte the database would show somebody who reads all tables of the vault."""
    cells = [cell for model in TABLES for row in model.objects.values_list() for cell in row]
    return b"\n".join(
        bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
        for cell in cells
    )


def test_what_was_stored_is_read_by_a_permit_for_its_fields(
    scope: UUID, sealed: Seal, allow: Allow, record: UUID, at: clock.ManualClock
) -> None:
    sealed()
    found = vault.read(allow(Action.EXTRACTION, "email", "note"))
    assert {value.field: value.value for value in found} == {k: ANN[k] for k in ("email", "note")}
    email = found[0]
    assert (email.record, email.point, email.source, email.status, email.version) == (
        record,
        "order",
        "subject",
        "stated",
        1,
    )
    assert email.received_at == at.now()


def test_no_value_stands_in_any_table(scope: UUID, sealed: Seal) -> None:
    sealed()
    bytes_of_tables = dump()
    for text in (*ANN.values(), "Larkspur", "larkspur@example", "3055550142", "hazelnut"):
        assert text.encode() not in bytes_of_tables


def test_a_person_is_found_by_any_spelling_of_an_identifier(
    scope: UUID, sealed: Seal, allow: Allow, subject: UUID
) -> None:
    sealed()
    looking = allow(Action.EXTRACTION, "email", "phone", subject=None, purpose="identification")
    assert vault.find(looking, "email", "ann.larkspur@example.ORG") == subject
    assert vault.find(looking, "phone", "+1 305-555-0142") == subject
    assert vault.find(looking, "email", "bob@example.org") is None
    assert vault.find(looking, "phone", "ann.larkspur@example.org") is None
    with pytest.raises(FieldNotPermitted):
        vault.find(looking, "name", "Ann Larkspur")


def test_the_longest_holder_of_an_identifier_is_found(
    scope: UUID, sealed: Seal, allow: Allow, subject: UUID, at: clock.ManualClock
) -> None:
    sealed()
    at.set(at.now() + timedelta(1))
    sealed({"email": ANN["email"]}, into=new_id(), subject=UUID(int=1))
    looking = allow(Action.EXTRACTION, "email", subject=None, purpose="identification")
    assert vault.find(looking, "email", ANN["email"]) == subject


def test_a_repeat_stores_nothing_twice_and_changes_nothing(
    scope: UUID, sealed: Seal, allow: Allow
) -> None:
    sealed()
    sealed({**ANN, "name": "Somebody Else"})
    found = vault.read(allow(Action.EXTRACTION))
    assert {value.field: value.value for value in found} == ANN
    assert {value.version for value in found} == {1}
    assert Value.objects.count() == 4


def test_a_record_gathers_the_purposes_it_was_taken_for(
    scope: UUID, sealed: Seal, allow: Allow, subject: UUID, record: UUID
) -> None:
    sealed({"name": ANN["name"]})
    sealed({"email": ANN["email"]}, purpose="newsletter")
    (row,) = vault.records(scope, subject)
    assert (row.id, row.purposes) == (record, ("orders", "newsletter"))
    assert vault.holdings(scope, subject) == {record: frozenset({"name", "email"})}
    permit = allow(Action.COLLECTION)
    with pytest.raises(RecordExists):
        vault.store(permit, record=record, point="newsletter", purposes=("orders",), values=ANN)
    with pytest.raises(PurposeNotPermitted):
        vault.store(permit, record=record, point="order", purposes=("newsletter",), values=ANN)


def test_a_purpose_sees_only_the_records_taken_for_it_and_the_law_sees_all(
    scope: UUID, sealed: Seal, allow: Allow
) -> None:
    letter = new_id()
    sealed()
    sealed({"email": "second@example.org"}, into=letter, purpose="newsletter")
    seen = {
        purpose: {value.value for value in vault.read(allow(Action.USE, "email", purpose=purpose))}
        for purpose in ("orders", "newsletter", "subject-rights", "oversight")
    }
    both = {ANN["email"], "second@example.org"}
    assert seen == {
        "orders": {ANN["email"]},
        "newsletter": {"second@example.org"},
        "subject-rights": both,
        "oversight": both,
    }


def test_a_correction_keeps_the_old_version_sealed_and_moves_the_index(
    scope: UUID, sealed: Seal, allow: Allow, subject: UUID, record: UUID, at: clock.ManualClock
) -> None:
    sealed()
    at.set(at.now() + timedelta(2))
    permit = allow(Action.CLARIFICATION, "email", purpose="subject-rights")
    vault.correct(permit, record, "email", "ann@new.example.org")
    (now,) = vault.read(allow(Action.EXTRACTION, "email"))
    assert (now.value, now.version, now.status) == ("ann@new.example.org", 2, "corrected")
    (before,) = vault.history(allow(Action.EXTRACTION, "email"))
    assert (before.value, before.version, before.superseded_at) == (ANN["email"], 1, at.now())
    looking = allow(Action.EXTRACTION, "email", subject=None, purpose="identification")
    assert vault.find(looking, "email", "ann@new.example.org") == subject
    assert vault.find(looking, "email", ANN["email"]) is None
    with pytest.raises(NoSuchValue):
        vault.correct(permit, new_id(), "email", "ann@new.example.org")


def test_an_identifier_that_is_none_is_not_stored(scope: UUID, sealed: Seal) -> None:
    with pytest.raises(Unindexable) as raised:
        sealed({"email": "Ann Larkspur"})
    assert "Ann" not in str(raised.value)


@pytest.mark.parametrize(
    ("action", "call"),
    [
        (
            Action.COLLECTION,
            lambda p, r: vault.store(p, record=r, point="order", purposes=("orders",), values=ANN),
        ),
        (Action.EXTRACTION, lambda p, r: vault.read(p)),
        (Action.EXTRACTION, lambda p, r: vault.history(p)),
        (Action.CLARIFICATION, lambda p, r: vault.correct(p, r, "name", "Anna")),
        (Action.DESTRUCTION, lambda p, r: vault.destroy(p)),
    ],
)
class TestWithoutTheRightPermit:
    def test_every_other_action_opens_nothing(
        self, scope: UUID, sealed: Seal, allow: Allow, record: UUID, action: Action, call: Callable
    ) -> None:
        sealed()
        with pytest.raises(ForgedPermit):
            call(allow(Action.BLOCKING), record)

    def test_a_permit_without_a_seal_or_with_a_changed_part_opens_nothing(
        self, scope: UUID, sealed: Seal, allow: Allow, record: UUID, action: Action, call: Callable
    ) -> None:
        sealed()
        good = allow(action)
        for forged in (
            replace(good, seal=b""),
            replace(good, subject=new_id()),
            replace(good, fields=good.fields | {"more"}),
            replace(good, purpose="newsletter"),
        ):
            with pytest.raises(ForgedPermit):
                call(forged, record)

    def test_a_permit_of_another_transaction_opens_nothing(
        self, scope: UUID, sealed: Seal, allow: Allow, record: UUID, action: Action, call: Callable
    ) -> None:
        sealed()
        with pytest.raises(ForgedPermit):
            call(allow(action, transaction=1), record)

    def test_a_permit_that_names_no_person_opens_nothing(
        self, scope: UUID, sealed: Seal, allow: Allow, record: UUID, action: Action, call: Callable
    ) -> None:
        sealed()
        with pytest.raises(FieldNotPermitted):
            call(allow(action, subject=None), record)


def test_fields_beyond_the_permit_are_neither_stored_nor_corrected_nor_destroyed(
    scope: UUID, sealed: Seal, allow: Allow, record: UUID
) -> None:
    sealed()
    with pytest.raises(FieldNotPermitted, match="note"):
        vault.store(
            allow(Action.COLLECTION, "name"),
            record=new_id(),
            point="order",
            purposes=("orders",),
            values={"name": "Ann", "note": "x"},
        )
    with pytest.raises(FieldNotPermitted):
        vault.correct(allow(Action.CLARIFICATION, "name"), record, "email", "a@example.org")
    with pytest.raises(FieldNotPermitted, match="email, note, phone"):
        vault.destroy(allow(Action.DESTRUCTION, "name"))
    assert len(vault.read(allow(Action.EXTRACTION))) == 4


def test_another_operator_sees_and_opens_nothing(
    scope: UUID, sealed: Seal, allow: Allow, subject: UUID
) -> None:
    sealed()
    with operator_scope(new_id()):
        assert vault.read(allow(Action.EXTRACTION)) == []
        assert vault.records(scope, subject) == []
        assert vault.holdings(scope, subject) == {}
        assert [model.objects.count() for model in TABLES] == [0, 0, 0, 0]


def test_a_value_copied_to_another_person_does_not_open(
    scope: UUID, sealed: Seal, allow: Allow, subject: UUID, record: UUID
) -> None:
    other, theirs = new_id(), new_id()
    sealed()
    sealed({"name": "Bob"}, into=theirs, subject=other)
    stolen = Value.objects.get(subject_id=subject, field="name").sealed
    Value.objects.filter(subject_id=other, field="name").update(sealed=stolen)
    with pytest.raises(SealBroken):
        vault.read(allow(Action.EXTRACTION, "name", subject=other))
