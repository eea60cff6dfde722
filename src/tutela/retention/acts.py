"""Acts: numbered, signed statements of what was destroyed, or why it could not be.

An act names categories and fields by slug and title, never a value; counts; the ground with its
clause and how its term was counted; and the entry of the journal it belongs to (004 7.6(2)(e);
152-FZ article 21(7) leaves the form of the proof to the authority's order).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from tutela.core.canonical import canonical_bytes, sha256_hex
from tutela.db import swift
from tutela.journal import actions as journal
from tutela.policy.model import Policy
from tutela.retention.errors import UnknownAct
from tutela.retention.models import Act
from tutela.retention.rules import Ground, Held
from tutela.retention.wording import (
    ACKNOWLEDGED,
    ANONYMISED,
    ELSEWHERE,
    JOURNAL,
    METHOD,
    NOT_DONE,
    PRUNED,
    REASONS,
    VAULT,
    VERIFIED,
    Reason,
    in_every_language,
)
from tutela.vault.values import Destroyed

FORMAT = "tutela/act/1"


class Kind(StrEnum):
    """``partial`` is a destruction after which something of the person stays, ``journal`` one of
    what the journal still knew of a person who was destroyed before, ``anonymisation`` one after
    which rows stay from which nobody can be told; ``processors`` says that those who held the
    same for the operator have destroyed it too."""

    DESTRUCTION = "destruction"
    PARTIAL = "partial"
    ANONYMISATION = "anonymisation"
    IMPOSSIBILITY = "impossibility"
    JOURNAL = "journal"
    PROCESSORS = "processors"


@dataclass(frozen=True, slots=True)
class Because:
    """The ground of an act: a promise or a retention rule, with the fact that started its term."""

    kind: str
    slug: str
    clause: str
    event: str
    event_at: datetime
    due_at: datetime | None
    computation: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Statement:
    """What an act says. ``what`` are the records and fields destroyed or still to be destroyed."""

    id: UUID
    kind: Kind
    subject: UUID
    because: tuple[Because, ...]
    what: Mapping[UUID, frozenset[str]]
    held: tuple[Held, ...]
    kept: Mapping[UUID, Mapping[str, tuple[Ground, ...]]]
    counts: Destroyed
    done_at: datetime
    entry: UUID
    obligation: UUID | None = None
    cause: UUID | None = None
    first_act: UUID | None = None
    reason: Reason | None = None
    reason_since: datetime | None = None
    blocked: bool = False
    entries: int = 0
    anonymised: Mapping[str, Any] | None = None
    verified: tuple[str, ...] = ()
    processors: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class ActRow:
    """A kept act. ``envelope`` is the signed document with its signature and key."""

    id: UUID
    subject_id: UUID
    kind: str
    year: int
    number: int
    made_at: datetime
    sha256: str
    envelope: Mapping[str, Any]
    obligation_id: UUID | None
    cause: UUID | None
    first_act: UUID | None

    @property
    def document(self) -> Mapping[str, Any]:
        content: Mapping[str, Any] = self.envelope["document"]
        return content

    @property
    def label(self) -> str:
        return f"{self.year}-{self.number}"


_COLUMNS = tuple(ActRow.__dataclass_fields__)
_NEXT = """
INSERT INTO retention_counter (operator_id, year, last) VALUES (%s, %s, %s)
ON CONFLICT (operator_id, year) DO UPDATE SET last = retention_counter.last + excluded.last
RETURNING last
"""

_KEEP = """
INSERT INTO retention_act (
    operator_id, id, subject_id, kind, year, number, made_at, sha256, envelope, obligation_id,
    cause, first_act
)
SELECT %s::uuid, given.* FROM jsonb_to_recordset(%s::jsonb) AS given (
    id uuid, subject_id uuid, kind text, year integer, number integer, made_at timestamptz,
    sha256 text, envelope jsonb, obligation_id uuid, cause uuid, first_act uuid
)
"""


def make(operator_id: UUID, policy: Policy, said: Statement) -> ActRow:
    """Number, sign and keep the act. The number has no gap: the counter's row stays locked until
    the transaction ends, and goes back with it."""
    return make_many(operator_id, policy, [said])[0]


def make_many(operator_id: UUID, policy: Policy, said: Sequence[Statement]) -> list[ActRow]:
    """An act for each of these statements, numbered in their order. All are of one moment."""
    (at,) = {each.done_at for each in said}
    year = policy.calendar.local_day(at).year
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [operator_id, year, len(said)])
        (last,) = cursor.fetchone()
    numbers = range(last - len(said) + 1, last + 1)
    documents = [
        _document(policy, each, year, number) for each, number in zip(said, numbers, strict=True)
    ]
    envelopes = journal.sign_documents(operator_id, documents)
    made = [
        ActRow(
            id=each.id,
            subject_id=each.subject,
            kind=each.kind,
            year=year,
            number=number,
            made_at=at,
            sha256=sha256_hex(canonical_bytes(document)),
            envelope=envelope,
            obligation_id=each.obligation,
            cause=each.cause,
            first_act=each.first_act,
        )
        for each, number, document, envelope in zip(
            said, numbers, documents, envelopes, strict=True
        )
    ]
    listed = [{name: getattr(each, name) for name in _COLUMNS} for each in made]
    swift.run(_KEEP, (operator_id, json.dumps(listed, default=str)))
    return made


def _document(policy: Policy, said: Statement, year: int, number: int) -> dict[str, Any]:
    operator = policy.operator
    done = said.kind is not Kind.IMPOSSIBILITY
    due = [each.due_at for each in said.because if each.due_at is not None]
    return {
        "format": FORMAT,
        "kind": said.kind,
        "id": said.id,
        "number": {"year": year, "number": number},
        "operator": {
            "slug": operator.slug,
            "brand": operator.brand,
            "legal_name": operator.legal_name,
        },
        "subject": said.subject,
        "policy": {"version": policy.number, "dated": policy.dated, "digest": policy.digest},
        "because": [_because(each) for each in said.because],
        "what": _what(policy, said),
        "counts": {
            "values": said.counts.values,
            "records": len(said.counts.records),
            "keys": said.counts.keys,
            "index_rows": said.counts.index_rows,
            **({"entries": said.entries} if said.entries else {}),
        },
        "stores": [_where(said)],
        "method": in_every_language(_METHODS.get(said.kind, METHOD)),
        "verified": [
            {"level": level, "how": in_every_language(VERIFIED[level])} for level in said.verified
        ],
        "kept": _kept(policy, said),
        **({"anonymised": said.anonymised} if said.anonymised else {}),
        **({"processors": list(said.processors)} if said.processors else {}),
        "decided_by": {"kind": "rule", "slugs": [each.slug for each in said.because]},
        "due_at": min(due, default=None),
        "done_at": said.done_at if done else None,
        "made_at": said.done_at,
        "in_time": done and (not due or said.done_at < min(due)),
        "reason": _reason(said),
        "blocked": said.blocked,
        "obligation": said.obligation,
        "cause": said.cause,
        "first_act": said.first_act,
        "journal_entry": said.entry,
    }


def _reason(said: Statement) -> dict[str, Any] | None:
    """Why it was impossible, where it was."""
    if not said.reason:
        return None
    words = in_every_language(REASONS[said.reason])
    return {"code": said.reason, "words": words, "since": said.reason_since}


_METHODS = {
    Kind.IMPOSSIBILITY: NOT_DONE,
    Kind.JOURNAL: PRUNED,
    Kind.ANONYMISATION: ANONYMISED,
    Kind.PROCESSORS: ACKNOWLEDGED,
}


def _where(said: Statement) -> dict[str, Any]:
    if said.kind is Kind.JOURNAL:
        return _titled("journal", in_every_language(JOURNAL))
    if said.kind is Kind.PROCESSORS:
        return _titled("processors", in_every_language(ELSEWHERE))
    return _titled("vault", in_every_language(VAULT))


def _because(each: Because) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "slug": each.slug,
        "clause": each.clause,
        "event": each.event,
        "event_at": each.event_at,
        "due_at": each.due_at,
        "computation": each.computation,
    }


def _what(policy: Policy, said: Statement) -> dict[str, Any]:
    fields = sorted(frozenset[str]().union(*said.what.values()))
    known = [slug for slug in fields if slug in policy.fields]
    categories = sorted({policy.fields[slug].category for slug in known})
    points = {each.record: each.point for each in said.held}
    return {
        "categories": [_titled(slug, policy.categories[slug].title) for slug in categories],
        "fields": [_titled(slug, policy.fields[slug].title) for slug in known],
        "records": [
            {"record": record, "point": points.get(record, ""), "fields": sorted(slugs)}
            for record, slugs in sorted(said.what.items())
        ],
    }


def _kept(policy: Policy, said: Statement) -> list[dict[str, Any]]:
    return [
        {
            "record": record,
            "field": slug,
            "title": dict(policy.fields[slug].title) if slug in policy.fields else {},
            "grounds": [_ground(policy, each) for each in grounds],
        }
        for record, fields in sorted(said.kept.items())
        for slug, grounds in sorted(fields.items())
    ]


def _ground(policy: Policy, each: Ground) -> dict[str, Any]:
    named = policy.purposes.get(each.name) or policy.bases.get(each.name)
    return {
        "kind": each.kind,
        "name": each.name,
        "title": dict(named.title) if named else {},
        "clause": each.clause,
        "until": each.until,
    }


def _titled(slug: str, title: Mapping[str, str]) -> dict[str, Any]:
    return {"slug": slug, "title": dict(title)}


def _row(row: Act) -> ActRow:
    return ActRow(**{name: getattr(row, name) for name in _COLUMNS})


def act(operator_id: UUID, act_id: UUID) -> ActRow:
    """One act. Raises ``UnknownAct``."""
    row = Act.objects.filter(operator_id=operator_id, id=act_id).first()
    if row is None:
        raise UnknownAct(_("The operator has no such act; check the link."))
    return _row(row)


def acts(
    operator_id: UUID,
    subject: UUID | None = None,
    *,
    kind: str = "",
    cause: UUID | None = None,
    obligations: Iterable[UUID] | None = None,
    limit: int = 200,
) -> list[ActRow]:
    """Acts, newest first: of one person, of a kind, for one withdrawal or some obligations."""
    rows = Act.objects.filter(operator_id=operator_id)
    if subject is not None:
        rows = rows.filter(subject_id=subject)
    if kind:
        rows = rows.filter(kind=kind)
    if cause is not None:
        rows = rows.filter(cause=cause)
    if obligations is not None:
        rows = rows.filter(obligation_id__in=list(obligations))
    return [_row(row) for row in rows.order_by("-year", "-number")[:limit]]
