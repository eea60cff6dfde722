"""Changes in a confirmed statement leave what the longer way leaves, and rest on nothing stale."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.gate.conftest import NOW, ORDER_FIELDS

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.permits import ForgedPermit
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind, LawPurpose
from tutela.db import swift
from tutela.db.installation import installation_id
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate import at_once, changing
from tutela.gate.actions import Refusal
from tutela.gate.rules import ConsentState, Operation
from tutela.identity import actions as identity
from tutela.journal.models import EntryRow
from tutela.vault import actions as vault
from tutela.vault import changing as preparing
from tutela.vault import ending_lines, endings, keystore, marks
from tutela.vault.errors import FieldNotPermitted, NoSuchValue, RecordExists, UnfitText
from tutela.vault.models import Ending, Key, Record, Shred, Value

pytestmark = pytest.mark.django_db(transaction=True)
FIELDS = frozenset({"name", "note"})
OFFICER = Actor(ActorKind.STAFF, "7", "officer")


class Person:
    """Somebody who agreed to orders, changed by one of the two ways."""

    def __init__(self, operator: UUID, subject: UUID, *, at_once: bool) -> None:
        self.operator, self.subject, self.short = operator, subject, at_once
        self.records = [new_id(), new_id()]
        consent = {"orders": ConsentState(NOW, None, "a" * 64)}
        with operator_scope(operator):
            gate.change_standing(operator, subject, lambda each: replace(each, consents=consent))
            vault.store(
                gate.decide(self.collecting()),
                record=self.records[0],
                point="order",
                purposes=("orders",),
                values={"name": "Ann"},
            )

    def _asking(self, action: Action, purpose: str, fields: frozenset[str]) -> Operation:
        return Operation(self.operator, self.subject, action, purpose, fields, SYSTEM)

    def collecting(self, fields: frozenset[str] = ORDER_FIELDS) -> Operation:
        return replace(self._asking(Action.COLLECTION, "orders", fields), point="order")

    def correcting(self, field: str) -> Operation:
        own = Actor(ActorKind.SUBJECT, str(self.subject))
        asked = self._asking(Action.CLARIFICATION, LawPurpose.SUBJECT_RIGHTS, frozenset({field}))
        return replace(asked, actor=own)

    def destroying(self) -> Operation:
        return self._asking(Action.DESTRUCTION, LawPurpose.RETENTION, ORDER_FIELDS)

    def store(self, record: int, field: str, text: str) -> object:
        asked = self.collecting(frozenset({field}))
        more = {"point": "order", "purposes": ("orders",), "values": {field: text}}
        return self._do(changing.store, asked, vault.store, record=self.records[record], **more)

    def correct(self, record: int, field: str, text: str) -> object:
        more = {"record": self.records[record], "field": field, "value": text}
        return self._do(changing.correct, self.correcting(field), vault.correct, **more)

    def destroy(self, record: int, *_: object) -> object:
        asked = self.destroying()
        return self._do(changing.destroy, asked, vault.destroy, record=self.records[record])

    def _do(self, short: Callable, asked: Operation, longer: Callable, **more: object) -> object:
        try:
            if self.short:
                return short(asked, **more)
            with operator_scope(self.operator):
                answer = gate.decide(asked)
                return answer if isinstance(answer, Refusal) else longer(answer, **more)
        except NoSuchValue as error:
            return str(error)

    def left(self) -> dict[str, object]:
        """Everything that both ways must leave alike, with names that are alike for both."""
        named = {str(each): f"record {n}" for n, each in enumerate(self.records)}
        named[str(self.subject)] = "somebody"
        mine = {"operator_id": self.operator, "subject_id": self.subject}
        with operator_scope(self.operator):
            found = {
                "records": list(Record.objects.filter(**mine).order_by("id").values()),
                "values": list(
                    Value.objects.filter(**mine).order_by("record_id", "field", "version").values()
                ),
                "keys": Key.objects.filter(**mine).count(),
                "endings": list(Ending.objects.filter(**mine).order_by("number").values()),
                "entries": list(EntryRow.objects.filter(**mine).order_by("number").values()),
                "texts": self._texts(),
            }
            for record in Record.objects.filter(**mine):
                assert marks.holds(record)
        slots = [slot for each in found["endings"] for slot in each["content"]["slots"]]
        assert keystore.shares(self.operator, slots) == [None] * len(slots)
        assert [each["number"] is None for each in found["endings"]] == [False] * len(
            found["endings"]
        )
        return _told(found, named)

    def _texts(self) -> list[tuple[object, ...]]:
        seeing = self._asking(Action.EXTRACTION, LawPurpose.SUBJECT_RIGHTS, ORDER_FIELDS)
        permit = gate.decide(replace(seeing, actor=Actor(ActorKind.SUBJECT, str(self.subject))))
        values = [*vault.read(permit), *vault.history(permit)]
        return sorted((str(v.record), v.field, v.version, v.value, v.source) for v in values)


_UNLIKE = {"id", "number", "slot", "slots", "sealed", "mark", "operator_id", "transaction"}


def _told(found: object, named: dict[str, str]) -> object:
    if isinstance(found, dict):
        return {
            named.get(str(key), key): _told(each, named)
            for key, each in found.items()
            if key not in _UNLIKE
        }
    if isinstance(found, list | tuple):
        return [_told(each, named) for each in found]
    return named.get(str(found), found)


@contextlib.contextmanager
def standing_still() -> Iterator[None]:
    before = clock.install(clock.ManualClock(clock.now()))
    at_once._known.clear()
    try:
        yield
    finally:
        clock.install(before)


def somebody(operator: UUID, *, at_once: bool) -> Person:
    with operator_scope(operator):
        subject = identity.new_subject(operator, "en", "customer")
    return Person(operator, subject, at_once=at_once)


@pytest.fixture
def ann(operator: UUID) -> Iterator[Person]:
    with standing_still():
        yield somebody(operator, at_once=True)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["store", "correct", "destroy"]),
        st.integers(0, 1),
        st.sampled_from(sorted(FIELDS)),
        st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=80),
    ),
    max_size=6,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_both_ways_leave_the_same_rows_entries_endings_and_shares(operator: UUID, steps):
    with standing_still():
        short, long = somebody(operator, at_once=True), somebody(operator, at_once=False)
        for verb, *arguments in steps:
            answers = [getattr(each, verb)(*arguments) for each in (short, long)]
            assert _plain(answers[0]) == _plain(answers[1])
        assert short.left() == long.left()


def _plain(answer: object) -> object:
    counted = ("fields", "values", "keys", "index_rows", "chunks")
    return [getattr(answer, name, None) for name in counted] + [isinstance(answer, str) and answer]


@contextlib.contextmanager
def watched(after: Callable[[str], None] = lambda _: None) -> Iterator[list[str]]:
    """The statements of the hot path, each told of once it has been carried out."""
    asked: list[str] = []
    counted = swift._cursor

    def told(statement: str, arguments: object) -> object:
        cursor = counted(statement, arguments)
        asked.append(statement)
        after(statement)
        return cursor

    swift._cursor = told
    try:
        yield asked
    finally:
        swift._cursor = counted


def test_a_correction_is_two_statements_and_a_destruction_three(ann: Person):
    with watched() as asked:
        ann.correct(0, "name", "Anna")
    assert len(asked) == 2
    installation_id()
    with watched() as asked:
        ann.destroy(0)
    assert len(asked) == 3


def test_what_is_gone_already_is_destroyed_once_more_in_two_statements(ann: Person):
    ann.destroy(0)
    with watched() as asked:
        again = ann.destroy(0)
    assert (again.records, again.values, len(asked)) == ((), 0, 2)


def test_of_two_who_destroy_a_record_at_once_the_second_finds_nothing(
    ann: Person, monkeypatch: pytest.MonkeyPatch
):
    """The first has committed and waits for the disk: its shares are yet to be overwritten."""
    done: list[str] = []

    def destroyed() -> None:
        with monkeypatch.context() as patched:
            patched.setattr(keystore, "shred", lambda *_: 1 / 0)
            ann.destroy(0)
        connection.close()

    def meanwhile(statement: str) -> None:
        if statement == changing._PEEK and not done:
            done.append(statement)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(destroyed).result()

    with watched(meanwhile):
        assert ann.destroy(0).values == 0
    with operator_scope(ann.operator):
        assert Shred.objects.count() == 1
        vault.shred_pending(ann.operator)
    ann.left()


def test_what_comes_between_looking_and_destroying_is_destroyed(ann: Person):
    done: list[str] = []

    def meanwhile(statement: str) -> None:
        if statement == changing._PEEK and not done:
            done.append(statement)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(lambda: (ann.store(1, "note", "Ring."), connection.close())).result()

    with watched(meanwhile):
        assert ann.destroy(1).values == 1


@pytest.mark.parametrize("verb", ["correct", "store", "destroy"])
def test_what_changes_between_reading_and_writing_is_seen(ann: Person, verb: str):
    done: list[str] = []

    def meanwhile(statement: str) -> None:
        if statement == changing._PEEK and not done:
            done.append(statement)
            change_in_another_connection(ann)

    arguments = {"store": ("note", "Ring twice."), "correct": ("name", "Anna"), "destroy": ()}
    with watched(meanwhile):
        getattr(ann, verb)(0, *arguments[verb])
    assert done
    with operator_scope(ann.operator):
        versions = Value.objects.filter(subject_id=ann.subject, field="name")
        found = sorted(versions.values_list("version", flat=True))
        gone = [each["slots"] for each in Ending.objects.values_list("content", flat=True)]
    assert found == {"store": [1, 2], "correct": [1, 2, 3], "destroy": []}[verb]
    assert [len(each) for each in gone] == {"destroy": [2]}.get(verb, [])


def change_in_another_connection(person: Person) -> None:
    def change() -> None:
        with operator_scope(person.operator):
            permit = gate.decide(person.correcting("name"))
            vault.correct(permit, person.records[0], "name", "Annie")
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(change).result()


def test_a_withdrawal_between_reading_and_writing_is_obeyed(ann: Person):
    def withdraw() -> None:
        with operator_scope(ann.operator):
            gate.change_standing(ann.operator, ann.subject, lambda each: replace(each, consents={}))
        connection.close()

    done: list[str] = []

    def meanwhile(statement: str) -> None:
        if statement == changing._PEEK and not done:
            done.append(statement)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(withdraw).result()

    with watched(meanwhile):
        answer = ann.store(0, "note", "Ring twice.")
    assert isinstance(answer, Refusal)
    assert answer.reason == "no-consent"
    with operator_scope(ann.operator):
        assert not Value.objects.filter(field="note").exists()
        assert EntryRow.objects.filter(kind="gate.refused").count() == 1


def test_what_is_not_there_is_said_and_not_journalled(ann: Person):
    with operator_scope(ann.operator):
        before = EntryRow.objects.count()
    assert "no such value" in str(ann.correct(0, "note", "Ring twice."))
    with operator_scope(ann.operator):
        assert EntryRow.objects.count() == before


def test_what_the_longer_way_refuses_to_store_is_refused(ann: Person):
    with pytest.raises(UnfitText):
        ann.store(0, "note", "a\x00b")
    more = {"purposes": ("orders",), "values": {"name": "Ann", "phone": "+13055550142"}}
    with pytest.raises(FieldNotPermitted):
        changing.store(
            ann.collecting(frozenset({"name"})), record=ann.records[1], point="order", **more
        )
    with pytest.raises(RecordExists):
        changing.store(ann.collecting(), record=ann.records[0], point="elsewhere", **more)


def test_whom_a_field_finds_is_found_after_storing_and_correcting_it(ann: Person):
    ann.store(1, "phone", "+13055550142")
    ann.correct(1, "phone", "+13055550143")
    finding = replace(
        ann._asking(Action.EXTRACTION, LawPurpose.IDENTIFICATION, frozenset({"phone"})),
        subject=None,
    )
    with operator_scope(ann.operator):
        permit = gate.decide(finding)
        assert vault.find(permit, "phone", "305 555 0143") == ann.subject
        assert vault.find(permit, "phone", "305 555 0142") is None


def test_a_permit_that_is_not_confirmed_opens_nothing(ann: Person):
    asked = ann.correcting("name")
    with operator_scope(ann.operator):
        known = at_once._recall(ann.operator, ann.subject, clock.now())
        decision = at_once.prepared(asked, known, clock.now()).decision
        permit = gate.permit_of(asked, decision, frozenset(), preparing.UNCONFIRMED)
        with pytest.raises(ForgedPermit):
            vault.correct(permit, ann.records[0], "name", "Anna")


def test_a_share_that_could_not_be_overwritten_at_once_is_by_the_sweep(
    ann: Person, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    with monkeypatch.context() as patched:
        patched.setattr(keystore, "_write", full)
        assert ann.destroy(0).values == 1
    with operator_scope(ann.operator):
        assert Shred.objects.count() == 1
        vault.shred_pending(ann.operator)
    with operator_scope(ann.operator):
        vault.shred_pending(ann.operator)
        assert not Shred.objects.exists()
        assert Ending.objects.get().number == 1
    ann.left()


def test_endings_of_others_in_between_are_known_and_numbered_on(ann: Person):
    installation_id()
    other = somebody(ann.operator, at_once=True)
    done: list[str] = []

    def meanwhile(statement: str) -> None:
        if "vault_take(" in statement and not done:
            done.append(statement)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(lambda: (other.destroy(0), connection.close())).result()

    with watched(meanwhile) as asked:
        ann.destroy(0)
    assert any("vault_known_endings" in each for each in asked)
    with operator_scope(ann.operator):
        numbers = Ending.objects.order_by("number").values_list("number", flat=True)
        assert list(numbers) == [1, 2]
        assert not Shred.objects.exists()
        assert endings.missing(ann.operator) == []


def test_a_line_the_database_does_not_know_stops_the_numbering(ann: Person):
    installation_id()
    with operator_scope(ann.operator):
        gone = ending_lines.Line(
            0, new_id(), ann.subject, endings.DESTROYED, clock.now(), {"slots": []}
        )
        endings.take_in(ann.operator, [gone])
    ann.destroy(0)
    with operator_scope(ann.operator):
        assert [each.id for each in endings.missing(ann.operator)] == [gone.id]
        assert Ending.objects.get().number is None


def test_the_role_that_serves_people_changes_too(ann: Person, as_app_role: Callable):
    with as_app_role():
        assert ann.store(0, "note", "Ring twice.") is None
        assert ann.correct(0, "name", "Anna") is None
        assert ann.destroy(0).values == 3
