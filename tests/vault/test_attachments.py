"""Files in the vault: by permit alone, destroyed with everything else, attacked row by row."""

from __future__ import annotations

import os
import shutil
import tracemalloc
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction
from tests.policy.spoiling import Copy
from tests.vault.conftest import FOLDER, Allow
from tests.vault.files import FIELDS_WITH_FILES, PDF, spool, telling_jpeg
from tests.vault.test_chunks import CHUNK

from tutela.core import clock
from tutela.core.errors import TutelaError
from tutela.core.ids import new_id
from tutela.core.permits import ForgedPermit
from tutela.core.spool import Spool
from tutela.core.vocabulary import Action
from tutela.db.scope import operator_scope
from tutela.policy import actions as policies
from tutela.vault import actions as vault
from tutela.vault.attachments.examining import Clean
from tutela.vault.attachments.kinds import BY_NAME
from tutela.vault.errors import FieldNotPermitted, NoSuchValue, SealBroken
from tutela.vault.models import Chunk, Key, Record, Value

LONG = PDF[:9] + os.urandom(2 * CHUNK) + PDF


def with_files(folder: Path) -> Path:
    """The bakery that also takes a photograph and a paper with an order."""
    shutil.copytree(FOLDER, folder)
    copy = Copy(folder)
    copy.change(
        "  note:\n    category: order\n", FIELDS_WITH_FILES + "  note:\n    category: order\n"
    )
    copy.change("[name, email, phone, note]", "[name, email, phone, note, photo, paper]")
    return folder


@pytest.fixture
def operator(db: None, at: clock.ManualClock, tmp_path: Path) -> UUID:
    policies.publish(policies.load_folder(with_files(tmp_path / "bakery")))
    return policies.operator_id("lark-bakery")


def paper(content: bytes = LONG) -> Clean:
    return Clean(BY_NAME["application/pdf"], spool(content))


@pytest.fixture
def kept(scope: UUID, allow: Allow, record: UUID):
    """Files put into the vault: field, record and subject may be chosen."""

    def kept(field: str = "paper", into: UUID = record, content: bytes = LONG, **changes):
        permit = allow(Action.COLLECTION, "paper", "photo", "note", **changes)
        vault.store(
            permit,
            record=into,
            point="order",
            purposes=("orders",),
            values={"note": "See the paper."},
            files={field: paper(content)},
        )

    return kept


def opened(permit, record: UUID, field: str = "paper") -> bytes:
    file = vault.open_file(permit, record, field)
    file.content.seek(0)
    return file.content.read()


def test_a_file_is_opened_whole_by_a_permit_for_its_field(kept, allow: Allow, record) -> None:
    kept()
    assert opened(allow(Action.EXTRACTION, "paper"), record) == LONG
    assert Chunk.objects.count() == len(LONG) // CHUNK + 1
    with pytest.raises(FieldNotPermitted):
        opened(allow(Action.EXTRACTION, "note"), record)
    with pytest.raises(NoSuchValue):
        opened(allow(Action.EXTRACTION, "paper", purpose="newsletter"), record)
    with pytest.raises(ForgedPermit):
        opened(allow(Action.CLARIFICATION, "paper"), record)
    for place in ((new_id(), "paper"), (record, "photo"), (record, "note")):
        with pytest.raises(NoSuchValue):
            vault.open_file(allow(Action.EXTRACTION, "paper", "photo", "note"), *place)


def test_a_blocked_file_is_not_opened(kept, allow: Allow, record) -> None:
    kept()
    for out in ((str(record), ""), (str(record), "paper")):
        with pytest.raises(NoSuchValue):
            opened(allow(Action.USE, "paper", left_out=frozenset({out})), record)


def test_reading_tells_the_facts_of_a_file_and_never_its_key(kept, allow: Allow, record) -> None:
    kept()
    (found,) = vault.read(allow(Action.EXTRACTION, "paper"))
    assert found.file is not None
    assert (found.value, found.file.media, found.file.size) == ("", "application/pdf", len(LONG))
    assert "key" not in repr(found)


def test_no_part_of_a_file_stands_in_any_table(kept) -> None:
    kept()
    for row in Chunk.objects.all():
        assert PDF[:40] not in bytes(row.sealed)
        assert LONG[100:140] not in bytes(row.sealed)


def test_a_repeat_stores_no_file_twice(kept, allow: Allow, record) -> None:
    kept()
    kept(content=PDF)
    assert opened(allow(Action.EXTRACTION, "paper"), record) == LONG
    assert Chunk.objects.count() == 3


