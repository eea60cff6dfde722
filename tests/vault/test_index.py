"""One spelling of a value, and a digest that only the operator's own field can make."""

from __future__ import annotations

import pytest

from tutela.core.ids import new_id
from tutela.vault.errors import Unindexable
from tutela.vault.index import digest, normalise
from tutela.vault.sealing import new_key


@pytest.mark.parametrize(
    ("kind", "spellings"),
    [
        ("email", ["Ann.Larkspur@Example.ORG", "ann.larkspur@example.org"]),
        ("email", ["анна@Пример.рф", "АННА@xn--e1afmkfd.xn--p1ai"]),
        ("phone", ["+1 305 555 0142", "(305) 555-0142", "1-305-555-0142", "+13055550142"]),
        ("text", ["Straße  7", " STRASSE 7 "]),
    ],
)
def test_spellings_of_one_value_are_one(kind: str, spellings: list[str]) -> None:
    assert len({normalise(kind, each, "US-FL") for each in spellings}) == 1


@pytest.mark.parametrize(
    ("kind", "value"), [("email", "Ann Larkspur"), ("email", ""), ("phone", "soon")]
)
def test_what_is_not_of_its_kind_is_refused_without_repeating_it(kind: str, value: str) -> None:
    with pytest.raises(Unindexable) as raised:
        normalise(kind, value, "US-FL")
    assert not value or value not in str(raised.value)


def test_a_number_without_a_country_needs_the_operators() -> None:
    assert normalise("phone", "8 495 123-45-67", "RU") == "+74951234567"
    with pytest.raises(Unindexable):
        normalise("phone", "8 495 123-45-67", "")


def test_equal_values_of_two_operators_fields_or_keys_look_different() -> None:
    operator, key = new_id(), new_key()
    digests = {
        digest(key, operator, "email", "a@example.org"),
        digest(key, operator, "reply-to", "a@example.org"),
        digest(key, new_id(), "email", "a@example.org"),
        digest(key, operator, "email", "b@example.org"),
        digest(new_key(), operator, "email", "a@example.org"),
    }
    assert len(digests) == 5
    assert digest(key, operator, "email", "a@example.org") in digests
    assert {len(each) for each in digests} == {32}
