"""Consents: asked for, kept word for word, and obeyed when they end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.proof.test_controls_gate_vault import permitted

from tutela.consent import actions as consent
from tutela.consent.entries import ConsentRefused
from tutela.consent.models import Event, Refusal
from tutela.core.controls import ClauseState
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.requests.models import Submission

KEPT, BROKEN, NOTHING = ClauseState.KEPT, ClauseState.BROKEN, ClauseState.NOTHING_YET
AT_RISK = ClauseState.AT_RISK


@pytest.mark.parametrize(
    "control",
    [
        "consent.record",
        "consent.implied",
        "consent.withdraw",
        "consent.refuse",
        "consent.expire",
        "intake.form",
    ],
)
def test_where_nobody_was_there_is_nothing_to_judge(bakery, control):
    assert bakery.ask(control).state == NOTHING


def test_a_consent_with_its_words_and_its_entry_is_kept(bakery):
    bakery.order()
    answer = bakery.ask("consent.record")
    assert answer.state == KEPT
    assert [str(each) for each in answer.figures] == ["1 consent", "1 use on consent"]


def test_a_use_on_a_consent_that_was_never_given_breaks_the_clause(bakery):
    bakery.order()
    stranger = new_id()
    bakery.write(permitted(subject=stranger))
    answer = bakery.ask("consent.record")
    assert (answer.state, answer.subjects) == (BROKEN, (stranger,))
    bakery.sequence()
    assert bakery.ask("consent.record").state == BROKEN


def test_a_consent_to_one_purpose_is_none_to_another(bakery):
    subject = bakery.order()
    bakery.write(permitted(subject=subject, purpose="newsletter", fields=("email",)))
    assert bakery.ask("consent.record").state == BROKEN


def test_words_that_were_altered_afterwards_break_the_clause(bakery):
    bakery.order()
    with bakery.tampering("consent_text") as cursor:
        cursor.execute("UPDATE consent_text SET text = text || ' And to everything else.'")
    answer = bakery.ask("consent.record")
    assert answer.state == BROKEN
    assert "1 not proven" in map(str, answer.figures)


def test_a_consent_that_the_journal_does_not_know_breaks_the_clause(bakery):
    bakery.order()
    with bakery.tampering("consent_event"):
        row = Event.objects.get(operator_id=bakery.id)
        row.id = new_id()
        row.save(force_insert=True)
    assert bakery.ask("consent.record").state == BROKEN


def test_consents_by_an_explicit_act_keep_the_clause_and_conduct_breaks_it(bakery):
    bakery.order()
    assert bakery.ask("consent.implied").state == KEPT
    with bakery.tampering("consent_event"):
        Event.objects.filter(operator_id=bakery.id).update(mode="implied")
    assert bakery.ask("consent.implied").state == BROKEN


def test_after_a_withdrawal_nothing_rests_on_the_consent(bakery):
    subject = bakery.order()
    bakery.withdraw(subject)
    assert bakery.ask("consent.withdraw").state == KEPT
    bakery.write(permitted(subject=subject))
    answer = bakery.ask("consent.withdraw")
    assert (answer.state, answer.subjects) == (BROKEN, (subject,))
    assert "1 use afterwards" in map(str, answer.figures)


def test_a_consent_given_anew_carries_again(bakery):
    subject = bakery.order()
    bakery.withdraw(subject)
    assert bakery.order() == subject
    bakery.write(permitted(subject=subject))
    assert bakery.ask("consent.withdraw").state == KEPT


def test_a_refusal_is_all_that_is_kept(bakery):
    bakery.decline()
    assert bakery.ask("consent.refuse").state == KEPT


@pytest.mark.parametrize("trace", [{"subject": new_id()}, {}], ids=["a person", "no row"])
def test_a_refusal_that_leads_to_a_person_breaks_the_clause(bakery, trace):
    bakery.decline()
    bakery.write(ConsentRefused(point="order", language="en", **trace))
    assert bakery.ask("consent.refuse").state == BROKEN


def test_a_refusal_without_an_entry_breaks_the_clause(bakery):
    bakery.decline()
    with bakery.tampering("consent_refusal"):
        row = Refusal.objects.get(operator_id=bakery.id)
        row.id = new_id()
        row.save(force_insert=True)
    assert bakery.ask("consent.refuse").state == BROKEN


@pytest.fixture
def expiring(bakery):
    subject = bakery.order()
    with operator_scope(bakery.id):
        consent.give(
            bakery.id,
            subject,
            ["newsletter"],
            act="tick",
            point="newsletter",
            language="en",
            mode="tick",
            expires_at=bakery.at.now() + timedelta(days=10),
        )
    return subject


def test_a_consent_ends_by_itself_and_is_kept(bakery, expiring):
    assert bakery.ask("consent.expire").state == NOTHING
    bakery.until(bakery.at.now() + timedelta(days=11))
    assert bakery.ask("consent.expire").state == KEPT


def test_a_consent_that_nobody_ended_puts_the_clause_at_risk(bakery, expiring):
    bakery.at.set(bakery.at.now() + timedelta(days=11))
    assert bakery.ask("consent.expire").state == AT_RISK


def test_a_use_after_the_end_breaks_the_clause(bakery, expiring):
    bakery.until(bakery.at.now() + timedelta(days=11))
    bakery.write(permitted(subject=expiring, purpose="newsletter", fields=("email",)))
    assert bakery.ask("consent.expire").state == BROKEN
    assert bakery.ask("consent.withdraw").state == NOTHING, "it was no withdrawal"


def test_every_form_came_with_its_consent(bakery):
    bakery.order()
    assert bakery.ask("intake.form").state == KEPT


def test_a_form_without_a_consent_breaks_the_clause(bakery):
    bakery.order()
    with bakery.tampering("consent_event"):
        Event.objects.filter(operator_id=bakery.id).update(record=None)
    answer = bakery.ask("intake.form")
    assert answer.state == BROKEN
    assert "1 without a consent" in map(str, answer.figures)


def test_a_form_that_the_journal_does_not_know_breaks_the_clause(bakery):
    bakery.order()
    with operator_scope(bakery.id):
        row = Submission.objects.get(operator_id=bakery.id)
        row.id, row.idempotency = new_id(), "another"
        row.save(force_insert=True)
    assert bakery.ask("intake.form").state == BROKEN
