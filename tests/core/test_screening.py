"""What must not be published is found however it is written, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.core.screening import ALWAYS, Kind, masked, screen

EVERY = frozenset(Kind)
FOUND = [
    (Kind.CARDS, "переведите на 4111 1111 1111 1111, спасибо", "4111 1111 1111 1111"),
    (Kind.CARDS, "card 4111-1111-1111-1111", "4111-1111-1111-1111"),
    (Kind.CARDS, "4111.1111.1111.1111", "4111.1111.1111.1111"),
    (Kind.CARDS, "４１１１１１１１１１１１１１１１", "４１１１１１１１１１１１１１１１"),
    (Kind.CARDS, "4111\u200b1111\u200b1111\u200b1111", "4111\u200b1111\u200b1111\u200b1111"),
    (Kind.CARDS, "٤١١١١١١١١١١١١١١١", "٤١١١١١١١١١١١١١١١"),
    (Kind.CARDS, "tel 87001234567 2200 0000 0000 0053", "2200 0000 0000 0053"),
    (Kind.ACCOUNTS, "IBAN GB82 WEST 1234 5698 7654 32.", "GB82 WEST 1234 5698 7654 32"),
    (Kind.ACCOUNTS, "счёт 40817810099910004312", "40817810099910004312"),
    (Kind.IDENTITY_NUMBERS, "мой ИИН 900101300017", "900101300017"),
    (Kind.IDENTITY_NUMBERS, "БИН:990840000002", "990840000002"),
    (Kind.IDENTITY_NUMBERS, "ИНН 5001 0073 2259", "5001 0073 2259"),
    (Kind.IDENTITY_NUMBERS, "паспорт серии 4506 123456", "4506 123456"),
    (Kind.IDENTITY_NUMBERS, "Passport No. KX1234567", "KX1234567"),
    (Kind.PHONES, "звоните +7 701 123-45-67", "+7 701 123-45-67"),
    (Kind.PHONES, "звоните 8 (701) 123 45 67 вечером", "8 (701) 123 45 67"),
    (Kind.MAILS, "write to anna.k@mail.example now", "anna.k@mail.example"),
    (Kind.MAILS, "anna [at] mail.example", "anna [at] mail.example"),
]
INNOCENT = [
    "Продаю диван за 12 000 рублей, куплен в 2019 году, 90 на 200 см.",
    "Работаю с 9:00 до 21:00, стаж 15 лет, 3 500 заявок.",
    "Order 4111111111111112 is ready",
    "Three rooms, 74.5 m2, built 1998, price 1 250 000",
    "Номер заявки 123456789012",
    "Паспорт изделия прилагается, гарантия 24 месяца",
    "",
]


@pytest.mark.parametrize(("kind", "text", "part"), FOUND)
def test_it_is_found_and_its_place_is_told(kind, text, part):
    (found,) = [each for each in screen(text, {kind}, region="KZ") if each.kind is kind]
    assert text[found.start : found.end] == part
    assert part not in masked(text, [found])


@pytest.mark.parametrize("text", INNOCENT)
def test_an_ordinary_text_is_left_alone(text):
    assert screen(text, EVERY, region="KZ") == ()


def test_a_contact_is_looked_for_only_where_it_is_forbidden():
    text = "anna@mail.example, +7 701 123-45-67"
    assert screen(text, ALWAYS) == ()
    assert {each.kind for each in screen(text, EVERY)} == {Kind.PHONES, Kind.MAILS}


def test_two_numbers_in_one_text_are_both_found():
    text = "4111 1111 1111 1111 или 2200 0000 0000 0053, ИИН 900101300017"
    kinds = [each.kind for each in screen(text)]
    assert kinds == [Kind.CARDS, Kind.CARDS, Kind.IDENTITY_NUMBERS]
    left = masked(text, screen(text))
    assert not any(each.isdigit() for each in left)


@given(st.text(max_size=200))
def test_whatever_is_typed_is_screened_and_masking_keeps_the_length(text):
    found = screen(text, EVERY, region="RU")
    assert len(masked(text, found)) == len(text)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
