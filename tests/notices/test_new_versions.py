"""Whoever knows an earlier version is asked about the new one, once; nothing is rewritten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from tutela.consent import actions as consent
from tutela.core import clock
from tutela.core.controls import CONTROLS, ClauseState, Question
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.notices import actions
from tutela.notices.errors import NothingNew
from tutela.notices.models import Acceptance
from tutela.policy import actions as policies

GOING_ON = "{mode: continued-use}"
EXPLICIT = "{mode: explicit, purposes: [orders], old-consents: refused}"
ALLOWED = "{mode: explicit, purposes: [orders], old-consents: allowed}"
Publish = Callable[..., UUID]


def person_of(operator: UUID, *purposes: str) -> UUID:
    with operator_scope(operator):
        person = identity.new_subject(operator, "en", "customer")
        if purposes:
            consent.give(
                operator, person, purposes, act="tick", point="order", language="en", mode="tick"
            )
    return person


def signed_in(operator: UUID, person: UUID) -> Client:
    with operator_scope(operator):
        session = identity.redeem(operator, identity.issue_sign_in(operator, person))
    client = Client()
    assert session is not None
    client.cookies["subject-lark-bakery"] = session
    return client


def use(operator: UUID, person: UUID) -> str:
    """Empty where the gate lets the order be used, else its reason."""
    wanted = Operation(operator, person, Action.USE, "orders", frozenset({"name"}), SYSTEM)
    decision = gate.decide(wanted)
    return "" if isinstance(decision, Permit) else decision.reason


def state(operator: UUID) -> ClauseState:
    policy = policies.in_force(operator)
    question = Question(operator, policy, "policy.reaccept", "4.2", {}, clock.now())
    return CONTROLS["policy.reaccept"].judge(question).state


def test_going_on_under_a_new_version_leaves_a_row_and_rewrites_nothing(
    publish: Publish, at: clock.ManualClock
) -> None:
    operator = publish(1, GOING_ON)
    person = person_of(operator, "orders")
    at.set(at.now() + timedelta(days=30))
    publish(2, GOING_ON)
    with operator_scope(operator):
        before = consent.history(operator, person)
        assert state(operator) is ClauseState.NOTHING_YET
        row = actions.answer(
            operator, person, accepted=True, purposes=[], language="en", act="portal"
        )
        assert (row.old_version, row.new_version, row.mode) == (1, 2, "continued-use")
        assert consent.history(operator, person) == before
        assert before[0].policy_version == 1
        (entry,) = journal.entries(operator, kinds=["policy.accepted"])
        assert entry.data == {
            "old_version": 1,
            "new_version": 2,
            "accepted": True,
            "act": "portal",
        }
        assert entry.clause == "4.2"
        assert use(operator, person) == ""
        assert state(operator) is ClauseState.KEPT


def test_an_answer_is_given_once(publish: Publish) -> None:
    operator = publish(1, GOING_ON)
    person = person_of(operator, "orders")
    publish(2, GOING_ON)
    with operator_scope(operator):
        answer = {"accepted": True, "purposes": [], "language": "en", "act": "portal"}
        actions.answer(operator, person, **answer)
        with pytest.raises(NothingNew):
            actions.answer(operator, person, **answer)
        assert Acceptance.objects.count() == 1
        with pytest.raises(DatabaseError), transaction.atomic():
            Acceptance.objects.update(accepted=False)


@pytest.mark.parametrize("manner", ["", GOING_ON])
def test_who_came_after_the_version_is_not_asked(publish: Publish, manner: str) -> None:
    publish(1, manner)
    operator = publish(2, manner)
    person = person_of(operator, "orders")
    with operator_scope(operator):
        assert actions.asked(operator, person) is None


def test_a_policy_that_asks_for_no_acceptance_asks_nobody(publish: Publish) -> None:
    operator = publish(1)
    person = person_of(operator, "orders")
    publish(2)
    with operator_scope(operator):
        assert actions.asked(operator, person) is None


def test_where_the_version_is_flagged_old_consents_are_refused_until_given_anew(
    publish: Publish,
) -> None:
    operator = publish(1)
    person = person_of(operator, "orders")
    publish(2, EXPLICIT)
    with operator_scope(operator):
        assert use(operator, person) == "consent-outdated"
        asked = actions.asked(operator, person)
        assert asked is not None
        assert asked.purposes == ("orders",)
        actions.answer(
            operator, person, accepted=True, purposes=["orders"], language="en", act="portal"
        )
        assert use(operator, person) == ""
        versions = [each.policy_version for each in consent.history(operator, person)]
        assert sorted(versions) == [1, 2]
        old = [each for each in consent.history(operator, person) if each.policy_version == 1]
        assert "(version 2)" not in str(consent.text_by_hash(operator, old[0].text_hash))


def test_the_refusal_names_the_clause_and_says_what_to_do(publish: Publish) -> None:
    operator = publish(1)
    person = person_of(operator, "orders")
    publish(2, EXPLICIT)
    with operator_scope(operator):
        wanted = Operation(operator, person, Action.USE, "orders", frozenset({"name"}), SYSTEM)
        refusal = gate.decide(wanted)
        assert not isinstance(refusal, Permit)
        assert refusal.clause == "4.2"
        assert "ask the person again" in refusal.message("en")


def test_where_it_is_declared_the_old_consent_goes_on(publish: Publish) -> None:
    operator = publish(1)
    person = person_of(operator, "orders")
    publish(2, ALLOWED)
    with operator_scope(operator):
        assert use(operator, person) == ""
        assert actions.asked(operator, person) is not None


def test_the_portal_asks_once_and_ticks_nothing(publish: Publish) -> None:
    operator = publish(1)
    person = person_of(operator, "orders")
    publish(2, EXPLICIT)
    client = signed_in(operator, person)
    answer = client.get("/en/lark-bakery/my/")
    assert answer.headers["Location"] == "/en/lark-bakery/my/new-version/"
    page = client.get(answer.headers["Location"]).content.decode()
    assert "(version 2)" in page
    assert "checked" not in page
    assert "/en/lark-bakery/policy/changes/?since=1" in page
    form = page.partition('<form method="post" class="sheet"')[2].partition("</form>")[0]
    token = form.partition('name="form-token" value="')[2].partition('"')[0]
    assert token
    sent = client.post(
        "/en/lark-bakery/my/new-version/",
        {"form-token": token, "decline": "1", "purpose": "orders"},
    )
    assert sent.status_code == 302
    assert client.get("/en/lark-bakery/my/").status_code == 200
    with operator_scope(operator):
        (row,) = actions.acceptances(operator, person)
        assert not row.accepted
        assert use(operator, person) == "consent-outdated"
