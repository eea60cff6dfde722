"""Side (b): the same records in Tutela's vault, with everything on.

Each operation is decided by the gate, journalled in the transaction that does it, and works on
sealed values. The application keeps the identifiers of person and record in the place where it
would have kept the data, as integrations do.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connections

from benchmarks.gdprbench import operator as bench
from benchmarks.gdprbench.facts import DATA, PURPOSES, TTL, USERS, data, owner_of
from benchmarks.gdprbench.side import PAGE, Missing
from benchmarks.loading import LoadedPerson, LoadedRecord, load, numbered
from tutela.core import clock
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind, LawPurpose, Scope
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate import at_once, bulk, changing
from tutela.gate.rules import Operation
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.compiling import compile_sources
from tutela.policy.source import Sources
from tutela.vault import actions as vault
from tutela.vault.errors import NoSuchRecord, NoSuchValue
from tutela.vault.models import Record
from tutela.vault.values import Seen

OPERATOR = policies.operator_id(bench.SLUG)
_SCOPE = Scope(
    frozenset(bench.purpose(n) for n in range(PURPOSES)),
    frozenset({str(Action.COLLECTION), str(Action.USE)}),
)
_APPLICATION = Actor(ActorKind.APPLICATION, "service", scope=_SCOPE)
_AUDITOR = Actor(ActorKind.STAFF, "7", "officer")
_WISHES = frozenset({bench.WISHES})
_EVERYTHING = frozenset({*(f"cat{k}" for k in range(10)), bench.WISHES})


def person_of(n: int) -> UUID:
    return numbered(1, n % USERS)


def record_of(n: int) -> UUID:
    return numbered(2, n)


def publish() -> None:
    policies.publish(compile_sources(Sources(bench.sources())).or_raise())
    policies.in_force(OPERATOR)  # compiled once, before the clients are made


def fill(records: int) -> int:
    """Load everybody; how many bytes of data they have."""
    users = min(records, USERS)
    load(
        OPERATOR,
        (
            LoadedPerson(person_of(user), "user", [_loaded(n) for n in range(user, records, USERS)])
            for user in range(users)
        ),
    )
    return records * DATA


def _loaded(n: int) -> LoadedRecord:
    values = {bench.data_field(n): data(n)}
    return LoadedRecord(record_of(n), bench.form(n), bench.purpose(n), values)


class Sealed:
    """One client. ``decisions`` counts the answers of the gate it was given."""

    def __init__(self) -> None:
        self.decisions = 0

    def close(self) -> None:
        connections.close_all()

    def _asked(self, action: Action, purpose: str, n: int, **more: Any) -> Operation:
        self.decisions += 1
        return Operation(
            operator=OPERATOR,
            subject=person_of(n),
            action=action,
            purpose=purpose,
            **{"fields": frozenset({bench.data_field(n)}), "actor": SYSTEM, **more},
        )

    def _look(self, action: Action, purpose: str, n: int, **more: Any) -> Seen:
        return _yes(at_once.look(self._asked(action, purpose, n, **more)))

    def _oneself(self, n: int) -> Actor:
        return Actor(ActorKind.SUBJECT, str(person_of(n)))

    def create(self, n: int) -> None:
        asked = self._asked(
            Action.COLLECTION, bench.purpose(n), n, actor=_APPLICATION, point=bench.form(n)
        )
        self._stored(asked, n, {bench.data_field(n): data(n)})

    def _stored(self, asked: Operation, n: int, values: dict[str, str]) -> None:
        purposes = (bench.purpose(n),)
        _yes(
            changing.store(
                asked, record=record_of(n), point=bench.form(n), purposes=purposes, values=values
            )
        )

    def delete_by_key(self, n: int) -> None:
        fields = frozenset({bench.data_field(n), bench.WISHES})
        asked = self._asked(Action.DESTRUCTION, LawPurpose.RETENTION, n, fields=fields)
        _yes(changing.destroy(asked, record_of(n)))

    def _own(self, n: int, fields: frozenset[str]) -> Seen:
        return self._look(
            Action.EXTRACTION,
            LawPurpose.SUBJECT_RIGHTS,
            n,
            fields=fields,
            actor=self._oneself(n),
        )

    def read_by_user(self, n: int) -> None:
        for value in self._own(n, _EVERYTHING).values:
            if value.field != bench.WISHES:
                number, _version = owner_of(value.value)
                if (value.record, number % USERS) != (record_of(number), n % USERS):
                    raise AssertionError("A record of another user was read.")

    def read_metadata_by_key(self, n: int) -> None:
        seen = self._own(n, _WISHES)
        record = next((each for each in seen.records if each.id == record_of(n)), None)
        if record is None:
            raise Missing(n)
        if (record.point, record.purposes) != (bench.form(n), (bench.purpose(n),)):
            raise AssertionError("The metadata is of another record.")
        if not all(value.value.startswith("shr") for value in seen.values):
            raise AssertionError("The wishes are not those that were stored.")

    def update_data(self, n: int, version: int) -> None:
        with contextlib.suppress(NoSuchRecord):
            self._correct(n, bench.data_field(n), data(n, version))

    def update_metadata_by_key(self, n: int, version: int) -> None:
        """A wish that was told is corrected, one that was not yet is stored."""
        wish = f"shr{(n + version) % 10}"
        try:
            self._correct(n, bench.WISHES, wish)
        except NoSuchRecord:
            return
        except NoSuchValue:
            self._wish(n, wish)

    def _correct(self, n: int, field: str, text: str) -> None:
        asked = self._asked(
            Action.CLARIFICATION,
            LawPurpose.SUBJECT_RIGHTS,
            n,
            fields=frozenset({field}),
            actor=self._oneself(n),
        )
        try:
            _yes(changing.correct(asked, record_of(n), field, text))
        except NoSuchValue:
            self.decisions -= 1  # what does not happen is not journalled
            raise

    def _wish(self, n: int, wish: str) -> None:
        asked = self._asked(
            Action.COLLECTION,
            bench.purpose(n),
            n,
            fields=_WISHES,
            actor=self._oneself(n),
            point=bench.form(n),
        )
        self._stored(asked, n, {bench.WISHES: wish})

    def update_metadata_by_purpose(self, n: int) -> None:
        for each in _page(bench.purpose(n)):
            self.update_metadata_by_key(each, n)

    def update_metadata_by_user(self, n: int) -> None:
        with operator_scope(OPERATOR):
            held = [each.id for each in vault.records(OPERATOR, person_of(n))]
        for each in held:
            self.update_metadata_by_key(number_of(each), n)

    def read_by_key(self, n: int) -> None:
        _checked(n, self._look(Action.USE, bench.purpose(n), n, actor=_APPLICATION))

    def read_by_purpose(self, n: int) -> None:
        self._read_page(n)

    def read_by_object(self, n: int) -> None:
        self._read_page(n)

    def _read_page(self, n: int) -> None:
        """A page of records of as many people, each decided on and journalled."""
        with operator_scope(OPERATOR):
            page = _numbers(bench.purpose(n))
            seen = bulk.look_many(
                [
                    self._asked(Action.USE, bench.purpose(each), each, actor=_APPLICATION)
                    for each in page
                ]
            )
        for each, one in zip(page, seen, strict=True):
            _checked(each, _yes(one))

    def _audit(self, n: int) -> Operation:
        """An auditor looks at what is kept about a person, not at the values."""
        return self._asked(
            Action.EXTRACTION,
            LawPurpose.OVERSIGHT,
            n,
            fields=frozenset(),
            actor=_AUDITOR,
            reason="audit",
        )

    def read_metadata_by_user(self, n: int) -> None:
        records = _yes(at_once.look(self._audit(n))).records
        if any(number_of(each.id) % USERS != n % USERS for each in records):
            raise AssertionError("Metadata of another user was read.")

    def read_logs(self, n: int) -> None:
        found = _yes(at_once.latest(self._audit(n), 10))
        if not found or any(each.subject != person_of(n) for each in found):
            raise AssertionError("A user has no log, or that of another.")

    def verify_deletion(self, n: int) -> None:
        records = _yes(at_once.look(self._audit(n))).records
        if all(each.id != record_of(n) for each in records):
            raise Missing(n)


def _yes(answer: Any) -> Any:
    if isinstance(answer, gate.Refusal):
        raise AssertionError(f"The gate refused: {answer.reason}.")  # noqa: TRY004
    return answer


def number_of(record: UUID) -> int:
    return record.int & ((1 << 62) - 1)


def _checked(n: int, seen: Seen) -> None:
    values = [each for each in seen.values if each.record == record_of(n)]
    if not values:
        raise Missing(n)
    if owner_of(values[0].value)[0] != n:
        raise AssertionError("Another record was read.")


def _page(purpose: str) -> list[int]:
    with operator_scope(OPERATOR):
        return _numbers(purpose)


def _numbers(purpose: str) -> list[int]:
    found = Record.objects.filter(operator_id=OPERATOR, purposes__contains=[purpose])
    return [number_of(each) for each in found.order_by("id").values_list("id", flat=True)[:PAGE]]


def expire(later: timedelta) -> int:
    """Destroy what is over by then; how many records. The rule is that of the record's form."""
    limit = clock.now() + later
    due = []
    with operator_scope(OPERATOR):
        for each in Record.objects.filter(operator_id=OPERATOR):
            n = number_of(each.id)
            if each.received_at + timedelta(seconds=TTL[n % len(TTL)]) <= limit:
                due.append(n)
    side = Sealed()
    for n in due:
        side.delete_by_key(n)
    return len(due)


