"""What the journal offers to other rooms. Every function works inside ``operator_scope`` that
the caller opened, except ``sequence``, which opens its own transactions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from tutela.db import swift
from tutela.journal import naming, signing, store, tallies, tree
from tutela.journal.audit import Audit, verify_database
from tutela.journal.entries import KINDS, Entry, Row, Told
from tutela.journal.errors import UnknownEntry
from tutela.journal.exports import bundle, export_log, log_lines
from tutela.journal.filters import Filter, Found, search
from tutela.journal.models import EntryRow, Leaf
from tutela.journal.pruning import prune
from tutela.journal.rotation import rotate
from tutela.journal.sequencer import UNSEQUENCED, sequence
from tutela.journal.shapes import Later, Shape, later, preceded, shapes
from tutela.journal.signing import (
    Signature,
    document_holds,
    public_key,
    sign,
    sign_document,
    sign_documents,
)
from tutela.journal.store import LATEST, SIZE, filled, template, unpacked
from tutela.journal.tiles import Place
from tutela.journal.witnesses import keep as keep_cosignature
from tutela.journal.witnesses import witnessed

__all__ = [
    "LATEST",
    "SIZE",
    "UNSEQUENCED",
    "Audit",
    "Filter",
    "Found",
    "Later",
    "Row",
    "Shape",
    "Signature",
    "Told",
    "about_any",
    "about_any_before",
    "append",
    "append_many",
    "bundle",
    "by_whom",
    "checkpoint",
    "count",
    "count_by_kind",
    "document_holds",
    "entries",
    "entry",
    "export_log",
    "filled",
    "follow",
    "is_recorded",
    "keep_cosignature",
    "later",
    "log_lines",
    "named",
    "people_after",
    "people_of",
    "preceded",
    "prune",
    "public_key",
    "public_keys",
    "rotate",
    "search",
    "sequence",
    "shapes",
    "sign",
    "sign_document",
    "sign_documents",
    "size",
    "template",
    "tile",
    "told_of",
    "unpacked",
    "verify_database",
    "witnessed",
    "wording",
]


_PEOPLE_OF = """
SELECT DISTINCT subject_id FROM journal_entry
WHERE operator_id = %s AND subject_id = ANY(%s) AND kind = ANY(%s) AND action = ANY(%s)
"""


def append(operator_id: UUID, entry: Entry) -> UUID:
    """Write ``entry`` in the current transaction and return its identifier.

    Raises ``UnsafeEntry`` if a field holds anything but an opaque value.
    """
    return store.insert(operator_id, entry)


def append_many(operator_id: UUID, entries: Iterable[Entry]) -> list[UUID]:
    """Write ``entries`` in their order, by one statement, as ``append`` writes one."""
    return store.insert_many(operator_id, entries)


def _chosen(
    operator_id: UUID,
    *,
    subject: UUID | None = None,
    kinds: Iterable[str] | None = None,
    clause: str | None = None,
    since: datetime | None = None,
) -> QuerySet[EntryRow]:
    chosen = EntryRow.objects.filter(operator_id=operator_id)
    if subject is not None:
        chosen = chosen.filter(subject_id=subject)
    if kinds is not None:
        chosen = chosen.filter(kind__in=list(kinds))
    if clause is not None:
        chosen = chosen.filter(clause=clause)
    if since is not None:
        chosen = chosen.filter(at__gte=since)
    return chosen


def entries(
    operator_id: UUID,
    *,
    subject: UUID | None = None,
    kinds: Iterable[str] | None = None,
    clause: str | None = None,
    actions: Collection[str] | None = None,
    after: UUID | None = None,
    limit: int = 100,
    newest_first: bool = False,
) -> list[Row]:
    """At most ``limit`` entries in the order of writing, beginning behind the entry ``after``;
    ``actions`` keeps those by which any of these was done.

    Raises ``UnknownEntry`` if there is no entry ``after``.
    """
    chosen = _chosen(operator_id, subject=subject, kinds=kinds, clause=clause)
    if actions is not None:
        chosen = chosen.filter(action__in=actions)
    if after is not None:
        number = entry(operator_id, after).number
        chosen = (
            chosen.filter(number__lt=number) if newest_first else chosen.filter(number__gt=number)
        )
    ordered = chosen.order_by("-number" if newest_first else "number")
    return store.rows_of(operator_id, ordered[:limit])


def people_of(
    operator_id: UUID,
    people: Collection[UUID],
    *,
    kinds: Iterable[str],
    actions: Iterable[str],
) -> set[UUID]:
    """Those of these people about whom an entry of one of the kinds says that one of the actions
    was done."""
    asked = (operator_id, list(people), list(kinds), list(actions))
    return {subject for (subject,) in swift.rows(_PEOPLE_OF, asked)}


def told_of(operator_id: UUID, subject: UUID, *, at_once: int = 1000) -> Iterator[list[Told]]:
    """Every entry about a person, in the order of writing and some at a time, as the person is
    told of it: without its place in the tree and its parts."""
    rows = _chosen(operator_id, subject=subject).order_by("number")
    lines = rows.values_list(
        "number", "at", "kind", "actor_kind", "action", "purpose", "clause", "automated"
    )
    last = 0
    while page := list(lines.filter(number__gt=last)[:at_once]):
        last = page[-1][0]
        yield [Told(*each[1:]) for each in page]


def follow(operator_id: UUID, start: int, limit: int) -> list[tuple[int, Row | None]]:
    """At most ``limit`` signed entries in the order of the tree from the leaf ``start`` on, each
    with its place; None for an entry that is gone. Unlike the order of writing, no entry can
    still come before one that was seen."""
    end = min(size(operator_id), start + limit)
    leaves = store.sequenced(operator_id, end, start=start)
    return [(leaf.index, row) for leaf, row in leaves]


def people_after(operator_id: UUID, after: UUID, limit: int) -> list[UUID]:
    """The next ``limit`` persons behind ``after`` whom any entry is about, in the order of their
    identifiers."""
    about = EntryRow.objects.filter(operator_id=operator_id, subject_id__gt=after)
    people = about.order_by("subject_id").values_list("subject_id", flat=True).distinct()
    return [each for each in people[:limit] if each is not None]


def about_any(people: str) -> str:
    """Whether ``about_any_before`` finds anybody, in SQL, of ``%(operator)s`` and ``%(before)s``;
    ``people`` is a query of our own that gives them."""
    return f"""
    SELECT FROM journal_entry e
    WHERE operator_id = %(operator)s AND at < %(before)s AND subject_id IN ({people})
    AND EXISTS (SELECT FROM journal_leaf l
                WHERE l.operator_id = e.operator_id AND l.entry_id = e.id)
    LIMIT 1
    """  # noqa: S608


def about_any_before(
    operator_id: UUID, people: Iterable[UUID], before: datetime, limit: int
) -> list[UUID]:
    """At most ``limit`` of these people about whom an entry in the tree was written before then;
    ``people`` may be a query."""
    placed = Leaf.objects.filter(operator_id=operator_id, entry_id=OuterRef("id"))
    old = _chosen(operator_id).filter(Exists(placed), subject_id__in=people, at__lt=before)
    found = old.order_by("subject_id").values_list("subject_id", flat=True).distinct()
    return [each for each in found[:limit] if each is not None]


def size(operator_id: UUID) -> int:
    """How many entries are under a signed head."""
    last = store.last_checkpoint(operator_id)
    return last.size if last else 0


def entry(operator_id: UUID, entry_id: UUID) -> Row:
    """One entry. Raises ``UnknownEntry``."""
    found = store.rows_of(
        operator_id, EntryRow.objects.filter(operator_id=operator_id, id=entry_id)
    )
    if not found:
        raise UnknownEntry(_("This journal has no entry %(entry)s.") % {"entry": entry_id})
    return found[0]


def is_recorded(operator_id: UUID, subject: UUID, kind: str, **data: UUID | str) -> bool:
    """Whether an entry of this kind about this person holds these values of its own."""
    found = EntryRow.objects.filter(operator_id=operator_id, subject_id=subject, kind=kind)
    return found.filter(data__contains={k: str(value) for k, value in data.items()}).exists()


def count(
    operator_id: UUID,
    kinds: Iterable[str] | None = None,
    since: datetime | None = None,
    clause: str | None = None,
) -> int:
    """How many entries of these kinds (None: of any kind) were written since that moment.

    Costs the same at any size of the journal, unless ``since`` or ``clause`` is given.
    """
    if since is not None or clause is not None:
        return _chosen(operator_id, kinds=kinds, since=since, clause=clause).count()
    by_kind = tallies.tally(operator_id).by_kind
    return by_kind.total() if kinds is None else sum(by_kind[kind] for kind in set(kinds))


def count_by_kind(
    operator_id: UUID, since: datetime | None = None, clause: str | None = None
) -> dict[str, int]:
    """The same for every kind that has entries, in the order of their names."""
    if since is None and clause is None:
        return dict(sorted(tallies.tally(operator_id).by_kind.items()))
    counted = _chosen(operator_id, since=since, clause=clause).values_list("kind")
    return dict(counted.annotate(times=Count("number")).order_by("kind"))


def checkpoint(operator_id: UUID) -> str | None:
    """The last signed checkpoint as a C2SP note, or None before the first."""
    found = store.last_checkpoint(operator_id)
    return found.note if found else None


def public_keys(operator_id: UUID) -> list[str]:
    """Every verifier key that ever signed the log, in the order of their first use."""
    return signing.known_keys(operator_id)


def tile(operator_id: UUID, place: Place) -> bytes | None:
    """The first ``place.width`` hashes of a tile, or None where the log has not so many (and for
    entries, which are no hashes)."""
    if place.level is None:
        return None
    hashes = store.load_tile(operator_id)(place.level, place.index)
    size = place.width * tree.HASH_SIZE
    return hashes[:size] if len(hashes) >= size else None


def wording(row: Row, language: str) -> str:
    """The entry as a sentence. A kind no room declares any more is shown by its name."""
    declared = KINDS.get(row.kind)
    if declared is None:
        return row.kind
    with translation.override(language):
        return str(declared.wording) % naming.values_of(declared, row)


def by_whom(row: Row, language: str) -> str:
    """Who did it, by kind and role; never who it was."""
    with translation.override(language):
        return naming.by_whom(row)


def named(row: Row, name: str, language: str) -> str:
    """One value of the entry in words: its purpose, its action, or one of its own values."""
    own = {"action": row.action, "purpose": row.purpose, "basis": row.basis}
    with translation.override(language):
        return str(naming.name_of(row, name, own.get(name, row.data.get(name, ""))))