def test_files_are_destroyed_with_their_record_and_their_history(
    kept, allow: Allow, record, scope: UUID
) -> None:
    other = new_id()
    kept()
    kept(into=other)
    gone = vault.destroy(allow(Action.DESTRUCTION, "paper", "note"), record=record)
    assert (gone.values, gone.chunks) == (2, 3)
    assert opened(allow(Action.EXTRACTION, "paper"), other) == LONG
    vault.destroy(allow(Action.DESTRUCTION, "paper", "note"))
    assert (Chunk.objects.count(), Key.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_destroyed_file_opens_in_no_copy_of_the_tables(
    operator: UUID, allow: Allow, subject: UUID, record: UUID
) -> None:
    with operator_scope(operator):
        permit = allow(Action.COLLECTION, "paper")
        said = {"record": record, "point": "order", "purposes": ("orders",), "values": {}}
        vault.store(permit, files={"paper": paper()}, **said)
        copy = [row for model in (Key, Value, Chunk) for row in model.objects.all()]
    with operator_scope(operator):
        vault.destroy(allow(Action.DESTRUCTION, "paper"))
    with operator_scope(operator):
        for row in copy:
            type(row).objects.bulk_create([row])
        again = allow(Action.COLLECTION, "paper", "note")
        vault.store(again, record=record, point="order", purposes=("orders",), values={"note": "x"})
        with pytest.raises(NoSuchValue):
            opened(allow(Action.EXTRACTION, "paper"), record)


def test_a_transaction_that_ends_in_the_middle_leaves_nothing(
    scope: UUID, allow: Allow, record
) -> None:
    class Broken(Spool):
        def read(self, size: int = -1) -> bytes:
            if self.tell() > CHUNK and self.told:
                raise InterruptedError
            self.told = self.told or self.tell() + size > self.size
            return super().read(size)

        told = False

    content = Broken()
    content.write(LONG)
    with pytest.raises(InterruptedError), transaction.atomic():
        vault.store(
            allow(Action.COLLECTION, "paper"),
            record=record,
            point="order",
            purposes=("orders",),
            values={},
            files={"paper": Clean(BY_NAME["application/pdf"], content)},
        )
    assert (Chunk.objects.count(), Value.objects.count()) == (0, 0)


def test_a_large_file_is_never_whole_in_memory(scope: UUID, allow: Allow, record) -> None:
    content = Spool()
    for _ in range(160):
        content.write(os.urandom(64 * 1024))
    tracemalloc.start()
    vault.store(
        allow(Action.COLLECTION, "paper"),
        record=record,
        point="order",
        purposes=("orders",),
        values={},
        files={"paper": Clean(BY_NAME["application/pdf"], content)},
    )
    file = vault.open_file(allow(Action.EXTRACTION, "paper"), record, "paper")
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert file.content.size == content.size == 10 * 1024 * 1024
    assert most < 8 * 1024 * 1024


class TestAnAttackerWhoWritesInTheTables:
    @pytest.fixture
    def other(self, kept) -> tuple[UUID, UUID]:
        """Another person with a file of the same length, and one more record of the first."""
        theirs, second = new_id(), new_id()
        kept()
        kept(into=theirs, subject=UUID(int=9), content=LONG[::-1])
        kept(into=second, field="photo", content=LONG[::-1])
        return theirs, second

    def chunk(self, number: int, **place):
        return Chunk.objects.filter(number=number, **place)

    def test_and_swaps_chunks_between_people_opens_nothing(
        self, other, allow: Allow, record
    ) -> None:
        stolen = self.chunk(1, record_id=other[0]).get().sealed
        self.chunk(1, record_id=record).update(sealed=stolen)
        with pytest.raises(SealBroken):
            opened(allow(Action.EXTRACTION, "paper"), record)

    def test_and_moves_a_whole_file_to_another_person_opens_nothing(
        self, other, allow: Allow, record, subject
    ) -> None:
        for model in (Chunk, Value):
            model.objects.filter(record_id=record, field="paper").delete()
            moved = list(model.objects.filter(record_id=other[0], field="paper"))
            for row in moved:
                row.subject_id, row.record_id = subject, record
                if model is Value:
                    row.slot += 10_000
            model.objects.filter(record_id=other[0], field="paper").delete()
            for row in moved:
                if model is Value:
                    row.slot -= 10_000
            model.objects.bulk_create(moved)
        with pytest.raises(SealBroken):
            opened(allow(Action.EXTRACTION, "paper"), record)

    def test_and_swaps_files_between_fields_opens_nothing(self, other, allow: Allow) -> None:
        for row in Chunk.objects.filter(record_id=other[1], field="photo"):
            row.field = "paper"
            row.save(force_insert=True)
        value = Value.objects.get(record_id=other[1], field="photo")
        Value.objects.filter(record_id=other[1], field="photo").update(field="paper")
        assert value.sealed
        with pytest.raises(SealBroken):
            opened(allow(Action.EXTRACTION, "paper", "photo"), other[1])

    def test_and_truncates_reorders_or_repeats_chunks_opens_nothing(
        self, other, allow: Allow, record
    ) -> None:
        last = self.chunk(2, record_id=record).get()
        self.chunk(2, record_id=record).delete()
        with pytest.raises(SealBroken):
            opened(allow(Action.EXTRACTION, "paper"), record)
        Chunk.objects.bulk_create([last])
        assert opened(allow(Action.EXTRACTION, "paper"), record) == LONG
        first, second = (self.chunk(number, record_id=record).get().sealed for number in (0, 1))
        self.chunk(0, record_id=record).update(sealed=second)
        self.chunk(1, record_id=record).update(sealed=first)
        with pytest.raises(SealBroken):
            opened(allow(Action.EXTRACTION, "paper"), record)

    def test_and_replays_the_values_of_an_older_version_opens_nothing(
        self, kept, allow: Allow, record
    ) -> None:
        kept()
        old = Value.objects.get(record_id=record, field="note")
        permit = allow(Action.CLARIFICATION, "note", purpose="subject-rights")
        vault.correct(permit, record, "note", "Do not come.")
        now = Value.objects.filter(record_id=record, field="note", version=2)
        now.update(sealed=old.sealed)
        with pytest.raises(SealBroken):
            vault.read(allow(Action.EXTRACTION, "note"))

    def test_and_turns_the_versions_around_opens_nothing(self, kept, allow: Allow, record) -> None:
        kept()
        permit = allow(Action.CLARIFICATION, "note", purpose="subject-rights")
        vault.correct(permit, record, "note", "Do not come.")
        rows = {each.version: each for each in Value.objects.filter(field="note")}
        Value.objects.filter(field="note").delete()
        one, two = rows[1], rows[2]
        one.version, two.version = 2, 1
        one.superseded_at, two.superseded_at = two.superseded_at, one.superseded_at
        Value.objects.bulk_create([one, two])
        with pytest.raises(SealBroken):
            vault.read(allow(Action.EXTRACTION, "note"))

    def test_and_gives_the_rows_to_another_operator_opens_nothing(
        self, kept, allow: Allow, record, subject
    ) -> None:
        kept()
        thief = new_id()
        rows = [row for model in (Key, Value, Chunk) for row in model.objects.all()]
        records = vault.records(allow(Action.USE).operator, subject)
        with operator_scope(thief):
            for row in rows:
                row.operator_id = thief
                type(row).objects.bulk_create([row])
            for each in records:
                Record.objects.create(
                    operator_id=thief,
                    subject_id=subject,
                    id=each.id,
                    point=each.point,
                    purposes=list(each.purposes),
                    source=each.source,
                    received_at=each.received_at,
                )
            permit = allow(Action.EXTRACTION, "note", operator=thief)
            with pytest.raises(TutelaError, match=r"restore|missing|cut short"):
                vault.read(permit)


def test_the_photograph_that_is_kept_tells_nothing_else(
    scope: UUID, allow: Allow, record: UUID
) -> None:
    policy = policies.in_force(scope)
    content = telling_jpeg()
    photo = vault.examine(policy.fields["photo"], spool(content), size=len(content))
    vault.store(
        allow(Action.COLLECTION, "photo"),
        record=record,
        point="order",
        purposes=("orders",),
        values={},
        files={"photo": photo},
    )
    found = opened(allow(Action.EXTRACTION, "photo"), record, "photo")
    assert found.startswith(b"\xff\xd8")
    assert b"Larkspur" not in found


def test_a_forged_permit_for_more_fields_opens_no_file(kept, allow: Allow, record) -> None:
    kept()
    permit = allow(Action.EXTRACTION, "note")
    with pytest.raises(ForgedPermit):
        opened(replace(permit, fields=frozenset({"paper"})), record)
