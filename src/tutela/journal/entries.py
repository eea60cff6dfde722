"""What an entry of the journal is: opaque values, a kind with a wording, one byte form.

A room declares its kinds in its own ``entries.py``::

    @entry("consent.given")
    @dataclass(frozen=True, kw_only=True)
    class ConsentGiven(Entry):
        mode: str
        wording = _("Consent to “%(purpose)s” was given by %(mode)s")

No field may carry personal data: values are identifiers, whole numbers, moments and slugs, and
``append`` refuses everything else (``UnsafeEntry``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.core.canonical import canonical_bytes
from tutela.core.registry import Registry
from tutela.core.vocabulary import SYSTEM, Action, Actor
from tutela.journal.errors import UnsafeEntry

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What every kind has. Kinds add their own fields and a ``wording`` whose ``%(name)s`` are
    names of fields."""

    kind: ClassVar[str] = ""
    wording: ClassVar[_StrPromise | str] = ""

    subject: UUID | None = None
    actor: Actor = SYSTEM
    action: Action | str = ""
    purpose: str = ""
    basis: str = ""
    clause: str = ""
    automated: bool = True
    policy_version: int | None = None


COMMON = frozenset(each.name for each in fields(Entry)) | {"id", "operator", "kind", "at", "data"}
"""Names that a kind's own fields may not take."""

KINDS: Registry[type[Entry]] = Registry("journal entry kind")

EntryType = TypeVar("EntryType", bound=type[Entry])


def entry(kind: str) -> Callable[[EntryType], EntryType]:
    """Register the decorated dataclass as the entry kind ``kind``, a slug with a dot."""
    if not _KIND.fullmatch(kind):
        raise ValueError(f"The entry kind “{kind}” is not of the form noun.fact.")

    def register(cls: EntryType) -> EntryType:
        if taken := {each.name for each in own_fields(cls)} & COMMON - set(Entry.__annotations__):
            raise ValueError(f"The entry kind “{kind}” declares {taken}, which every entry has.")
        cls.kind = kind
        KINDS.register(kind, cls)
        return cls

    return register


def own_fields(cls: type[Entry]) -> list[Any]:
    """The dataclass fields that a kind adds to those of ``Entry``."""
    if cls not in _own_fields:
        common = {each.name for each in fields(Entry)}
        _own_fields[cls] = [each for each in fields(cls) if each.name not in common]
    return _own_fields[cls]


_own_fields: dict[type[Entry], list[Any]] = {}


_KIND = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+")
_SLUG = re.compile(r"[a-z0-9]+([._:/-][a-z0-9]+)*")
_HEX = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}"
)
_CLAUSE = re.compile(r"\w[\w.]*( \w[\w.]*)?((/[\w.]+)|(\(\w+\)))*")
_MANY_DIGITS = re.compile(r"([0-9][._:/-]?){7,}")
_LONGEST = 128
_LARGEST = 10**9


_known: set[tuple[str, re.Pattern[str]]] = set()
"""Slugs and clauses that were found opaque before: the same few stand in nearly every entry."""
_KNOWN_AT_MOST = 10_000


def _text_is_opaque(text: str, pattern: re.Pattern[str]) -> bool:
    """A slug, an identifier or a hash; a run of seven digits could be a telephone or a card."""
    if (text, pattern) in _known:
        return True
    if len(text) > _LONGEST:
        return False
    if _HEX.fullmatch(text):
        return True
    opaque = bool(pattern.fullmatch(text)) and not _MANY_DIGITS.search(text)
    if opaque and len(_known) < _KNOWN_AT_MOST:
        _known.add((text, pattern))
    return opaque


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def opaque(name: str, value: Any, *, pattern: re.Pattern[str] = _SLUG) -> Any:
    """``value`` as plain JSON, or ``UnsafeEntry`` naming the field and never the value."""
    plain = value
    match value:
        case None | bool() | "":
            safe = True
        case UUID():
            safe, plain = True, str(value)
        case datetime():
            safe = value.tzinfo is not None
            plain = _moment(value) if safe else ""
        case date():
            safe, plain = True, value.isoformat()
        case int():
            safe = abs(value) < _LARGEST
        case str():
            safe, plain = _text_is_opaque(value, pattern), str(value)
        case tuple():
            safe, plain = True, [opaque(name, each, pattern=pattern) for each in value]
        case _:
            safe = False
    if not safe:
        raise UnsafeEntry(
            f"The journal field “{name}” holds something that is not an opaque value. Write an "
            "identifier, a slug, a whole number or a moment; personal data belongs in the vault."
        )
    return plain


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as the journal keeps it. ``number`` is the order of writing, ``index`` the place
    in the Merkle tree, or None until the sequencer has been."""

    operator: UUID
    id: UUID
    number: int
    kind: str
    at: datetime
    subject: UUID | None
    actor: Actor
    action: str
    purpose: str
    basis: str
    clause: str
    automated: bool
    policy_version: int | None
    data: Mapping[str, Any] = field(default_factory=dict)
    index: int | None = None


class Told(NamedTuple):
    """What a person is told of one entry; ``by`` is the kind of who acted."""

    at: datetime
    kind: str
    by: str
    action: str
    purpose: str
    clause: str
    automated: bool


def own_values(each: Entry) -> dict[str, Any]:
    """The kind's own fields as plain JSON; empty ones are left out."""
    values = {
        field.name: opaque(field.name, getattr(each, field.name))
        for field in own_fields(type(each))
    }
    return {name: value for name, value in values.items() if value is not None}


