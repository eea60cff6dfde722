from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.policy.numbers_in_words import leading_number
from tutela.policy.term_grammar import LONGEST, Kind, TermError, Unit
from tutela.policy.terms import Term


def length(amount: int, unit: Unit) -> Term:
    return Term(Kind.LENGTH, amount, unit)


ENGLISH = {
    "10 working days": length(10, Unit.WORKING_DAY),
    "10 (ten) working days": length(10, Unit.WORKING_DAY),
    "ten (10) working days": length(10, Unit.WORKING_DAY),
    "7 (seven) business days": length(7, Unit.WORKING_DAY),
    "1 working day": length(1, Unit.WORKING_DAY),
    "a business day": length(1, Unit.WORKING_DAY),
    "5 workdays": length(5, Unit.WORKING_DAY),
    "30 days": length(30, Unit.DAY),
    "thirty days": length(30, Unit.DAY),
    "60 calendar days": length(60, Unit.DAY),
    "10-day": length(10, Unit.DAY),
    "24 (twenty-four) hours": length(24, Unit.HOUR),
    "twenty-four hours": length(24, Unit.HOUR),
    "Twenty four (24) Hours": length(24, Unit.HOUR),
    "72 (seventy-two) hours": length(72, Unit.HOUR),
    "30 minutes": length(30, Unit.MINUTE),
    "1 week": length(1, Unit.WEEK),
    "two weeks": length(2, Unit.WEEK),
    "6 (six) months": length(6, Unit.MONTH),
    "one month": length(1, Unit.MONTH),
    "five years": length(5, Unit.YEAR),
    "a year": length(1, Unit.YEAR),
    "year": length(1, Unit.YEAR),
    "one year": length(1, Unit.YEAR),
    "one hundred and eighty days": length(180, Unit.DAY),
    "within 30 days": length(30, Unit.DAY),
    "not later than 10 working days": length(10, Unit.WORKING_DAY),
    "Within no more than 6 months": length(6, Unit.MONTH),
    "within a period of 10 days.": length(10, Unit.DAY),
    "up to 5 working days": length(5, Unit.WORKING_DAY),
    "  10\u00a0(ten)   working\ndays ": length(10, Unit.WORKING_DAY),
    "“30 days”": length(30, Unit.DAY),
    "030 days": length(30, Unit.DAY),
    "+5 working days": length(5, Unit.WORKING_DAY),
    "Immediately": Term(Kind.IMMEDIATELY),
    "at once": Term(Kind.IMMEDIATELY),
    "without delay": Term(Kind.IMMEDIATELY),
    "that day": Term(Kind.SAME_DAY),
    "same day": Term(Kind.SAME_DAY),
    "unlimited": Term(Kind.UNLIMITED),
    "without time limit": Term(Kind.UNLIMITED),
    "until: purpose.reached": Term(Kind.UNTIL_EVENT, event="purpose.reached"),
    "until purpose.reached": Term(Kind.UNTIL_EVENT, event="purpose.reached"),
    "until: check-ended": Term(Kind.UNTIL_EVENT, event="check-ended"),
    "until 2024-12-31": Term(Kind.UNTIL_DATE, day=date(2024, 12, 31)),
    "until: 2024-12-31": Term(Kind.UNTIL_DATE, day=date(2024, 12, 31)),
}
RUSSIAN = {
    "10 рабочих дней": length(10, Unit.WORKING_DAY),
    "10 (десять) рабочих дней": length(10, Unit.WORKING_DAY),
    "десяти рабочих дней": length(10, Unit.WORKING_DAY),
    "1 рабочий день": length(1, Unit.WORKING_DAY),
    "21 рабочий день": length(21, Unit.WORKING_DAY),
    "3 (трёх) рабочих дней": length(3, Unit.WORKING_DAY),
    "одного рабочего дня": length(1, Unit.WORKING_DAY),
    "5 раб. дней": length(5, Unit.WORKING_DAY),
    "30 (тридцати) календарных дней": length(30, Unit.DAY),
    "тридцать дней": length(30, Unit.DAY),
    "в течение 30 (тридцати) дней": length(30, Unit.DAY),
    "22 дня": length(22, Unit.DAY),
    "день": length(1, Unit.DAY),
    "не позднее 24 (двадцати четырех) часов": length(24, Unit.HOUR),
    "двадцать четыре часа": length(24, Unit.HOUR),
    "72 часа": length(72, Unit.HOUR),
    "30 минут": length(30, Unit.MINUTE),
    "1 неделя": length(1, Unit.WEEK),
    "одну неделю": length(1, Unit.WEEK),
    "2 недели": length(2, Unit.WEEK),
    "6 (шести) месяцев": length(6, Unit.MONTH),
    "в срок, не превышающий 6 месяцев": length(6, Unit.MONTH),
    "1 год": length(1, Unit.YEAR),
    "5 лет": length(5, Unit.YEAR),
    "5 (пять) лет": length(5, Unit.YEAR),
    "3 года": length(3, Unit.YEAR),
    "до 5 рабочих дней": length(5, Unit.WORKING_DAY),
    "сто восемьдесят дней": length(180, Unit.DAY),
    "немедленно": Term(Kind.IMMEDIATELY),
    "Незамедлительно": Term(Kind.IMMEDIATELY),
    "в тот же день": Term(Kind.SAME_DAY),
    "бессрочно": Term(Kind.UNLIMITED),
    "до 31.12.2024": Term(Kind.UNTIL_DATE, day=date(2024, 12, 31)),
    "до: purpose.reached": Term(Kind.UNTIL_EVENT, event="purpose.reached"),
}


