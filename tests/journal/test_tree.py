"""The tree against RFC 9162's recursive definitions and the published vectors of RFC 6962 logs."""

from __future__ import annotations

import hashlib
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.journal import tree

# The eight leaves and the roots that the reference logs of certificate transparency test with.
LEAVES = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def head(leaves):
    """MTH of RFC 9162 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + head(leaves[:k]) + head(leaves[k:])).digest()


def path(m, leaves):
    """PATH of RFC 9162 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*path(m, leaves[:k]), head(leaves[k:])]
    return [*path(m - k, leaves[k:]), head(leaves[:k])]


def subproof(m, leaves, whole):
    """SUBPROOF of RFC 9162 2.1.4.1."""
    if m == len(leaves):
        return [] if whole else [head(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*subproof(m, leaves[:k], whole), head(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), head(leaves[:k])]


def stored(leaves, batches=()):
    """Tiles grown in batches, as the sequencer grows them, and the nodes read from them."""
    hashes = [tree.leaf_hash(each) for each in leaves]
    tiles: dict[tuple[int, int], bytes] = {}

    def load(level, index):
        return tiles[level, index]

    cuts = sorted({0, len(leaves), *(each for each in batches if each < len(leaves))})
    for start, end in itertools.pairwise(cuts):
        tiles.update(tree.grow(start, hashes[start:end], load))
    return tiles, tree.nodes(load)


def numbered(count):
    return [str(each).encode() for each in range(count)]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_the_certificate_logs_publish(size):
    _, node = stored(LEAVES[:size])
    assert tree.root(size, node).hex() == ROOTS[size - 1]
    assert tree.root_of(map(tree.leaf_hash, LEAVES[:size])).hex() == ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing_as_its_root():
    assert tree.root_of([]).hex() == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


def test_a_published_audit_path_is_made_and_accepted():
    _, node = stored(LEAVES)
    proof = tree.inclusion_proof(5, 8, node)
    assert [each.hex() for each in proof] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_a_published_consistency_proof_is_made_and_accepted():
    _, node = stored(LEAVES)
    proof = tree.consistency_proof(6, 8, node)
    assert [each.hex() for each in proof] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert tree.verify_consistency(6, 8, bytes.fromhex(ROOTS[5]), bytes.fromhex(ROOTS[7]), proof)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 700), st.data())
def test_inclusion_proofs_equal_the_definition_and_verify_for_their_leaf_alone(size, data):
    index = data.draw(st.integers(0, size - 1))
    leaves = numbered(size)
    _, node = stored(leaves, data.draw(st.lists(st.integers(1, 700), max_size=4)))
    proof, root = tree.inclusion_proof(index, size, node), tree.root(size, node)
    assert root == head(leaves)
    assert proof == path(index, leaves)
    leaf = tree.leaf_hash(leaves[index])
    assert tree.verify_inclusion(leaf, index, size, proof, root)
    assert not tree.verify_inclusion(tree.leaf_hash(b"other"), index, size, proof, root)
    other = (
        data.draw(st.integers(0, size - 1).filter(lambda each: each != index)) if size > 1 else 1
    )
    assert not tree.verify_inclusion(leaf, other, size, proof, root)
    assert not tree.verify_inclusion(leaf, index, size, [*proof, root], root)
    assert not proof or not tree.verify_inclusion(leaf, index, size, proof[:-1], root)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 700), st.data())
def test_consistency_proofs_equal_the_definition_and_refuse_another_past(size, data):
    first = data.draw(st.integers(1, size))
    leaves = numbered(size)
    _, node = stored(leaves)
    proof = tree.consistency_proof(first, size, node)
    old, new = head(leaves[:first]), head(leaves)
    assert proof == subproof(first, leaves, True)
    assert tree.verify_consistency(first, size, old, new, proof)
    assert not tree.verify_consistency(first, size, head([b"x", *leaves[1:first]]), new, proof)
    if first != size:
        assert not tree.verify_consistency(first, size, old, old, proof)
        assert not tree.verify_consistency(first, size, old, new, [*proof, old])


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 1500), st.lists(st.integers(1, 1500), max_size=6))
def test_tiles_are_the_same_however_the_batches_were_cut(size, cuts):
    leaves = numbered(size)
    assert stored(leaves, cuts)[0] == stored(leaves)[0]


def test_a_proof_in_a_large_tree_reads_few_tiles():
    size = 70_000
    tiles, _ = stored(numbered(size))
    read = []

    def load(level, index):
        read.append((level, index))
        return tiles[level, index]

    node = tree.nodes(load)
    proof = tree.inclusion_proof(41_234, size, node)
    assert len(proof) == 17
    assert len(read) <= 5
    assert len(tiles[2, 0]) == 32


def test_a_leaf_outside_of_the_tree_has_no_proof():
    _, node = stored(LEAVES)
    with pytest.raises(ValueError, match="no leaf 8"):
        tree.inclusion_proof(8, 8, node)
    with pytest.raises(ValueError, match="cannot begin"):
        tree.consistency_proof(9, 8, node)
    assert not tree.verify_inclusion(LEAVES[0], 8, 8, [], LEAVES[0])
    assert not tree.verify_consistency(9, 8, LEAVES[0], LEAVES[0], [])
