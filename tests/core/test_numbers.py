"""Numbers with a check digit: every right one passes, and a wrong check digit is noticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.core import numbers

RIGHT = {
    "card": (numbers.is_card, ["4111111111111111", "2200000000000053", "378282246310005"]),
    "inn": (numbers.is_inn, ["7707083893", "500100732259"]),
    "iin": (numbers.is_iin, ["900101300017", "040229500005"]),
    "bin": (numbers.is_bin, ["990840000002"]),
    "iban": (numbers.is_iban, ["GB82WEST12345698765432", "KZ86125KZT5004100100"]),
}
EACH = [
    pytest.param(check, number, id=f"{kind}-{number}")
    for kind, (check, many) in RIGHT.items()
    for number in many
]


@pytest.mark.parametrize(("check", "number"), EACH)
def test_a_right_number_passes(check, number):
    assert check(number)


@pytest.mark.parametrize(("check", "number"), EACH)
def test_a_wrong_check_digit_is_noticed(check, number):
    others = set("0123456789") - {number[-1]}
    assert [each for each in others if check(number[:-1] + each)] == []


@given(st.text(max_size=40))
def test_whatever_is_typed_is_judged_without_an_error(text):
    for check, _numbers in RIGHT.values():
        assert check(text) in {True, False}


def test_a_day_of_birth_that_never_was_makes_no_iin():
    assert not numbers.is_iin("900231300004")
    assert not numbers.is_iin("")


def test_a_number_of_one_digit_repeated_is_no_card():
    assert numbers.is_luhn("0000000000000000")
    assert not numbers.is_card("0000000000000000")
