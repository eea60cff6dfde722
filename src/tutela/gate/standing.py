"""The standing of one subject: everything about a person that decisions need, and nothing else.

A plain immutable value of slugs, moments, hashes and clauses. It holds only what is true: a
withdrawn consent is not in it. ``from_json(to_json(standing)) == standing``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ConsentState:
    """A consent that was given and not withdrawn; ``text_hash`` names the text agreed to.
    ``conditions`` are what the person set for data they let be made public (152-FZ article
    10.1(9); 003 11.7)."""

    given_at: datetime
    expires_at: datetime | None
    text_hash: str
    conditions: tuple[str, ...] = ()

    def live(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True)
class Contract:
    """An agreement with the person; it carries ``purposes`` from ``since`` until ``until``."""

    reference: str
    purposes: tuple[str, ...]
    since: datetime
    until: datetime | None = None

    def live(self, now: datetime) -> bool:
        return self.since <= now and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Block:
    """Processing is stopped on ``ground`` (a slug) until the block is lifted or ends.

    It stops everything about the person; or, if it names them, one ``record``, ``fields`` in
    every record, or ``fields`` of one record. ``id`` is how it is lifted; a block that only waits
    for a destruction has none and ends with that.
    """

    ground: str
    since: datetime
    until: datetime | None = None
    clause: str = ""
    record: UUID | None = None
    fields: frozenset[str] = frozenset()
    id: UUID | None = None

    def live(self, now: datetime) -> bool:
        return self.since <= now and (self.until is None or now < self.until)

    @property
    def whole(self) -> bool:
        """Whether everything about the person is blocked."""
        return self.record is None and not self.fields

    def covers(self, record: UUID, field: str) -> bool:
        """Whether this field of this record is blocked."""
        return self.record in {None, record} and (not self.fields or field in self.fields)

    def stops(self, fields: frozenset[str], record: UUID | None) -> bool:
        """Whether an operation on ``fields`` (of ``record``, or of any record) is refused whole.
        Where only some records are blocked, the others may be used and those are left out."""
        if self.record is not None and self.record != record:
            return False
        return not self.fields or not self.fields.isdisjoint(fields)


@dataclass(frozen=True, slots=True)
class Hold:
    """``fields`` are kept on ``ground``, the slug of a purpose or a basis, and serve it alone."""

    ground: str
    fields: frozenset[str]
    until: datetime | None = None
    clause: str = ""

    def live(self, now: datetime) -> bool:
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Mandate:
    """``holder``, a subject's identifier, may exercise ``rights`` for the person, on the checked
    authority ``reference``; ``relation`` is ``representative`` or ``guardian``."""

    reference: str
    holder: str
    relation: str
    rights: tuple[str, ...]
    since: datetime
    until: datetime | None = None

    def live(self, now: datetime) -> bool:
        return self.since <= now and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Standing:
    """``refused`` is true for a person who told the operator to stop: then nothing rests on
    consent or on the operator's own interest until a new consent is recorded."""

    consents: Mapping[str, ConsentState] = field(default_factory=lambda: MappingProxyType({}))
    contracts: tuple[Contract, ...] = ()
    blocks: tuple[Block, ...] = ()
    holds: tuple[Hold, ...] = ()
    mandates: tuple[Mandate, ...] = ()
    refused: bool = False
    destroyed: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "consents": {
                purpose: _without_conditions(_plain(each))
                for purpose, each in self.consents.items()
            },
            "contracts": [_plain(each) for each in self.contracts],
            "blocks": [_without_empty(_plain(each)) for each in self.blocks],
            "holds": [_plain(each) for each in self.holds],
            "mandates": [_plain(each) for each in self.mandates],
            "refused": self.refused,
            "destroyed": self.destroyed,
        }

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> Standing:
        """Parts that are not there are empty. They are written all the same as long as a version
        that demands them may answer beside this one (ADR 0023)."""
        return cls(
            consents={
                purpose: ConsentState(**_read(each))
                for purpose, each in state.get("consents", {}).items()
            },
            contracts=tuple(Contract(**_read(each)) for each in state.get("contracts", ())),
            blocks=tuple(Block(**_read(each)) for each in state.get("blocks", ())),
            holds=tuple(Hold(**_read(each)) for each in state.get("holds", ())),
            mandates=tuple(Mandate(**_read(each)) for each in state.get("mandates", ())),
            refused=state.get("refused", False),
            destroyed=state.get("destroyed", False),
        )


def _plain(part: Any) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat()
        if isinstance(value, frozenset):
            return sorted(value)
        if isinstance(value, UUID):
            return str(value)
        return list(value) if isinstance(value, tuple) else value

    return {each.name: plain(getattr(part, each.name)) for each in fields(part)}


def _without_conditions(consent: dict[str, Any]) -> dict[str, Any]:
    """A consent without conditions is written as it was before there were any."""
    return {name: value for name, value in consent.items() if value or name != "conditions"}


def _without_empty(block: dict[str, Any]) -> dict[str, Any]:
    """A block of the whole person is written as it was before blocks had a scope."""
    scope = ("record", "fields", "id")
    return {name: value for name, value in block.items() if value or name not in scope}


_READERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("given_at", "expires_at", "since", "until"), datetime.fromisoformat),
    "purposes": tuple,
    "rights": tuple,
    "conditions": tuple,
    "fields": frozenset,
    **dict.fromkeys(("record", "id"), UUID),
}


def _read(part: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value if value is None or name not in _READERS else _READERS[name](value)
        for name, value in part.items()
    }
