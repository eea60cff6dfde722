"""The paths of C2SP tlog-tiles, and the addresses under which the log is followed."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tutela.db.scope import operator_scope
from tutela.journal import actions, commands, tiles, tree
from tutela.journal.entries import KeyUsed
from tutela.policy import actions as policies

MINIMAL = Path(__file__).parents[1] / "data" / "policies" / "minimal"


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (tiles.Place(0, 0), "tile/0/000"),
        (tiles.Place(0, 1234067), "tile/0/x001/x234/067"),
        (tiles.Place(1, 999, 17), "tile/1/999.p/17"),
        (tiles.Place(None, 1000), "tile/entries/x001/000"),
        (tiles.Place(None, 3, 1), "tile/entries/003.p/1"),
    ],
)
def test_a_tile_has_the_path_that_the_specification_gives(place, path):
    assert place.path == path
    assert tiles.parse(path.removeprefix("tile/")) == place


@given(
    st.one_of(st.none(), st.integers(0, 63)),
    st.integers(0, 10**12),
    st.integers(1, tree.TILE_WIDTH),
)
def test_every_path_names_one_tile(level, index, width):
    place = tiles.Place(level, index, width)
    assert tiles.parse(place.path.removeprefix("tile/")) == place


@given(st.text(alphabet="0123456789x/.pentris-", max_size=24))
def test_a_path_that_is_understood_is_the_only_one_of_its_tile(text):
    place = tiles.parse(text)
    assert place is None or place.path == f"tile/{text}"


@pytest.mark.parametrize(
    "rest",
    [
        "0/0",
        "0/x000/000",
        "00/000",
        "64/000",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/257",
        "0/../1",
        "0/",
        "-1/000",
        "data/000",
        "0/000/",
        "0/1000",
        "0/000.p/",
        "0/٠٠٠",
    ],
)
def test_another_spelling_names_no_tile(rest):
    assert tiles.parse(rest) is None


@given(st.integers(0, 70_000))
def test_the_tiles_of_a_size_are_those_that_growing_makes(size):
    counted = {(each.level, each.index): each.width for each in tiles.places(size)}
    level, count, expected = 0, size, {}
    while count:
        for index in range(-(-count // 256)):
            expected[level, index] = min(256, count - index * 256)
        level, count = level + 1, count // 256
    assert counted == expected


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_gives_back_its_leaves_and_refuses_to_be_cut(leaves):
    data = tiles.bundle(leaves)
    assert tiles.unbundle(data) == leaves
    if data:
        with pytest.raises(ValueError, match="cut off"):
            tiles.unbundle(data[:-1] if leaves[-1] else data + b"\x00")


@pytest.fixture
def bakery(db):
    policies.publish(policies.load_folder(MINIMAL))
    return policies.operator_id("lark-bakery")


@pytest.fixture
def signed(bakery, monkeypatch):
    """300 entries in the tree."""
    with operator_scope(bakery):
        for each in range(300):
            actions.append(bakery, KeyUsed(key=f"k{each}"))
    actions.sequence(bakery)
    return bakery


@pytest.mark.django_db(transaction=True)
def test_checkpoint_keys_and_tiles_are_public_without_a_cookie(signed):
    client = Client()
    with operator_scope(signed):
        key, note = actions.public_key(signed), actions.checkpoint(signed)
    answer = client.get("/log/lark-bakery/checkpoint")
    assert (answer.status_code, answer.content.decode()) == (200, note)
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert client.get("/log/lark-bakery/keys").content.decode().splitlines() == [key]
    full, part = (
        client.get("/log/lark-bakery/tile/0/000"),
        client.get("/log/lark-bakery/tile/0/001.p/5"),
    )
    assert (len(full.content), len(part.content)) == (256 * 32, 5 * 32)
    assert "immutable" in full.headers["Cache-Control"]
    assert "immutable" not in part.headers["Cache-Control"]
    for each in (answer, full, part):
        assert not each.cookies
        assert "Vary" not in each.headers
        assert each.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "path",
    [
        "tile/0/001",
        "tile/0/001.p/200",
        "tile/0/002",
        "tile/2/000",
        "tile/entries/000",
        "tile/0/x",
        "tile/0/000.p/256",
        "entries",
    ],
)
def test_what_the_log_does_not_have_is_refused_in_a_sentence(signed, path):
    answer = Client().get(f"/log/lark-bakery/{path}")
    assert answer.status_code == 404
    assert "." in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_addresses_of_a_log_only_answer_to_reading(signed):
    client = Client()
    for path in ("checkpoint", "keys", "tile/0/000"):
        answer = client.post(f"/log/lark-bakery/{path}")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
        assert client.get(f"/log/nobody/{path}").status_code == 404
    assert client.head("/log/lark-bakery/checkpoint").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_log_that_signed_nothing_says_so(bakery):
    assert Client().get("/log/lark-bakery/checkpoint").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_tiles_command_writes_what_is_new_and_leaves_what_is_there(signed, tmp_path, capsys):
    folder = tmp_path / "log"
    asked = Namespace(operator="lark-bakery", folder=folder, entries=True)
    assert commands.write_tiles(asked) == 0
    assert "leaves: 30" in capsys.readouterr().out
    full = folder / "tile" / "0" / "000"
    os.utime(full, (1, 1))
    with operator_scope(signed):
        actions.append(signed, KeyUsed(key="more"))
    assert commands.write_tiles(asked) == 0
    assert full.stat().st_mtime == 1
    assert len(tiles.unbundle((folder / "tile/entries/000").read_bytes())) == 256
    asked.operator = "nobody"
    assert commands.write_tiles(asked) == 2
    assert "nobody" in capsys.readouterr().err
