"""Fills the vault with people in bulk: the very rows that the rooms write, thousands at a time.

Keys are wrapped, values sealed with shares of their own in the key store, and each record has
its permit in the journal, so that whatever is measured afterwards meets genuine data.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection

from benchmarks import bulk
from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import Action, Actor, ActorKind
from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.gate.entries import Permitted
from tutela.gate.standing import ConsentState, Standing
from tutela.identity.entries import SubjectRegistered
from tutela.journal import tree
from tutela.journal.actions import sequence
from tutela.journal.entries import Entry, Row, common_values, leaf_data, own_values
from tutela.policy import actions as policies
from tutela.vault import custody, index, keystore, marks
from tutela.vault.models import Record
from tutela.vault.provenance import SUBJECT
from tutela.vault.sealing import Place, new_key, seal, value_key

CHUNK = 2000
APPLICATION = Actor(ActorKind.APPLICATION, "loader")


@dataclass(frozen=True, slots=True)
class LoadedRecord:
    id: UUID
    point: str
    purpose: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LoadedPerson:
    """Somebody with a live consent to each purpose of their records."""

    subject: UUID
    category: str
    records: Sequence[LoadedRecord]


_INSERTS = {
    "identity_subject": "operator_id subject_id language category created_at",
    "gate_standing": "operator_id subject_id state changed_at",
    "vault_key": "operator_id subject_id wrapper wrapped made_at",
    "vault_record": "operator_id subject_id id point purposes source received_at mark",
    "vault_value": "operator_id subject_id record_id field version slot sealed source status "
    "received_at",
    "vault_identifier": "operator_id field digest subject_id record_id since key",
    "journal_entry": "subject_id actor_kind actor_id actor_role action purpose basis clause "
    "automated policy_version operator_id id kind at data",
}


def load(operator: UUID, people: Iterable[LoadedPerson]) -> int:
    """Write everybody; how many records there were. The journal is left to the sequencer."""
    waiting, count = iter(people), 0
    while chunk := list(islice(waiting, CHUNK)):
        with operator_scope(operator):
            made = _Chunk(operator, chunk)
            for name, lines in made.tables.items():
                _insert(name, lines)
            count += len(made.tables["vault_record"])
    return count


def load_in_bulk(
    operator: UUID, first: int, end: int, person: Callable[[int], LoadedPerson]
) -> None:
    """Write the people with these numbers by several processes, and the journal's tree with them;
    the journal may not be written to meanwhile."""
    with operator_scope(operator):
        held = custody.hold(operator)
        held.wrapping(), held.index()
    sequence(operator)
    log = bulk.Log(operator)
    work = partial(_load_part, operator, person)
    listed = [(*part, first, log.built.size) for part in bulk.parts(first, end, CHUNK)]
    with bulk.open_to_copy([*_INSERTS, "journal_leaf"]):
        for hashes in bulk.in_processes(work, listed):
            log.add(bulk.split(hashes))
    sequence(operator)


def _load_part(
    operator: UUID, person: Callable[[int], LoadedPerson], part: tuple[int, int, int, int]
) -> bytes:
    """One part of ``load_in_bulk``: people from ``start``; the hashes of their entries' leaves."""
    start, count, first, size = part
    with operator_scope(operator):
        made = _Chunk(operator, [person(n) for n in range(start, start + count)])
    hashes = made.hashes()
    entries = made.tables["journal_entry"]
    at = size + (start - first) * len(entries) // count
    place = _INSERTS["journal_entry"].split().index("id")
    leaves = [
        (operator, index, line[place], leaf)
        for index, (line, leaf) in enumerate(zip(entries, hashes, strict=True), start=at)
    ]
    rows = [
        (name, _INSERTS[name].split(), map(_cells, lines)) for name, lines in made.tables.items()
    ]
    bulk.copy([*rows, ("journal_leaf", bulk.LEAF, leaves)])
    return b"".join(hashes)


def _cells(line: tuple[Any, ...]) -> list[Any]:
    return [json.dumps(cell) if isinstance(cell, dict | list) else cell for cell in line]


def _insert(name: str, lines: list[tuple[Any, ...]]) -> None:
    names = _INSERTS[name].split()
    columns = ", ".join(names)
    statement = (
        f"INSERT INTO {name} ({columns}) SELECT {columns} "
        f"FROM jsonb_populate_recordset(NULL::{name}, %s::jsonb)"
    )
    if name == "journal_entry":
        statement = (
            f"WITH written AS ({statement} RETURNING operator_id, number, id) "
            "INSERT INTO journal_pending (operator_id, number, entry_id) SELECT * FROM written"
        )
    listed = [dict(zip(names, line, strict=True)) for line in lines]
    swift.run(statement, (json.dumps(listed, default=_plain),))


def _plain(cell: Any) -> str:
    return f"\\x{cell.hex()}" if isinstance(cell, bytes) else str(cell)