def left() -> set[int]:
    """The numbers of the records that are there, each read and checked."""
    found: set[int] = set()
    with operator_scope(OPERATOR):
        people = {each.subject_id for each in Record.objects.filter(operator_id=OPERATOR)}
    for each in people:
        found |= _read_all(each)
    return found


def _read_all(subject: UUID) -> set[int]:
    with operator_scope(OPERATOR):
        permit = gate.decide(
            Operation(
                operator=OPERATOR,
                subject=subject,
                action=Action.EXTRACTION,
                purpose=LawPurpose.SUBJECT_RIGHTS,
                fields=_EVERYTHING,
                actor=Actor(ActorKind.SUBJECT, str(subject)),
            )
        )
        if not isinstance(permit, Permit):
            raise AssertionError("A person may not read their own data.")  # noqa: TRY004
        values = vault.read(permit)
    return {owner_of(each.value)[0] for each in values if each.field != bench.WISHES}


def answers() -> int:
    """How many answers of the gate are in the journal."""
    with operator_scope(OPERATOR):
        return journal.count(OPERATOR, kinds=("gate.permitted", "gate.refused"))


def everybody() -> Iterator[UUID]:
    after = None
    while True:
        with operator_scope(OPERATOR):
            page = identity.subjects(OPERATOR, after=after, limit=1000)
        if not page:
            return
        yield from (each.id for each in page)
        after = page[-1].id