def common_values(each: Entry) -> dict[str, Any]:
    """The fields every entry has, checked, under the names of their columns."""
    return {
        "subject_id": each.subject,
        "actor_kind": str(each.actor.kind),
        "actor_id": opaque("actor.id", each.actor.id),
        "actor_role": opaque("actor.role", each.actor.role),
        "action": opaque("action", str(each.action)),
        "purpose": opaque("purpose", each.purpose),
        "basis": opaque("basis", each.basis),
        "clause": opaque("clause", each.clause, pattern=_CLAUSE),
        "automated": bool(each.automated),
        "policy_version": opaque("policy_version", each.policy_version),
    }


def leaf_data(row: Row) -> bytes:
    """The bytes that the Merkle tree commits to: canonical JSON in which empty values are absent,
    so that a field added to every entry later leaves old leaves as they are."""
    actor = {"kind": str(row.actor.kind), "id": row.actor.id, "role": row.actor.role}
    content = {
        "operator": row.operator,
        "id": row.id,
        "kind": row.kind,
        "at": row.at,
        "subject": row.subject,
        "actor": {name: value for name, value in actor.items() if value},
        "action": row.action,
        "purpose": row.purpose,
        "basis": row.basis,
        "clause": row.clause,
        "automated": row.automated,
        "policy_version": row.policy_version,
        "data": dict(row.data),
    }
    return canonical_bytes(
        {k: v for k, v in content.items() if v is not None and v not in ("", {})}
    )


@entry("journal.key-used")
@dataclass(frozen=True, kw_only=True)
class KeyUsed(Entry):
    """The log began to be signed with a key that had signed nothing before; ``key`` is the
    Ed25519 public key in hexadecimal digits."""

    key: str
    wording = _("The journal began to be signed with the key %(key)s")


@entry("journal.key-replaced")
@dataclass(frozen=True, kw_only=True)
class KeyReplaced(Entry):
    """The key ``old`` names its successor ``key`` (Ed25519 public keys in hexadecimal digits), and
    signs the tree that holds this entry."""

    key: str
    old: str
    wording = _("The journal’s key %(old)s named the key that follows it: %(key)s")


@entry("journal.cosigned")
@dataclass(frozen=True, kw_only=True)
class Cosigned(Entry):
    """A witness outside signed the checkpoint of ``size`` entries with his key ``witness``, an
    Ed25519 public key in hexadecimal digits."""

    size: int
    witness: str
    wording = _("The witness %(witness)s signed the journal of %(size)s entries")


@entry("journal.pruned")
@dataclass(frozen=True, kw_only=True)
class EntriesPruned(Entry):
    """The term of ``count`` entries was over and they were removed; ``digest`` is the SHA-256 over
    their places in the log (``formats.digest_of_places``). Their hashes stay."""

    count: int
    digest: str
    wording = _("%(count)s were removed from the journal after their term; their hashes stay")


@entry("journal.cut")
@dataclass(frozen=True, kw_only=True)
class JournalCut(Entry):
    """The database was restored, and ``missing`` entries that had been signed are not in it: the
    head of ``size`` entries with the hash ``root`` was signed with the key before this one."""

    missing: int
    size: int
    root: str
    wording = _(
        "The journal was restored from a backup and lacks %(missing)s entries, up to the head of "
        "%(size)s entries; it goes on under a new key"
    )


@entry("journal.brought-back")
@dataclass(frozen=True, kw_only=True)
class BroughtBack(Entry):
    """Entries that a restored database lacked came back from an export, and verify with it."""

    count: int
    size: int
    wording = _(
        "Entries that a restored database lacked came back from an export of the journal: %(count)s"
    )


PLACES = {
    "paper": _("on paper"),
    "conversation": _("in conversation"),
    "telephone": _("by telephone"),
    "post": _("by post"),
    "own-files": _("in the operator’s own files"),
}
"""How something was done that no program did: 152-FZ article 3(3) counts it as processing too."""

BY_HAND_ANSWERS = {
    "permitted": _("the policy permits it"),
    "refused": _("the policy does not permit it"),
}


@entry("act.by-hand")
@dataclass(frozen=True, kw_only=True)
class ActByHand(Entry):
    """A member of staff says what was done with a person's data without automation, on the day
    ``done`` and by the way ``place`` (004 1.6, 5.2/b2(a)); ``answer`` is what the gate said of it,
    ``form`` the sent form that said so."""

    fields: tuple[str, ...]
    place: str
    done: date
    answer: str
    form: UUID
    point: str = ""
    recipient: str = ""
    wording = _(
        "Done by hand %(place)s, %(done)s: %(action)s of %(fields)s for “%(purpose)s”; %(answer)s"
    )
