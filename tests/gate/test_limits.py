"""Limited mode: what is off for whoever refuses, why, and what goes on all the same."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from tests.gate.conftest import NOW
from tests.gate.test_actions import agree
from tests.gate.test_decisions import ENDED
from tests.requests.conftest import house, my, words  # noqa: F401

from tutela.gate import actions as gate
from tutela.gate.limits import limits
from tutela.gate.rules import Contract

FORMS = {"orders": ("order",), "newsletter": ("order", "newsletter")}


def off(operator: UUID, subject: UUID | None) -> dict[str, str]:
    return {each.purpose: each.reason for each in limits(operator, subject).off}


def test_a_visitor_who_refuses_is_told_what_is_off_and_where_to_agree(scope: UUID) -> None:
    found = limits(scope)
    assert found.limited
    assert found.on == ()
    assert {each.purpose: each.points for each in found.off} == FORMS
    assert {each.reason for each in found.off} == {"no-consent"}
    assert "Ask for consent first." in found.off[0].message("en")


def test_what_was_agreed_to_is_on_and_nobody_is_limited_by_saying_less(
    scope: UUID, subject: UUID
) -> None:
    gate.change_standing(scope, subject, agree)
    found = limits(scope, subject)
    assert (found.limited, found.on) == (False, ("orders",))
    assert off(scope, subject) == {"newsletter": "no-consent"}


def test_whoever_told_the_operator_to_stop_is_in_limited_mode(scope: UUID, subject: UUID) -> None:
    gate.change_standing(scope, subject, lambda each: replace(agree(each), refused=True))
    assert limits(scope, subject).limited
    assert off(scope, subject) == {"orders": "no-consent", "newsletter": "no-consent"}


def test_an_expired_consent_is_said_to_have_expired(scope: UUID, subject: UUID) -> None:
    gate.change_standing(scope, subject, lambda each: replace(each, consents={"orders": ENDED}))
    assert off(scope, subject)["orders"] == "consent-expired"


def test_an_agreement_carries_nothing_that_rests_on_consent(scope: UUID, subject: UUID) -> None:
    agreement = Contract("c-1", ("orders",), NOW)
    gate.change_standing(scope, subject, lambda each: replace(each, contracts=(agreement,)))
    assert off(scope, subject)["orders"] == "no-consent"


def test_people_see_what_is_off_for_them_and_where_to_agree(house) -> None:  # noqa: F811
    sent = house.send("order")
    said = words(house.person(sent.subject).get(my("consents/")))
    assert "What is off without your consent" in said
    assert "Account and personal account area" in said
    assert "Marketing research" not in said  # nothing a person could agree to
    house.withdraw(sent.subject)
    russian = words(house.person(sent.subject).get(my("consents/", "ru")))
    assert "Больше отказ ни на чём не скажется" in russian
    assert "Новости и реклама по электронной почте" in russian
