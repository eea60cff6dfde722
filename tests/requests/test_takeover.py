"""Nobody gets at another person's data by what they type into a form."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.policy import actions as policies
from tutela.requests import actions
from tutela.requests.intake import find_subject

MINIMAL = Path(__file__).parents[1] / "data" / "policies" / "minimal"
VICTIM = {"name": "Vera", "email": "vera@example.org", "phone": "+13055550142"}


@pytest.fixture
def operator(db):
    policy = policies.load_folder(MINIMAL)
    operator = policies.register(policy)
    policies.publish(policy)
    with operator_scope(operator):
        yield operator


def send(operator, **values):
    return actions.submit(
        operator,
        "order",
        language="en",
        values={**VICTIM, **values},
        accepted=("orders",),
        idempotency=new_id().hex,
    ).subject


def test_the_same_address_again_is_the_same_person(operator):
    assert send(operator) == send(operator, phone="+13055550199", name="V.")


def test_a_known_telephone_with_another_address_is_another_person(operator):
    victim = send(operator)
    mallory = send(operator, email="mallory@example.org")
    assert mallory != victim
    assert find_subject(operator, "email", "mallory@example.org") == mallory
    assert find_subject(operator, "email", VICTIM["email"]) == victim


def test_a_telephone_claimed_first_takes_over_nobody_later(operator):
    mallory = send(operator, email="mallory@example.org")
    assert send(operator) != mallory


def test_the_same_form_sent_twice_is_taken_once(operator):
    nonce = new_id().hex
    sent = [
        actions.submit(
            operator, "order", language="en", values=VICTIM, accepted=("orders",), idempotency=nonce
        )
        for _ in range(2)
    ]
    assert sent[0].about == sent[1].about
    assert [each.repeated for each in sent] == [False, True]