class _Chunk:
    def __init__(self, operator: UUID, people: Sequence[LoadedPerson]) -> None:
        self.operator, self.now = operator, clock.now()
        self.tables: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _INSERTS}
        count = sum(len(record.values) for each in people for record in each.records)
        self.shares = iter(keystore.allocate(operator, count))
        held = custody.hold(operator)
        self.wrapper, self.index_key = held.wrapping(), held.index()
        self.policy = policies.in_force(operator)
        for person in people:
            self._person(person)

    def _person(self, person: LoadedPerson) -> None:
        operator, subject = self.operator, person.subject
        state = standing(self.now, {each.purpose for each in person.records})
        key = new_key()
        wrapped = custody.wrap(operator, subject, self.wrapper, key)
        self.tables["identity_subject"].append((operator, subject, "en", person.category, self.now))
        self.tables["gate_standing"].append((operator, subject, state, self.now))
        self.tables["vault_key"].append((operator, subject, self.wrapper, wrapped, self.now))
        self._journal(SubjectRegistered(subject=subject, category=person.category))
        for record in person.records:
            self._record(subject, key, record)

    def _record(self, subject: UUID, key: bytes, record: LoadedRecord) -> None:
        told = {"source": SUBJECT, "status": "stated", "received_at": self.now}
        held = []
        for (field, text), (slot, share) in zip(record.values.items(), self.shares, strict=False):
            place = Place(self.operator, subject, record.id, field, 1)
            sealed = seal(value_key(key, share), place, text)
            held.append({"field": field, "version": 1, "slot": slot, **told, **marks.UNCHANGED})
            self.tables["vault_value"].append(
                (
                    *(self.operator, subject, record.id, field, 1, slot, sealed),
                    *(SUBJECT, "stated", self.now),
                )
            )
        self._keep(subject, record, held)
        for field, text in record.values.items():
            if self.policy.fields[field].identifies:
                self._identify(subject, record.id, field, text)
        self._journal(
            Permitted(
                subject=subject,
                actor=APPLICATION,
                action=Action.COLLECTION,
                purpose=record.purpose,
                basis="consent",
                clause="1.4",
                policy_version=1,
                rule="standing-basis-carries-it",
                count=len(record.values),
                fields=tuple(sorted(record.values)),
                point=record.point,
            )
        )

    def _keep(self, subject: UUID, record: LoadedRecord, held: list[dict[str, Any]]) -> None:
        row = Record(
            operator_id=self.operator,
            subject_id=subject,
            id=record.id,
            point=record.point,
            purposes=[record.purpose],
            source=SUBJECT,
            received_at=self.now,
        )
        mark = marks.over(row, sorted(held, key=lambda each: each["field"]))
        line = (row.point, row.purposes, row.source, row.received_at, mark)
        self.tables["vault_record"].append((self.operator, subject, record.id, *line))

    def _identify(self, subject: UUID, record: UUID, field: str, text: str) -> None:
        declared, territory = self.policy.fields[field], self.policy.operator.territory
        normal = index.normalise(declared.type, text, territory)
        digest = custody.digest(self.operator, field, normal, self.index_key)
        self.tables["vault_identifier"].append(
            (self.operator, field, digest, subject, record, self.now, self.index_key)
        )

    def _journal(self, entry: Entry) -> None:
        own = own_values(entry)
        common = common_values(entry).values()
        self.tables["journal_entry"].append(
            (*common, self.operator, new_id(), entry.kind, self.now, own)
        )

    def hashes(self) -> list[bytes]:
        """The leaf of each entry."""
        names = _INSERTS["journal_entry"].split()
        return [
            tree.leaf_hash(leaf_data(_row(dict(zip(names, line, strict=True)))))
            for line in self.tables["journal_entry"]
        ]


def _row(cells: dict[str, Any]) -> Row:
    actor = Actor(ActorKind(cells["actor_kind"]), cells["actor_id"], cells["actor_role"])
    same = ("id", "kind", "at", "action", "purpose", "basis", "clause", "automated", "data")
    return Row(
        operator=cells["operator_id"],
        number=0,
        subject=cells["subject_id"],
        actor=actor,
        policy_version=cells["policy_version"],
        **{name: cells[name] for name in same},
    )


def standing(now: datetime, purposes: Iterable[str]) -> dict[str, Any]:
    """The standing of a person who agreed to these purposes, as the gate keeps it."""
    return Standing(
        consents={each: ConsentState(now, None, "a" * 64) for each in sorted(purposes)}
    ).to_json()


def numbered(kind: int, n: int) -> UUID:
    """The identifier of thing ``n`` of a kind: of version 7, in the order of ``n``."""
    return UUID(int=(0x018D << 112) | n << 80 | 0x7 << 76 | kind << 64 | 0b10 << 62 | n)


def sizes(names: Iterable[str]) -> dict[str, int]:
    """Bytes of each table with its indexes and TOAST."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, pg_total_relation_size(name::regclass) FROM unnest(%s) AS name",
            [list(names)],
        )
        return dict(cursor.fetchall())
