"""What the API answers, as frozen dataclasses. ``read`` makes them from JSON by their types."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Application:
    """The application that a key belongs to, and what it was made for."""

    application: UUID
    name: str
    operator: str
    purposes: tuple[str, ...]
    actions: tuple[str, ...]
    functions: tuple[str, ...]
    per_minute: int


@dataclass(frozen=True, slots=True)
class ConsentText:
    """The words that a person agrees to for one purpose, and the SHA-256 of their UTF-8 bytes."""

    purpose: str
    sha256: str
    text: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A person by an opaque identifier; ``destroyed_at`` says since when nothing is left."""

    subject: UUID
    category: str
    language: str
    created_at: datetime
    destroyed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent in force."""

    purpose: str
    since: datetime
    expires_at: datetime | None
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Consents:
    """The consents in force; ``refused`` is true for a person who told the operator to stop."""

    subject: UUID
    refused: bool
    consents: tuple[Consent, ...]

    def __contains__(self, purpose: object) -> bool:
        return any(each.purpose == purpose for each in self.consents)


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """A consent given, withdrawn, expired or stopped (``kind``)."""

    consent: UUID
    kind: str
    purpose: str
    at: datetime
    mode: str
    act: str
    point: str
    language: str
    text_sha256: str
    policy_version: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Proof:
    """``journal`` is a bundle that ``tutela verify`` checks anywhere."""

    consent: ConsentEvent
    text: str
    journal: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file to keep byte for byte: ``Path(file.name).write_text(file.content, "utf-8")``."""

    name: str
    media: str
    content: str


@dataclass(frozen=True, slots=True)
class Decision:
    """``rule`` gave the answer; ``reason`` and ``sentence`` say why not, ``basis`` why."""

    permitted: bool
    rule: str
    clause: str
    basis: str
    reason: str
    sentence: str

    def __bool__(self) -> bool:
        return self.permitted


@dataclass(frozen=True, slots=True)
class Step:
    """What one rule said: passes, permits, refuses, or not-asked where one before it answered."""

    rule: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision with its rules; ``words`` are those of the clause, ``change`` says what would
    have to change."""

    permitted: bool
    at: datetime
    policy_number: int
    rule: str
    clause: str
    basis: str
    reason: str
    words: str
    change: str
    steps: tuple[Step, ...]

    def __bool__(self) -> bool:
        return self.permitted


@dataclass(frozen=True, slots=True)
class Off:
    """A purpose that is off and why; ``points`` are where the person can agree to it."""

    purpose: str
    reason: str
    sentence: str
    clause: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """``limited`` is true for somebody who lives with less because they refused or withdrew."""

    subject: UUID
    limited: bool
    on: tuple[str, ...]
    off: tuple[Off, ...]


class Address:
    """Where other people write to somebody; ``path`` is the page for it."""

    address: str
    path: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation of a person, without a word of it."""

    conversation: UUID
    with_company: bool
    last_at: datetime
    messages: int
    unread: int


@dataclass(frozen=True, slots=True)
class Message:
    """A message as a person sees it; ``by`` is you, other or company. Where there is no text,
    ``why_not`` says why."""

    record: UUID
    by: str
    at: datetime
    name: str
    text: str
    files: tuple[str, ...]
    why_not: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form that was taken in; ``receipt`` is the path of the person's page about it."""

    subject: UUID
    record: UUID
    receipt: str


@dataclass(frozen=True, slots=True)
class Record:
    """A record without its values."""

    record: UUID
    point: str
    purposes: tuple[str, ...]
    source: str
    received_at: datetime
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Value:
    """One version of one field. Printing it does not show the value."""

    record: UUID
    field: str
    value: str
    version: int
    status: str
    received_at: datetime
    superseded_at: datetime | None

    def __repr__(self) -> str:
        return f"Value(record={self.record}, field={self.field!r}, version={self.version})"


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something promised; ``due_at`` is the first moment that is too late."""

    obligation: UUID
    subject: UUID | None
    promise: str
    event: str
    outcome: str
    clause: str
    cause: UUID
    purposes: tuple[str, ...]
    opened_at: datetime
    due_at: datetime
    counted: str
    state: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """``remaining`` are grounds that still allow some processing; ``obligations`` what the policy
    promises now."""

    withdrawal: UUID
    purposes: tuple[str, ...]
    at: datetime
    remaining: tuple[str, ...]
    repeated: bool
    obligations: tuple[Obligation, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """Something a person asked for. ``due_from`` says whose date it is: the policy's, the law's or
    the operator's own target; ``receipt`` is the path of the person's page about it."""

    request: UUID
    number: int
    kind: str
    ground: str
    state: str
    received_at: datetime
    due_at: datetime
    due_from: str
    clause: str
    outcome: str
    ended_at: datetime | None
    receipt: str


@dataclass(frozen=True, slots=True)
class Account:
    """``state`` is none, open, limited or closed; ``missing`` are fields, ``to_accept`` documents
    that make it limited; ``accepted`` gives the version of each document."""

    subject: UUID
    state: str
    point: str
    opened_at: datetime | None
    closed_at: datetime | None
    missing: tuple[str, ...]
    to_accept: tuple[str, ...]
    accepted: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Deletion:
    """``obligations`` are what the policy promises upon it."""

    deletion: UUID
    account: Account
    obligations: tuple[Obligation, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A public record, without its texts."""

    listing: UUID
    point: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Public:
    """What everybody can see of a record, and the purpose that it may serve."""

    listing: UUID
    point: str
    opened_at: datetime
    purpose: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """``fields`` may be made public, ``public`` are; ``listing`` names it where anything is."""

    record: UUID
    point: str
    listing: UUID | None
    fields: tuple[str, ...]
    public: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal; ``words`` in the client's language."""

    entry: UUID
    at: datetime
    kind: str
    words: str
    by: str
    purpose: str
    clause: str
    index: int | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The signed head of the journal as a C2SP note, and the key that verifies it."""

    note: str
    key: str


@cache
def _types(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)


def read(kind: type[T], told: Mapping[str, Any]) -> T:
    """Members that this version of the client does not know are passed over."""
    values = {name: _value(type_, told.get(name)) for name, type_ in _types(kind).items()}  # type: ignore[arg-type]
    return kind(**values)


def _value(kind: Any, told: Any) -> Any:
    origin = get_origin(kind)
    if told is None:
        return None
    if origin in {Union, types.UnionType}:
        return _value(next(each for each in get_args(kind) if each is not type(None)), told)
    if origin is tuple:
        return tuple(_value(get_args(kind)[0], each) for each in told)
    if kind is UUID:
        return UUID(told)
    if kind is datetime:
        return datetime.fromisoformat(told)
    return read(kind, told) if isinstance(kind, type) and is_dataclass(kind) else told
