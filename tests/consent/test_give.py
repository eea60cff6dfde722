from __future__ import annotations

import hashlib
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from tutela.consent import actions as consent
from tutela.consent import rules
from tutela.consent.models import Event, Refusal, Text
from tutela.core import clock
from tutela.core.ids import new_id
from tutela.gate import actions as gate
from tutela.journal import actions as journal
from tutela.policy import actions as policies


def _give(operator: UUID, subject: UUID, *purposes: str, **more) -> list[consent.ConsentEvent]:
    asked = {"act": "form.sent", "point": "order", "language": "en", "mode": "tick", **more}
    return consent.give(operator, subject, purposes or ("orders",), **asked)


def test_a_consent_keeps_the_exact_words_by_the_hash_of_their_bytes(scope, person) -> None:
    subject = person()
    (event,) = _give(scope, subject, "orders", language="ru")
    words = policies.in_force(scope).purposes["orders"].consent_text["ru"]
    assert event.text_hash == hashlib.sha256(words.encode()).hexdigest()
    assert consent.text_by_hash(scope, event.text_hash) == words
    assert (event.language, event.point, event.mode, event.act) == (
        "ru",
        "order",
        "tick",
        "form.sent",
    )
    assert event.policy_version == 1
    assert event.at == clock.now()


def test_the_gate_knows_a_consent_as_soon_as_it_is_given(scope, person) -> None:
    subject = person()
    _give(scope, subject, "orders", "newsletter")
    assert set(gate.standing(scope, subject).consents) == {"orders", "newsletter"}
    assert set(consent.live(scope, subject)) == {"orders", "newsletter"}


def test_what_was_not_ticked_leaves_no_row(scope, person) -> None:
    subject = person()
    _give(scope, subject, "orders")
    assert not Event.objects.filter(purpose="newsletter").exists()
    assert "newsletter" not in gate.standing(scope, subject).consents


def test_people_who_agree_to_the_same_words_share_one_text(scope, person) -> None:
    _give(scope, person(), "orders")
    _give(scope, person(), "orders")
    assert Text.objects.count() == 1


def test_a_purpose_the_form_does_not_offer_is_refused_and_nothing_is_kept(scope, person) -> None:
    subject = person()
    with pytest.raises(consent.NotOffered):
        _give(scope, subject, "orders", point="newsletter")
    assert not Event.objects.exists()
    assert not gate.standing(scope, subject).consents


@pytest.mark.parametrize("mode", ["pre-ticked", "", "implied"])
def test_only_a_declared_act_counts_as_consent(scope, person, mode: str) -> None:
    with pytest.raises(consent.UnknownMode):
        _give(scope, person(), "orders", mode=mode)


def test_words_nobody_can_read_cannot_be_agreed_to(scope, person) -> None:
    with pytest.raises(consent.NoConsentAsked):
        _give(scope, person(), "orders", language="sl")


def test_an_unknown_purpose_asks_for_no_consent(scope) -> None:
    with pytest.raises(consent.NoConsentAsked):
        consent.text(policies.in_force(scope), "espionage", "en")


def test_conduct_counts_only_where_the_policy_lists_it_and_is_not_strict(scope) -> None:
    policy = policies.in_force(scope)
    assert not rules.implied_allowed(policy)
    binding = replace(policy.bindings[0], control="consent.implied", parameters={})
    assert rules.implied_allowed(replace(policy, bindings=(binding,)))
    strict = replace(binding, parameters={"strict": True})
    assert not rules.implied_allowed(replace(policy, bindings=(strict,)))


def test_a_refusing_visitor_leaves_only_the_refusal(scope) -> None:
    consent.refuse(scope, "order", "ru")
    (row,) = Refusal.objects.all()
    assert (row.point, row.language, row.at) == ("order", "ru", clock.now())
    (entry,) = journal.entries(scope, kinds=("consent.refused",))
    assert entry.subject is None
    assert not Event.objects.exists()
    assert consent.counts(scope)["refused"] == 1


@pytest.mark.parametrize("table", ["consent_event", "consent_text", "consent_refusal"])
@pytest.mark.parametrize("change", ["UPDATE {} SET operator_id = operator_id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_a_consent(scope, person, table, change) -> None:
    _give(scope, person())
    consent.refuse(scope, "order", "en")
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        connection.cursor().execute(change.format(table))


def test_a_new_consent_ends_an_earlier_refusal_of_the_person(scope, person) -> None:
    subject = person()
    gate.change_standing(scope, subject, lambda standing: replace(standing, refused=True))
    _give(scope, subject)
    assert not gate.standing(scope, subject).refused


def test_each_consent_is_in_the_journal_with_its_hash_and_form(scope, person) -> None:
    subject, record = person(), new_id()
    events = _give(scope, subject, "orders", "newsletter", record=record)
    rows = journal.entries(scope, subject=subject, kinds=("consent.given",))
    assert {row.data["text_hash"] for row in rows} == {each.text_hash for each in events}
    assert {row.data["record"] for row in rows} == {str(record)}
