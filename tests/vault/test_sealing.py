"""A sealed value opens with its own key in its own place, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.core.ids import new_id
from tutela.vault.errors import SealBroken
from tutela.vault.sealing import BLOCK, Place, new_key, seal, unseal, value_key

PLACE = Place(new_id(), new_id(), new_id(), "email", 1)
KEY = new_key()
texts = st.text(max_size=200)


@given(texts)
def test_what_is_sealed_opens_again(text: str) -> None:
    assert unseal(KEY, PLACE, seal(KEY, PLACE, text)) == text


@given(texts)
def test_the_length_tells_only_the_block_the_text_ends_in(text: str) -> None:
    blocks = len(text.encode()) // BLOCK + 1
    assert len(seal(KEY, PLACE, text)) == 1 + 12 + BLOCK * blocks + 16


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, operator=new_id()),
        replace(PLACE, subject=new_id()),
        replace(PLACE, record=new_id()),
        replace(PLACE, field="phone"),
        replace(PLACE, version=2),
    ],
)
def test_a_value_moved_elsewhere_does_not_open(elsewhere: Place) -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, elsewhere, seal(KEY, PLACE, "Ann"))


@given(st.integers(min_value=0, max_value=8 * (1 + 12 + BLOCK + 16) - 1))
def test_a_value_with_one_bit_changed_does_not_open(bit: int) -> None:
    changed = bytearray(seal(KEY, PLACE, "Ann"))
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBroken):
        unseal(KEY, PLACE, bytes(changed))


@pytest.mark.parametrize("length", [0, 1, 12, 13, 28, 92])
def test_a_value_cut_short_does_not_open(length: int) -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, PLACE, seal(KEY, PLACE, "Ann")[:length])


def test_sealing_twice_gives_different_bytes() -> None:
    assert seal(KEY, PLACE, "Ann") != seal(KEY, PLACE, "Ann")


def test_both_halves_make_the_key() -> None:
    data_key, share = new_key(), new_key()
    sealed = seal(value_key(data_key, share), PLACE, "Ann")
    assert unseal(value_key(data_key, share), PLACE, sealed) == "Ann"
    for halves in ((data_key, new_key()), (new_key(), share), (share, data_key)):
        with pytest.raises(SealBroken):
            unseal(value_key(*halves), PLACE, sealed)


def test_no_error_repeats_the_value() -> None:
    with pytest.raises(SealBroken) as raised:
        unseal(new_key(), PLACE, seal(KEY, PLACE, "Ann Larkspur"))
    assert "Ann" not in str(raised.value)
