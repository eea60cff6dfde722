"""The statements that write and read the journal's tables, for the other modules of this room."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar
from uuid import UUID

from tutela.core import clock, ids
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db import swift
from tutela.journal import tree
from tutela.journal.entries import Entry, Row, common_values, opaque, own_values
from tutela.journal.models import Checkpoint, EntryRow, Leaf, Pruned, Tile

_APPEND = """
WITH written AS (
    INSERT INTO journal_entry (
        subject_id, actor_kind, actor_id, actor_role, action, purpose, basis, clause, automated,
        policy_version, operator_id, id, kind, at, data
    ) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb)
    RETURNING operator_id, number, id
)
INSERT INTO journal_pending (operator_id, number, entry_id) SELECT * FROM written
"""

_APPEND_MANY = """
WITH given AS (
    SELECT each.*, place FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY
        AS listed (entry, place),
    jsonb_to_record(entry) AS each (
        id uuid, kind text, data jsonb, subject_id uuid, actor_kind text, actor_id text,
        actor_role text, action text, purpose text, basis text, clause text, automated boolean,
        policy_version integer
    )
), written AS (
    INSERT INTO journal_entry (
        operator_id, id, kind, at, data, subject_id, actor_kind, actor_id, actor_role,
        action, purpose, basis, clause, automated, policy_version
    )
    SELECT %s::uuid, id, kind, %s::timestamptz, data, subject_id, actor_kind, actor_id, actor_role,
        action, purpose, basis, clause, automated, policy_version
    FROM given ORDER BY place
    RETURNING operator_id, number, id
)
INSERT INTO journal_pending (operator_id, number, entry_id) SELECT * FROM written
"""

_PAGE = 1000


def insert(operator_id: UUID, entry: Entry) -> UUID:
    entry_id = ids.new_id()
    own = json.dumps(own_values(entry))
    common = common_values(entry).values()
    swift.run(_APPEND, (*common, operator_id, entry_id, entry.kind, clock.now(), own))
    return entry_id


def insert_many(operator_id: UUID, entries: Iterable[Entry]) -> list[UUID]:
    """Write entries in their order by one statement; their identifiers."""
    written = [
        common_values(each) | {"id": str(ids.new_id()), "kind": each.kind, "data": own_values(each)}
        for each in entries
    ]
    if written:
        listed = json.dumps(written, default=str)
        swift.run(_APPEND_MANY, (listed, operator_id, clock.now()))
    return [UUID(each["id"]) for each in written]


def template(entry: Entry) -> str:
    """The entry as the database's own ``journal_append`` takes it, JSON of its columns, without
    what differs between entries of one shape: ``filled`` adds that.

    Raises ``UnsafeEntry`` as ``insert`` does.
    """
    columns = common_values(entry) | {"kind": entry.kind, "data": own_values(entry)}
    for each in ("subject_id", "actor_id"):
        del columns[each]
    return json.dumps(columns)


def filled(template: str, subject: UUID | None, actor: Actor) -> str:
    """An entry of this shape about ``subject`` by ``actor``, written now. Raises
    ``UnsafeEntry``."""
    about = f'"{subject}"' if subject else "null"
    return (
        f'{template[:-1]}, "id": "{ids.new_id()}", "at": "{clock.now().isoformat()}", '
        f'"subject_id": {about}, "actor_id": "{opaque("actor.id", actor.id)}"}}'
    )


LATEST = """
LEFT JOIN LATERAL (
    SELECT e.id, e.number, e.kind, e.at, e.subject_id, e.actor_kind, e.actor_id, e.actor_role,
           e.action, e.purpose, e.basis, e.clause, e.automated, e.policy_version, e.data,
           (SELECT l.index FROM journal_leaf l
            WHERE l.operator_id = e.operator_id AND l.entry_id = e.id) AS place
    FROM journal_entry e
    WHERE confirmed IS NOT NULL
      AND e.operator_id = (%(asked)s::jsonb ->> 'operator')::uuid
      AND e.subject_id = (%(asked)s::jsonb ->> 'subject')::uuid
    ORDER BY e.number DESC LIMIT %(count)s
) AS e ON true
"""
"""Joined to a statement that gives ``confirmed``: the newest entries about a person."""


def unpacked(operator_id: UUID, found: Iterable[tuple[Any, ...]]) -> list[Row]:
    """The entries that ``LATEST`` gave."""
    return [
        Row(
            operator=operator_id,
            id=each[0],
            number=each[1],
            kind=each[2],
            at=each[3],
            subject=each[4],
            actor=Actor(ActorKind(each[5]), each[6], each[7]),
            action=each[8],
            purpose=each[9],
            basis=each[10],
            clause=each[11],
            automated=each[12],
            policy_version=each[13],
            data=each[14],
            index=each[15],
        )
        for each in found
        if each[0] is not None
    ]


def row_of(each: EntryRow, index: int | None = None) -> Row:
    return Row(
        operator=each.operator_id,
        id=each.id,
        number=each.number,
        kind=each.kind,
        at=each.at,
        subject=each.subject_id,
        actor=Actor(ActorKind(each.actor_kind), each.actor_id, each.actor_role),
        action=each.action,
        purpose=each.purpose,
        basis=each.basis,
        clause=each.clause,
        automated=each.automated,
        policy_version=each.policy_version,
        data=each.data,
        index=index,
    )


def rows_of(operator_id: UUID, found: Iterable[EntryRow]) -> list[Row]:
    """The rows in the order given, each with its place in the tree."""
    listed = list(found)
    places = dict(
        Leaf.objects.filter(
            operator_id=operator_id, entry_id__in=[each.id for each in listed]
        ).values_list("entry_id", "index")
    )
    return [row_of(each, places.get(each.id)) for each in listed]


def sequenced(operator_id: UUID, size: int, *, start: int = 0) -> Iterator[tuple[Leaf, Row | None]]:
    """The first ``size`` leaves in order, from the leaf ``start`` on, each with its entry; None
    if the entry is gone."""
    for first in range(start, size, _PAGE):
        leaves = Leaf.objects.filter(
            operator_id=operator_id, index__gte=first, index__lt=min(first + _PAGE, size)
        ).order_by("index")
        page = list(leaves)
        found = EntryRow.objects.filter(
            operator_id=operator_id, id__in=[each.entry_id for each in page]
        )
        entries = {each.id: each for each in found}
        for leaf in page:
            entry = entries.get(leaf.entry_id)
            yield leaf, row_of(entry, leaf.index) if entry else None


def pruned(operator_id: UUID, start: int, end: int) -> dict[int, UUID]:
    """Leaves whose entries were removed after their term, each with the entry that says so."""
    found = Pruned.objects.filter(operator_id=operator_id, index__gte=start, index__lt=end)
    return dict(found.values_list("index", "run"))


def load_tile(operator_id: UUID) -> tree.LoadTile:
    def load(level: int, index: int) -> bytes:
        found = Tile.objects.filter(operator_id=operator_id, level=level, index=index)
        hashes = found.values_list("hashes", flat=True).first()
        return bytes(hashes) if hashes is not None else b""

    return load


_TILES = """
SELECT t.level, t.index, t.hashes
FROM unnest(%s::smallint[], %s::bigint[]) AS asked (level, index)
JOIN journal_tile t ON t.operator_id = %s
    AND t.level = asked.level AND t.index = asked.index
