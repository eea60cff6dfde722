"""Gives committed entries their places in the Merkle tree and signs what it has built.

Business transactions only insert; a hash chain inside them would make every writer wait for
every other. An entry waits in ``journal_pending``, written in its own transaction, and so an
entry that commits late is taken in a later batch and none is ever passed over. One batch is one
transaction: a kill leaves either the whole batch with its checkpoint or nothing of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from django.db import connection, transaction

from tutela.core import clock
from tutela.core.measures import counter
from tutela.db.scope import operator_scope
from tutela.journal import heads, signing, store, stretches, tallies, tree
from tutela.journal.entries import KINDS, leaf_data
from tutela.journal.errors import JournalDamaged
from tutela.journal.models import Checkpoint, EntryRow, Pending
from tutela.journal.notes import TreeHead

ENTRIES = counter("journal_entries", "Entries taken into the log, by kind.", kind=lambda: KINDS)
BATCH = 1000
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('tutela.journal.' || %s, 0))"
_TAKE = """
DELETE FROM journal_pending WHERE (operator_id, number) IN (
    SELECT operator_id, number FROM journal_pending WHERE operator_id = %s ORDER BY number LIMIT %s
) RETURNING number, entry_id
"""
_PLACE = """
INSERT INTO journal_leaf (operator_id, index, entry_id, hash)
SELECT %(op)s, %(size)s + place - 1, id, hash
FROM unnest(%(ids)s::uuid[], %(hashes)s::bytea[]) WITH ORDINALITY AS placed (id, hash, place)
"""
_PUT_TILE = """
INSERT INTO journal_tile (operator_id, level, index, hashes) VALUES (%s, %s, %s, %s)
ON CONFLICT (operator_id, level, index) DO UPDATE SET hashes = EXCLUDED.hashes
"""

UNSEQUENCED = f"""
EXISTS (SELECT FROM journal_pending WHERE operator_id = %(operator)s)
OR {tallies.IN_SUMS} < {store.SIZE}
"""
"""Whether ``sequence`` has anything to do, as a condition in SQL."""


def sequence(operator_id: UUID, *, batch: int = BATCH) -> int:
    """Take every entry that is committed now into the tree; the number taken.

    Signs nothing while the home knows a later head (``heads.JournalBehind``).
    Opens its own transactions and refuses to run inside one (``RuntimeError``). Two processes
    may call it at once: they take turns, batch by batch.
    """
    taken = 0
    while count := _one_batch(operator_id, batch):
        taken += count
    while _take_in_more(operator_id):
        pass
    return taken


def _take_in_more(operator_id: UUID) -> bool:
    """Take a journal that is older than its sums and notes into them; whether some is left."""
    with transaction.atomic(durable=True), operator_scope(operator_id):
        last = store.last_checkpoint(operator_id)
        signed = last.size if last else 0
        if min(tallies.size(operator_id), stretches.size(operator_id)) >= signed:
            return False
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [str(operator_id)])
        return _take_in(operator_id, signed)


def _take_in(operator_id: UUID, signed: int) -> bool:
    """Into the sums, and into the notes of where a clause is spoken of; whether some is left."""
    left = [tallies.add(operator_id, signed), stretches.add(operator_id, signed)]
    return any(left)


def _one_batch(operator_id: UUID, limit: int) -> int:
    with transaction.atomic(durable=True), operator_scope(operator_id):
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [str(operator_id)])
        if not Pending.objects.filter(operator_id=operator_id).exists():
            return 0
        signer = signing.recorded_signer(operator_id)
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, [operator_id, limit])
            waiting = [entry_id for _, entry_id in sorted(cursor.fetchall())]
        last = store.last_checkpoint(operator_id)
        heads.check(operator_id, last)
        size = last.size if last else 0
        leaves = _add_leaves(operator_id, size, waiting)
        load = store.load_tile(operator_id)
        changed = tree.grow(size, leaves, load)
        put_tiles(operator_id, changed)
        node = tree.nodes(lambda *place: changed[place] if place in changed else load(*place))
        head = TreeHead(signer.name, size + len(leaves), tree.root(size + len(leaves), node))
        note = signer.sign(str(head))
        Checkpoint.objects.create(
            operator_id=operator_id,
            size=head.size,
            root=head.root,
            note=note,
            key_id=signer.verifier.key_id,
            at=clock.now(),
        )
        _take_in(operator_id, head.size)
        transaction.on_commit(lambda: heads.remember(operator_id, note))
    return len(leaves)


def _add_leaves(operator_id: UUID, size: int, waiting: list[UUID]) -> list[bytes]:
    found = EntryRow.objects.filter(operator_id=operator_id, id__in=waiting)
    rows = {each.id: store.row_of(each) for each in found}
    if lost := [each for each in waiting if each not in rows]:
        raise JournalDamaged(f"The entry {lost[0]} waits for its place in the log and is gone.")
    hashes = [tree.leaf_hash(leaf_data(rows[each])) for each in waiting]
    kinds = Counter(rows[each].kind for each in waiting)
    transaction.on_commit(lambda: _count(kinds))
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, {"op": operator_id, "size": size, "ids": waiting, "hashes": hashes})
    return hashes


def _count(kinds: Mapping[str, int]) -> None:
    for kind, times in kinds.items():
        ENTRIES.add(times, kind=kind)


def put_tiles(operator_id: UUID, changed: Mapping[tuple[int, int], bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            _PUT_TILE,
            [(operator_id, *place, hashes) for place, hashes in sorted(changed.items())],
        )