@pytest.mark.parametrize(("text", "expected"), [*ENGLISH.items(), *RUSSIAN.items()])
def test_a_term_is_read_as_its_author_wrote_it(text: str, expected: Term) -> None:
    assert Term.parse(text) == expected


BAD = {
    "": "is empty",
    "   ": "is empty",
    "0 days": "no time at all",
    "zero days": "no time at all",
    "-5 days": "backwards",
    "−5 days": "backwards",
    "1.5 years": "whole number",
    "2,5 дня": "whole number",
    "1,000 days": "whole number",
    "10": "no unit",
    "ten": "no unit",
    "days": "how many",
    "рабочих дней": "how many",
    "10 fortnights": "not a term",
    "soon": "not a term",
    "10 days 5 hours": "mixes",
    "1 year and 6 months": "mixes",
    "10 days (ten)": "not a term",
    "10 (five) days": "in brackets, 5",
    "10 (some) days": "not a number",
    "10 (ten days": "not a term",
    "201 years": "longer",
    "99999999 days": "longer",
    "1" + "0" * 150 + " days": "longer",
    "x" * 500: "too long",
    "3 суток": "two ways",
    "until": "not a term",
    "until the purpose is reached": "neither a date nor an event",
    "until: Purpose Reached": "neither a date nor an event",
    "until 2024-02-30": "no day",
    "until 31.04.2024": "no day",
    "10 days from receipt": "not a term",
    "10² days": "not a term",
    "five five days": "mixes",
    "10 days\x00": "not a term",
}


@pytest.mark.parametrize(("text", "why"), BAD.items(), ids=[each[:20] for each in BAD])
def test_a_bad_term_is_refused_with_a_sentence_and_a_hint(text: str, why: str) -> None:
    with pytest.raises(TermError) as refused:
        Term.parse(text)
    assert why in refused.value.sentence
    assert refused.value.sentence.endswith(".")
    assert refused.value.hint.endswith(".")


@pytest.mark.parametrize("value", [10, 5.5, None, True, ["10 days"], date(2024, 1, 1), b"10 days"])
def test_a_value_that_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(TermError) as refused:
        Term.parse(value)  # type: ignore[arg-type]
    assert "quotes" in refused.value.hint


def read_or_refuse(text: str) -> None:
    """A term that is read back, or a refusal with a hint; any other exception fails the test."""
    try:
        term = Term.parse(text)
    except TermError as refused:
        if not refused.hint:
            raise
    else:
        assert Term.parse(str(term)) == term


@given(st.text(max_size=80))
def test_any_text_at_all_gives_a_term_or_a_term_error(text: str) -> None:
    read_or_refuse(text)


_WORDS = [
    *("10", "ten", "(ten)", "(десяти)", "десять", "days", "working", "рабочих", "дней", "day"),
    *("until", "до", "within", "-", "one", "a", "5", "hours", "and", "of", "часов", "2024-12-31"),
    *("purpose.reached", ":", "immediately", "год", "лет", "не позднее", "(", ")", "hundred"),
]


@given(st.lists(st.sampled_from(_WORDS), max_size=6).map(" ".join))
def test_any_order_of_the_grammars_words_gives_a_term_or_a_term_error(text: str) -> None:
    read_or_refuse(text)


def lengths() -> st.SearchStrategy[Term]:
    return st.sampled_from(list(Unit)).flatmap(
        lambda unit: st.integers(1, LONGEST[unit]).map(lambda amount: length(amount, unit))
    )


@given(lengths())
def test_a_length_is_read_back_from_both_languages(term: Term) -> None:
    assert Term.parse(str(term)) == term
    assert Term.parse(term.words("en")) == term
    assert Term.parse(term.words("ru")) == term


@given(st.dates())
def test_a_date_is_read_back(day: date) -> None:
    term = Term(Kind.UNTIL_DATE, day=day)
    assert Term.parse(str(term)) == term


@pytest.mark.parametrize("kind", [Kind.IMMEDIATELY, Kind.SAME_DAY, Kind.UNLIMITED])
def test_a_word_is_read_back_from_both_languages(kind: Kind) -> None:
    assert Term.parse(str(Term(kind))) == Term(kind)
    assert Term.parse(Term(kind).words("ru")) == Term(kind)


def test_russian_lengths_take_the_form_of_their_number() -> None:
    said = [length(each, Unit.YEAR).words("ru") for each in (1, 2, 5, 11, 21, 22, 25, 101, 111)]
    assert said == [
        *("1 год", "2 года", "5 лет", "11 лет", "21 год"),
        *("22 года", "25 лет", "101 год", "111 лет"),
    ]
    assert length(1, Unit.WORKING_DAY).words("ru") == "1 рабочий день"
    assert length(3, Unit.WORKING_DAY).words("ru-RU") == "3 рабочих дня"
    assert length(12, Unit.WORKING_DAY).words("ru") == "12 рабочих дней"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("twenty four", (24, 2)),
        ("four twenty", (4, 1)),
        ("two hundred and five days", (205, 4)),
        ("двести сорок один", (241, 3)),
        ("сто пять десять", (105, 2)),
        ("ten and", (10, 1)),
        ("hundred", (None, 0)),
        ("", (None, 0)),
    ],
)
def test_number_words_add_up_from_large_to_small(
    words: str, expected: tuple[int | None, int]
) -> None:
    assert leading_number(words.split()) == expected


def test_only_a_term_that_ends_on_a_date_is_dated() -> None:
    assert Term.parse("30 days").dated
    assert Term.parse("immediately").dated
    assert Term.parse("until 2024-12-31").dated
    assert not Term.parse("until: purpose.reached").dated
    assert not Term.parse("unlimited").dated
