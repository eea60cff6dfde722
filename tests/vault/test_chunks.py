"""A file in chunks opens whole, in order, in its place, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.core.ids import new_id
from tutela.core.spool import BLOCK, Spool
from tutela.vault.attachments.chunks import CHUNK, Manifest, describe, manifest, seal, unseal
from tutela.vault.errors import SealBroken
from tutela.vault.sealing import Place

PLACE = Place(new_id(), new_id(), new_id(), "photo", 1)
sizes = st.integers(0, 3 * CHUNK + 5) | st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1])


def sealed(content: bytes, place: Place = PLACE) -> tuple[Manifest, list[bytes]]:
    known = describe("image/png", [content])
    return known, list(seal(known, place, [content]))


def opened(known: Manifest, chunks: list[bytes], place: Place = PLACE) -> bytes:
    return b"".join(unseal(known, place, chunks))


@given(size=sizes, cut=st.integers(1, 100_000), fill=st.binary(min_size=1, max_size=3))
def test_what_is_sealed_opens_again_however_it_comes_in(size, cut, fill) -> None:
    content = (fill * (size // len(fill) + 1))[:size]
    parts = [content[start : start + cut] for start in range(0, size, cut)]
    known = describe("image/png", parts)
    made = list(seal(known, PLACE, parts))
    assert len(made) == known.chunks == size // CHUNK + 1
    assert opened(known, made) == content
    assert manifest(known.text()) == known


@given(content=st.binary(max_size=2000), padding=st.integers(1, 50))
def test_the_length_of_the_last_chunk_tells_only_its_block(content, padding) -> None:
    assert (len(sealed(content)[1][-1]) - 29) % 4096 == 0


THREE = bytes(range(256)) * (CHUNK // 256) * 2 + b"the end"


@pytest.mark.parametrize(
    "attack",
    {
        "reordered": lambda chunks: [chunks[1], chunks[0], chunks[2]],
        "truncated": lambda chunks: chunks[:2],
        "cut at the head": lambda chunks: chunks[1:],
        "repeated": lambda chunks: [*chunks, chunks[2]],
        "doubled within": lambda chunks: [chunks[0], chunks[0], chunks[2]],
        "emptied": lambda chunks: [],
        "one bit changed": lambda chunks: [chunks[0], chunks[1][:-1] + b"?", chunks[2]],
        "last chunk alone": lambda chunks: chunks[2:],
    }.items(),
    ids=lambda each: each[0],
)
def test_chunks_that_were_tampered_with_do_not_open(attack) -> None:
    known, chunks = sealed(THREE)
    with pytest.raises(SealBroken):
        opened(known, attack[1](chunks))


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, operator=new_id()),
        replace(PLACE, subject=new_id()),
        replace(PLACE, record=new_id()),
        replace(PLACE, field="passport"),
        replace(PLACE, version=2),
    ],
)
def test_a_file_moved_elsewhere_does_not_open(elsewhere: Place) -> None:
    known, chunks = sealed(THREE)
    with pytest.raises(SealBroken):
        opened(known, chunks, elsewhere)


def test_a_chunk_of_another_file_in_the_same_place_does_not_open() -> None:
    known, chunks = sealed(THREE)
    _other, foreign = sealed(THREE)
    with pytest.raises(SealBroken):
        opened(known, [chunks[0], foreign[1], chunks[2]])


def test_a_shorter_file_is_not_made_of_a_longer_one() -> None:
    """The number of all chunks is nailed into each, so a manifest that says fewer opens none."""
    known, chunks = sealed(THREE)
    with pytest.raises(SealBroken):
        opened(replace(known, chunks=2, size=2 * CHUNK), chunks[:2])


@given(
    written=st.lists(st.binary(max_size=2 * BLOCK), max_size=6),
    start=st.integers(0, 3 * BLOCK),
    count=st.integers(0, 3 * BLOCK),
)
def test_a_spool_gives_back_what_was_written_from_anywhere(written, start, count) -> None:
    whole = b"".join(written)
    with Spool() as spool:
        for each in written:
            spool.write(each)
        assert spool.size == len(whole)
        spool.seek(start)
        assert spool.read(count) == whole[start : start + count]
        spool.seek(0)
        assert spool.read() == whole


def test_nothing_that_is_spooled_can_be_read_in_its_file(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Spool() as spool:
        spool.write(b"Ann Larkspur" * 20_000)
        assert list(tmp_path.iterdir()) == []  # it has no name to be left behind
        raw = open(spool._file.fileno(), "rb", closefd=False).read()  # noqa: SIM115
        assert len(raw) > BLOCK
        assert b"Larkspur" not in raw
