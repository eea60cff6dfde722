"""Keys are changed while people are read, found, written and destroyed; nothing is lost."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from tests.vault.conftest import ANN, FIELDS, Allow

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import Action
from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.vault import actions as vault
from tutela.vault import custody, keyfiles, rotation, tasks
from tutela.vault.errors import KeyLost
from tutela.vault.models import Identifier, Key, OperatorKey, Rotation, State, Value
from tutela.vault.rotation import Kind, Outcome

PEOPLE = 8
Seal = Callable[..., None]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings) -> Path:
    """Keys of its own for each test; the operator is the same in all."""
    settings.TUTELA_HOME = tmp_path
    keyfiles.forget()
    return tmp_path


@pytest.fixture
def people(operator: UUID, sealed: Seal) -> list[UUID]:
    found = [new_id() for _ in range(PEOPLE)]
    for number, subject in enumerate(found):
        with operator_scope(operator):
            sealed({**ANN, "email": mail(number)}, into=new_id(), subject=subject)
    return found


def mail(number: int) -> str:
    return f"ann{number}@example.org"


def all_is_there(operator: UUID, people: list[UUID], allow: Allow) -> None:
    for number, subject in enumerate(people):
        with operator_scope(operator):
            told = vault.read(allow(Action.EXTRACTION, subject=subject))
            assert {each.field: each.value for each in told} == {**ANN, "email": mail(number)}
            looking = allow(Action.EXTRACTION, subject=None)
            assert vault.find(looking, "email", mail(number)) == subject


def carry_out(operator: UUID, kind: Kind, **options: bool) -> UUID:
    begun = rotation.begin(operator, kind, **options)
    for _ in range(10_000):
        if rotation.step(operator, begun, page=3) is Outcome.ENDED:
            return begun
    raise AssertionError("The rotation does not end.")


def states(operator: UUID, use: str) -> list[str]:
    with operator_scope(operator):
        keys = OperatorKey.objects.filter(use=use).order_by("made_at", "name")
        return sorted(keys.values_list("state", flat=True))


@pytest.mark.parametrize("kind", list(Kind))
def test_afterwards_everybody_is_under_the_new_key_and_all_is_there(
    operator: UUID, people: list[UUID], allow: Allow, kind: Kind
) -> None:
    with operator_scope(operator):
        before = dict(Key.objects.values_list("subject_id", "wrapped"))
        sealed_before = set(map(bytes, Value.objects.values_list("sealed", flat=True)))
        digests = set(map(bytes, Identifier.objects.values_list("digest", flat=True)))
    begun = carry_out(operator, kind)
    all_is_there(operator, people, allow)
    with operator_scope(operator):
        row = Rotation.objects.get(id=begun)
        assert (row.done, row.total, row.ended_at is None) == (PEOPLE, PEOPLE, False)
        after = dict(Key.objects.values_list("subject_id", "wrapped"))
        sealed_after = set(map(bytes, Value.objects.values_list("sealed", flat=True)))
        digests_after = set(map(bytes, Identifier.objects.values_list("digest", flat=True)))
        kinds = [each.kind for each in journal.entries(operator)]
    assert kinds.count("vault.rotation-begun") == kinds.count("vault.rotation-ended") == 1
    assert all(after[each] != before[each] for each in people) == (kind is not Kind.INDEX)
    assert sealed_after.isdisjoint(sealed_before) == (kind is Kind.DATA)
    assert digests_after.isdisjoint(digests) == (kind is Kind.INDEX)
    assert len(digests_after) == len(digests)
    use = {Kind.OPERATOR: "wrapping", Kind.INDEX: "index"}.get(kind)
    if use:
        assert states(operator, use) == ["current", "retired"]


def test_to_begin_twice_is_to_go_on(operator: UUID, people: list[UUID]) -> None:
    first = rotation.begin(operator, Kind.OPERATOR)
    assert rotation.begin(operator, Kind.OPERATOR) == first
    assert states(operator, "wrapping") == ["current", "leaving"]


def test_in_between_people_are_read_and_found_under_both_keys(
    operator: UUID, people: list[UUID], allow: Allow
) -> None:
    for kind in Kind:
        begun = rotation.begin(operator, kind)
        assert rotation.step(operator, begun, page=3) is Outcome.MORE
        assert rotation.progress(operator, begun) == (3, PEOPLE)
    with operator_scope(operator):
        assert Key.objects.values("wrapper").distinct().count() == 2
        assert Identifier.objects.values("key").distinct().count() == 2
    all_is_there(operator, people, allow)


def test_a_retired_key_opens_a_copy_from_before_and_a_destroyed_one_does_not(
    operator: UUID, people: list[UUID], allow: Allow
) -> None:
    with operator_scope(operator):
        copy = list(Key.objects.all())
        old = copy[0].wrapper
    carry_out(operator, Kind.OPERATOR)
    keyfiles.forget()
    one = copy[0]
    assert custody.unwrap(operator, one.subject_id, old, bytes(one.wrapped))
    with operator_scope(operator):
        assert rotation.retire_for_good(operator) == 1
    assert (rotation.end_keys(operator), rotation.end_keys(operator)) == (1, 0)
    with pytest.raises(KeyLost):
        custody.unwrap(operator, one.subject_id, old, bytes(one.wrapped))
    assert states(operator, "wrapping") == ["current", "destroyed"]
    all_is_there(operator, people, allow)
    with operator_scope(operator):
        (told,) = journal.entries(operator, kinds=["vault.key-destroyed"])
    assert told.data["key"] == custody.fingerprint(old)


def test_the_old_key_is_destroyed_by_the_sweep_where_that_was_asked(
    operator: UUID, people: list[UUID], allow: Allow
) -> None:
    for kind in (Kind.OPERATOR, Kind.INDEX):
        rotation.begin(operator, kind, destroy_old=True)
    while tasks.rotate(operator, clock.now()):
        pass
    assert states(operator, "wrapping") == states(operator, "index") == ["current", "destroyed"]
    # those of wrapping, of the index and of marks: none is left of the old ones
    assert len(list(keyfiles.folder(operator).glob("*.key"))) == 3
    all_is_there(operator, people, allow)


def test_whoever_is_being_worked_on_is_taken_over_later_and_nobody_waits(
    operator: UUID, people: list[UUID], allow: Allow
) -> None:
    begun = rotation.begin(operator, Kind.DATA)
    with operator_scope(operator):
        Key.objects.select_for_update().get(subject_id=people[0])
        with ThreadPoolExecutor(1) as pool:
            outcomes = pool.submit(_in_a_thread, lambda: _steps(operator, begun)).result()
    assert outcomes[-1] is Outcome.BUSY
    assert rotation.progress(operator, begun) == (PEOPLE - 1, PEOPLE)
    assert carry_out(operator, Kind.DATA) == begun
    all_is_there(operator, people, allow)


def _steps(operator: UUID, begun: UUID) -> list[Outcome]:
    return [rotation.step(operator, begun, page=100) for _ in range(3)]


def test_entries_of_people_who_went_meanwhile_do_not_hold_a_rotation_up(
    operator: UUID, people: list[UUID], allow: Allow
) -> None:
    begun = [rotation.begin(operator, kind) for kind in Kind]
    for subject in people:
        with operator_scope(operator):
            vault.destroy(allow(Action.DESTRUCTION, subject=subject))
    for each in begun:
        while rotation.step(operator, each) is not Outcome.ENDED:
            pass
    with operator_scope(operator):
        assert not Identifier.objects.exists()


@dataclass
class Life:
    """What goes on at an operator; each deed checks what it sees."""

    operator: UUID
    people: list[UUID]
    allow: Allow
    sealed: Seal
    counts: Counter[str] = field(default_factory=Counter)

    def read(self) -> None:
        for number, subject in enumerate(self.people[:3]):
            with operator_scope(self.operator):
                told = vault.read(self.allow(Action.EXTRACTION, subject=subject))
            assert {each.field: each.value for each in told} == {**ANN, "email": mail(number)}
            self.counts["read"] += 1

    def find(self) -> None:
        for number, subject in enumerate(self.people[:3]):
            assert self._found(mail(number)) == subject
            self.counts["found"] += 1

    def correct(self) -> None:
        text, subject = f"note {self.counts['corrected']}", self.people[3]
        with operator_scope(self.operator):
            (record,) = vault.holdings(self.operator, subject)
            permit = self.allow(Action.CLARIFICATION, subject=subject)
            vault.correct(permit, record, "note", text)
        with operator_scope(self.operator):
            told = vault.read(self.allow(Action.EXTRACTION, "note", subject=subject))
        assert [each.value for each in told] == [text]
        self.counts["corrected"] += 1

    def come_and_go(self) -> None:
        subject, address = new_id(), f"passing{self.counts['gone']}@example.org"
        with operator_scope(self.operator):
            self.sealed({**ANN, "email": address}, into=new_id(), subject=subject)
        assert self._found(address) == subject
        with operator_scope(self.operator):
            assert len(vault.read(self.allow(Action.EXTRACTION, subject=subject))) == len(FIELDS)
        with operator_scope(self.operator):
            assert vault.destroy(self.allow(Action.DESTRUCTION, subject=subject)).keys == 1
        self.counts["gone"] += 1

    def _found(self, address: str) -> UUID | None:
        with operator_scope(self.operator):
            return vault.find(self.allow(Action.EXTRACTION, subject=None), "email", address)


@pytest.mark.parametrize("kind", list(Kind))
def test_reading_writing_finding_and_destroying_go_on_meanwhile(
    operator: UUID, people: list[UUID], allow: Allow, sealed: Seal, kind: Kind
) -> None:
    """Four threads live on while keys are changed three times in a row."""
    life = Life(operator, people, allow, sealed)
    stop = threading.Event()

    def again(deed: Callable[[], None]) -> None:
        while not stop.is_set():
            deed()

    deeds = (life.read, life.find, life.correct, life.come_and_go)
    with ThreadPoolExecutor(len(deeds)) as pool:
        living = [pool.submit(_in_a_thread, lambda deed=deed: again(deed)) for deed in deeds]
        try:
            for _ in range(3):
                carry_out(operator, kind, destroy_old=True)
                rotation.end_keys(operator)
        finally:
            stop.set()
        for each in living:
            each.result(60)
    assert set(life.counts) == {"read", "found", "corrected", "gone"}
    all_is_there(operator, people[:3], allow)
    for use in ("wrapping", "index"):
        assert set(states(operator, use)) <= {State.CURRENT, State.DESTROYED}


def _in_a_thread(deed: Callable[[], object]) -> object:
    try:
        return deed()
    finally:
        connection.close()
