"""Writes what a large installation holds, fast: rows through COPY by several processes at once, and
the journal's tree over them as the sequencer would have built it.

The rows are genuine (keys, shares, seals, marks, leaf hashes); only the way they come into the
tables is another. COPY asks the owner of the tables to set row-level security aside meanwhile.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

FORK = multiprocessing.get_context("fork")
PROCESSES = 2
EVERY = 1000
"""Entries between two checkpoints, as the sequencer's batches are."""
LEAF = ("operator_id", "index", "entry_id", "hash")
_TILE = """
INSERT INTO journal_tile (operator_id, level, index, hashes) VALUES (%s, %s, %s, %s)
ON CONFLICT (operator_id, level, index) DO UPDATE SET hashes = EXCLUDED.hashes
"""

Part = tuple[int, int]
"""Where a part of the work begins and how much it is."""


def parts(first: int, end: int, size: int) -> list[Part]:
    return [(start, min(size, end - start)) for start in range(first, end, size)]


def in_processes(work: Callable[[Any], bytes], listed: Sequence[Any]) -> Iterator[bytes]:
    """What each part gave, in the order of the parts. Processes are forked, and two must not share
    a connection, so the caller's are closed first."""
    from django.db import connections

    connections.close_all()
    with FORK.Pool(PROCESSES) as pool:
        yield from pool.imap(work, listed)


@contextlib.contextmanager
def open_to_copy(tables: Iterable[str]) -> Iterator[None]:
    """COPY may write into these tables as their owner."""
    listed = list(tables)
    _force(listed, "NO FORCE")
    try:
        yield
    finally:
        _force(listed, "FORCE")


def _force(tables: Sequence[str], word: str) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        for each in tables:
            cursor.execute(f"ALTER TABLE {each} {word} ROW LEVEL SECURITY")


def copy(tables: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]) -> None:
    """Write rows (table, columns, lines) in one transaction that nobody waits for the disk for."""
    from django.db import connections, transaction

    owner = connections["owner"]
    with transaction.atomic(using="owner"), owner.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        for name, columns, lines in tables:
            statement = f"COPY {name} ({', '.join(columns)}) FROM STDIN"
            with cursor.copy(statement) as copying:
                for line in lines:
                    copying.write_row(line)


class Log:
    """The tree of an operator's journal, to which leaves are added that are in their table."""

    def __init__(self, operator: UUID) -> None:
        from tutela.db.scope import operator_scope
        from tutela.journal import store, tree

        self.operator = operator
        with operator_scope(operator):
            last = store.last_checkpoint(operator)
            size = last.size if last else 0
            self.built = tree.CompactRange(size, _peaks(operator, size))

    def add(self, hashes: Sequence[bytes]) -> None:
        """Tiles and checkpoints over more leaves, in one transaction."""
        from django.db import connection

        from tutela.db.scope import operator_scope
        from tutela.journal import store, tree

        with operator_scope(self.operator):
            changed = tree.grow(self.built.size, hashes, store.load_tile(self.operator))
            with connection.cursor() as cursor:
                lines = [(self.operator, *place, tile) for place, tile in changed.items()]
                cursor.executemany(_TILE, lines)
            self._checkpoints(hashes)

    def _checkpoints(self, hashes: Sequence[bytes]) -> None:
        from tutela.core import clock
        from tutela.journal import signing
        from tutela.journal.models import Checkpoint
        from tutela.journal.notes import TreeHead

        signer = signing.recorded_signer(self.operator)
        made = []
        for place, leaf in enumerate(hashes, start=1):
            self.built.append(leaf)
            if place % EVERY and place != len(hashes):
                continue
            head = TreeHead(signer.name, self.built.size, self.built.root())
            made.append(
                Checkpoint(
                    operator_id=self.operator,
                    size=head.size,
                    root=head.root,
                    note=signer.sign(str(head)),
                    key_id=signer.verifier.key_id,
                    at=clock.now(),
                )
            )
        Checkpoint.objects.bulk_create(made)


def _peaks(operator: UUID, size: int) -> list[bytes]:
    """The roots of the perfect subtrees that make up a tree, largest first."""
    from tutela.journal import store, tree

    node, start, found = tree.nodes(store.load_tile(operator)), 0, []
    for level in reversed(range(size.bit_length())):
        if size & 1 << level:
            found.append(node(level, start >> level))
            start += 1 << level
    return found


def split(hashes: bytes) -> list[bytes]:
    """What ``in_processes`` brought: hashes one behind the other."""
    from tutela.journal.tree import HASH_SIZE

    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]
