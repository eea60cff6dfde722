from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.core import places
from tutela.policy import actions as policies
from tutela.requests import rules

TODAY = date(2024, 6, 3)
POLICY = policies.load_folder(Path(__file__).parents[1] / "data" / "policies" / "minimal")
ORDER = POLICY.points["order"]
GOOD = {"name": "Ann", "email": "Ann@Example.org", "phone": "+1 305 555 0142"}


def check(values, accepted=("orders",)):
    return rules.check_submission(POLICY, ORDER, values, accepted, TODAY)


def test_a_complete_form_has_no_problem_and_its_values_have_one_form():
    clean, problems = check(GOOD)
    assert problems == ()
    assert clean == {"name": "Ann", "email": "Ann@example.org", "phone": "+13055550142"}


def test_a_field_the_form_does_not_ask_for_is_dropped():
    clean, _ = check({**GOOD, "passport": "4510 123456"})
    assert "passport" not in clean


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "ann"), ("phone", "305-555"), ("phone", "+1 1"), ("name", ""), ("name", "x" * 400)],
)
def test_a_wrong_value_is_named_with_its_field(field, value):
    _, problems = check({**GOOD, field: value})
    assert [each.field for each in problems] == [field]


def test_the_needed_consent_is_a_problem_of_its_own_and_the_free_one_is_not():
    _, problems = check(GOOD, accepted=())
    assert [each.field for each in problems] == ["consent-orders"]
    assert rules.consents_needed(POLICY, ORDER) == ("orders",)
    assert rules.consents_asked(POLICY, ORDER) == ("orders", "newsletter")


@pytest.mark.parametrize(
    ("born", "age"), [(date(2006, 6, 3), 18), (date(2006, 6, 4), 17), (date(2004, 2, 29), 20)]
)
def test_age_is_counted_in_full_years(born, age):
    assert rules.age_on(TODAY, born) == age


@given(st.sampled_from(["email", "phone", "date", "text", "long-text", "name"]), st.text())
def test_whatever_is_typed_gets_a_value_or_a_sentence(kind, typed):
    sentence = "."
    try:
        rules.read_value(kind, typed, TODAY)
    except rules.Wrong as wrong:
        sentence = str(wrong)
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("kind", "typed", "taken"),
    [
        ("date", "2030-01-31", True),
        ("date", "2020-01-31", True),
        ("date", "9999-12-31", False),
        ("birth-date", "1990-01-31", True),
        ("birth-date", "2030-01-31", False),
        ("birth-date", "1790-01-31", False),
    ],
)
def test_a_birth_lies_in_the_past_and_another_date_may_lie_ahead(kind, typed, taken):
    try:
        read = rules.read_value(kind, typed, TODAY)
    except rules.Wrong:
        read = ""
    assert bool(read) is taken


def test_coordinates_that_somebody_types_are_kept_as_rough_as_those_of_a_device():
    policy = policies.load_folder(policies.samples() / "uslugi")
    field = next(slug for slug, each in policy.fields.items() if each.type == "coordinates")
    told = {
        rules.read_field(policy, field, typed, TODAY)
        for typed in ("43.238949, 76.889709", "43.2381;76.8912", " 43.2389 76.8897 ")
    }
    assert told == {places.rounded(43.238949, 76.889709, 1000)}
    for typed in ("here", "999, 999", "43.2", "43,24, 76,89", "4\u0663.2, 76.9", "91, 0"):
        with pytest.raises(rules.Wrong, match="latitude"):
            rules.read_field(policy, field, typed, TODAY)


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("inn", "5001 0073 2259", "500100732258"),
        ("iin", "900101-300017", "900101300018"),
        ("bin", "990840000002", "900101300017"),
        ("iin-or-bin", "990840000002", "111111111111"),
    ],
)
def test_a_number_with_a_check_digit_is_taken_only_when_it_checks(kind, right, wrong):
    assert rules.read_value(kind, right, TODAY).isdigit()
    for typed in (wrong, "no number", "9" * 40):
        with pytest.raises(rules.Wrong, match="does not check"):
            rules.read_value(kind, typed, TODAY)
