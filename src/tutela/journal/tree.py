"""The Merkle tree of RFC 9162 section 2.1: hashes, proofs and their checks, tiles of height 8.

Pure. A tree is reached through ``Node``: a function that gives the hash of the perfect subtree
at ``(level, index)``, where level 0 holds the leaf hashes. Stored as C2SP tlog-tiles, every
node costs one tile of at most 8 KiB, so a proof costs O(log n) at any size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

Node = Callable[[int, int], bytes]
LoadTile = Callable[[int, int], bytes]

HASH_SIZE = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class CompactRange:
    """The roots of the perfect subtrees of the first ``size`` leaves, largest first: all that is
    needed to go on adding leaves."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> None:
        self.peaks.append(leaf)
        self.size += 1
        pairs = (self.size & -self.size).bit_length() - 1
        for _ in range(pairs):
            right = self.peaks.pop()
            self.peaks.append(node_hash(self.peaks.pop(), right))

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY_ROOT
        result = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            result = node_hash(peak, result)
        return result


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root of a tree over the given leaf hashes."""
    tree = CompactRange()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def _split(count: int) -> int:
    """The largest power of two smaller than ``count``."""
    return 1 << (count - 1).bit_length() - 1


def _subtree(start: int, end: int, node: Node) -> bytes:
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(count)
    return node_hash(_subtree(start, middle, node), _subtree(middle, end, node))


def root(size: int, node: Node) -> bytes:
    """The root of the tree of the first ``size`` leaves."""
    return _subtree(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """The audit path of leaf ``index`` in the tree of ``size`` leaves (RFC 9162 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"There is no leaf {index} in a tree of {size}.")
    start, end, proof = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_subtree(middle, end, node))
            end = middle
        else:
            proof.append(_subtree(start, middle, node))
            start = middle
    return proof[::-1]


def consistency_proof(first: int, second: int, node: Node) -> list[bytes]:
    """That the tree of ``first`` leaves begins the tree of ``second`` (RFC 9162 2.1.4.1)."""
    if not 0 < first <= second:
        raise ValueError(f"A tree of {first} leaves cannot begin one of {second}.")
    start, end, proof = 0, second, []
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            proof.append(_subtree(middle, end, node))
            end = middle
        else:
            proof.append(_subtree(start, middle, node))
            start = middle
    if start:
        proof.append(_subtree(start, end, node))
    return proof[::-1]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes
) -> bool:
    """RFC 9162 2.1.3.2; ``leaf`` is the leaf hash and ``expected`` the root."""
    if not 0 <= index < size:
        return False
    place, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            result = node_hash(sibling, result)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and result == expected


def verify_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """RFC 9162 2.1.4.2."""
    if first == second:
        return first_root == second_root and not proof
    if not 0 < first < second or not proof:
        return False
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _halved(row: bytes) -> bytes:
    """The nodes one level above a row of an even number of nodes."""
    pair, sha256 = 2 * HASH_SIZE, hashlib.sha256
    return b"".join(
        [sha256(b"\x01" + row[at : at + pair]).digest() for at in range(0, len(row), pair)]
    )


Rows = Sequence[bytes]
"""A tile and the rows of nodes above it, each half as long as the one below."""


def rows_over(tile: bytes) -> Rows:
    """What ``nodes`` makes of a tile, for who keeps it: 255 hashes for a full one."""
    rows, pair = [tile], 2 * HASH_SIZE
    while len(rows[-1]) >= pair:
        whole = len(rows[-1]) // pair * pair
        rows.append(_halved(rows[-1][:whole]))
    return rows


def nodes(load: LoadTile) -> Node:
    """Nodes read from tiles: ``load(level, index)`` gives a tile's hashes, each tile once."""
    return nodes_over(lambda *place: rows_over(load(*place)))


def nodes_over(load: Callable[[int, int], Rows]) -> Node:
    """The same where ``load`` gives the rows over each tile."""
    seen: dict[tuple[int, int], Rows] = {}

    def node(level: int, index: int) -> bytes:
        tile_level, inner = divmod(level, TILE_HEIGHT)
        tile_index, offset = divmod(index << inner, TILE_WIDTH)
        place = (tile_level, tile_index)
        if place not in seen:
            seen[place] = load(*place)
        at = (offset >> inner) * HASH_SIZE
        row = seen[place][inner] if inner < len(seen[place]) else b""
        if len(row) < at + HASH_SIZE:
            raise LookupError("A tile is shorter than the tree that stands on it.")
        return row[at : at + HASH_SIZE]

    return node


def tiles_read(walk: Callable[[Node], object]) -> set[tuple[int, int]]:
    """The (level, index) of every tile that ``walk`` would read, so that all can be fetched at
    once. ``walk`` is a proof or a root; which nodes it asks for depends on no hash."""
    read: set[tuple[int, int]] = set()

    def node(level: int, index: int) -> bytes:
        tile_level, inner = divmod(level, TILE_HEIGHT)
        read.add((tile_level, (index << inner) // TILE_WIDTH))
        return b""

    walk(node)
    return read


def grow(size: int, leaves: Iterable[bytes], load: LoadTile) -> dict[tuple[int, int], bytes]:
    """The tiles that change when ``leaves`` follow the first ``size``, by (level, index)."""
    changed: dict[tuple[int, int], bytearray] = {}

    def push(level: int, position: int, value: bytes) -> None:
        index, offset = divmod(position, TILE_WIDTH)
        if (level, index) not in changed:
            changed[level, index] = bytearray(load(level, index) if offset else b"")
        tile = changed[level, index]
        if len(tile) != offset * HASH_SIZE:
            raise LookupError("A tile does not end where the tree ends.")
        tile += value
        if offset == TILE_WIDTH - 1:
            push(level + 1, index, rows_over(bytes(tile))[TILE_HEIGHT])

    for position, leaf in enumerate(leaves, start=size):
        push(0, position, leaf)
    return {place: bytes(tile) for place, tile in changed.items()}