"""
T = TypeVar("T")


_KEPT = 512
_kept_rows: OrderedDict[tuple[UUID, int, int], tree.Rows] = OrderedDict()
"""Rows over full tiles above the lowest: they never change, and a proof needs them again."""


def with_tiles(operator_id: UUID, walk: Callable[[tree.Node], T]) -> T:
    """What ``walk`` gives (a proof), with all tiles it reads fetched by one query.

    Full tiles of the upper levels are remembered in the process; who looks for damage reads
    ``load_tile`` instead.
    """
    places = sorted(tree.tiles_read(walk))
    rows = {place: kept for place in places if (kept := _kept_rows.get((operator_id, *place)))}
    missing = [place for place in places if place not in rows]
    levels, indexes = [level for level, _ in missing], [index for _, index in missing]
    for level, index, hashes in swift.rows(_TILES, (levels, indexes, operator_id)):
        rows[level, index] = tree.rows_over(bytes(hashes))
        if level and len(hashes) == tree.TILE_WIDTH * tree.HASH_SIZE:
            _kept_rows[operator_id, level, index] = rows[level, index]
    while len(_kept_rows) > _KEPT:
        _kept_rows.popitem(last=False)
    return walk(tree.nodes_over(lambda *place: rows.get(place, ())))


def inclusion_proof(operator_id: UUID, index: int, size: int) -> list[bytes]:
    """Raises ``ValueError`` if there is no such leaf, ``LookupError`` if a tile is cut off."""
    return with_tiles(operator_id, lambda node: tree.inclusion_proof(index, size, node))


def consistency_proof(operator_id: UUID, first: int, second: int) -> list[bytes]:
    """Raises ``ValueError`` unless ``0 < first <= second``."""
    return with_tiles(operator_id, lambda node: tree.consistency_proof(first, second, node))


SIZE = """
coalesce((SELECT max(size) FROM journal_checkpoint WHERE operator_id = %(operator)s), 0)
"""
"""How many entries are under a signed head, in SQL."""


def last_checkpoint(operator_id: UUID) -> Checkpoint | None:
    return Checkpoint.objects.filter(operator_id=operator_id).order_by("-size").first()
