"""The gate in the database: permits, refusals, the standing, and what the journal keeps of them."""

from __future__ import annotations

import threading
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection, transaction
from tests.gate.conftest import NOW, ORDER_FIELDS

from tutela.core.ids import new_id
from tutela.core.permits import ForgedPermit, Permit, check
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind
from tutela.db.scope import operator_scope, transaction_id
from tutela.gate import actions as gate
from tutela.gate.actions import Refusal
from tutela.gate.models import StandingRow
from tutela.gate.rules import ConsentState, Hold, Operation, Standing
from tutela.journal import actions as journal
from tutela.journal.models import EntryRow

LIVE = ConsentState(NOW, None, "a" * 64)


def agree(standing: Standing) -> Standing:
    return replace(standing, consents={"orders": LIVE})


@pytest.fixture
def using(operator: UUID, subject: UUID) -> Operation:
    return Operation(
        operator=operator,
        subject=subject,
        action=Action.USE,
        purpose="orders",
        fields=ORDER_FIELDS,
        actor=SYSTEM,
    )


def decided(operator: UUID) -> list[EntryRow]:
    kinds = ["gate.permitted", "gate.refused"]
    return list(EntryRow.objects.filter(operator_id=operator, kind__in=kinds).order_by("number"))


def test_a_permit_is_sealed_for_this_transaction(scope: UUID, subject: UUID, using: Operation):
    gate.change_standing(scope, subject, agree)
    permit = gate.decide(using)
    assert isinstance(permit, Permit)
    assert permit.covers(*ORDER_FIELDS)
    asked = {"operator": scope, "subject": subject, "actions": frozenset({Action.USE})}
    check(permit, transaction=transaction_id(), **asked)
    with pytest.raises(ForgedPermit):
        check(permit, transaction=transaction_id() + 1, **asked)
    with pytest.raises(ForgedPermit):
        check(replace(permit, purpose="newsletter"), transaction=transaction_id(), **asked)


def test_a_permit_is_journalled_with_what_it_rests_on_and_no_value(
    scope: UUID, subject: UUID, using: Operation
):
    gate.change_standing(scope, subject, agree)
    gate.decide(using)
    (row,) = decided(scope)
    assert (row.kind, row.action, row.purpose, row.basis) == (
        "gate.permitted",
        "use",
        "orders",
        "consent",
    )
    assert (row.subject_id, row.actor_kind, row.clause) == (subject, "system", "2.2/b1")
    assert row.data["fields"] == sorted(ORDER_FIELDS)
    assert (row.data["count"], row.data["rule"]) == (3, "standing-basis-carries-it")


def test_a_refusal_is_a_value_with_a_sentence_in_the_readers_language(
    scope: UUID, subject: UUID, using: Operation
):
    refusal = gate.decide(using)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "no-consent"
    assert "Ask for consent first." in refusal.message("en")
    assert "Сначала получите согласие." in refusal.message("ru")
    (row,) = decided(scope)
    assert (row.kind, row.subject_id, row.data["reason"]) == ("gate.refused", subject, "no-consent")


def test_a_refusal_journals_only_what_the_policy_knows(scope: UUID, using: Operation):
    private = replace(
        using,
        fields=frozenset({"name", "Ann Baker"}),
        action=Action.PROVISION,
        recipient="ann@example.org",
        point="+13055550142",
    )
    assert isinstance(gate.decide(private), Refusal)
    (row,) = decided(scope)
    assert row.data["fields"] == ["name"]
    assert row.data["count"] == 2
    assert "ann" not in str(row.data).casefold()
    assert "305555" not in str(row.data)


@pytest.mark.parametrize("made_up", ["purpose", "action"])
def test_a_made_up_purpose_or_action_is_refused_and_not_repeated_in_the_journal(
    scope: UUID, using: Operation, made_up: str
):
    assert isinstance(gate.decide(replace(using, **{made_up: "Ann Baker 1990"})), Refusal)
    (row,) = decided(scope)
    assert "Ann" not in f"{row.action} {row.purpose} {row.data}"


def test_a_refusal_that_was_rolled_back_can_be_remembered(
    scope: UUID, subject: UUID, using: Operation
):
    with transaction.atomic():
        refusal = gate.decide(using)
        transaction.set_rollback(True)
    assert decided(scope) == []
    gate.remember(refusal)
    assert [row.data["reason"] for row in decided(scope)] == ["no-consent"]


def test_held_fields_are_left_out_and_named_and_the_rest_is_permitted(
    scope: UUID, subject: UUID, using: Operation
):
    hold = Hold("taxes", frozenset({"name"}), None, "3.2/p2")
    gate.change_standing(scope, subject, lambda each: replace(agree(each), holds=(hold,)))
    ending = replace(using, action=Action.DESTRUCTION, purpose="retention")
    permit = gate.permitted_fields(ending)
    assert isinstance(permit, Permit)
    assert permit.fields == ORDER_FIELDS - {"name"}
    refused, permitted = decided(scope)
    assert (refused.data["reason"], refused.data["fields"]) == ("held", ["name"])
    assert refused.clause == "3.2/p2"
    assert permitted.data["fields"] == ["note", "phone"]


def test_where_no_field_passes_the_first_refusal_is_the_answer(
    scope: UUID, subject: UUID, using: Operation
):
    answer = gate.permitted_fields(using)
    assert isinstance(answer, Refusal)
    assert answer.reason == "no-consent"
    (row,) = decided(scope)
    assert row.data["fields"] == sorted(ORDER_FIELDS)


def test_an_operation_without_fields_is_decided_as_a_whole(
    scope: UUID, subject: UUID, using: Operation
):
    nothing = replace(using, fields=frozenset())
    assert isinstance(gate.permitted_fields(nothing), Refusal)
    gate.change_standing(scope, subject, agree)
    assert isinstance(gate.permitted_fields(nothing), Permit)


def test_a_standing_is_kept_and_changed(scope: UUID, subject: UUID):
    assert gate.standing(scope, subject) == Standing()
    assert gate.change_standing(scope, subject, agree) == gate.standing(scope, subject)
    assert gate.standing(scope, subject).consents == {"orders": LIVE}


def test_a_destroyed_person_does_not_come_back(scope: UUID, subject: UUID):
    gate.change_standing(scope, subject, lambda each: replace(each, destroyed=True))
    with pytest.raises(ValueError, match="does not come back"):
        gate.change_standing(scope, subject, lambda each: replace(each, destroyed=False))
    assert gate.standing(scope, subject).destroyed


def test_the_standing_of_another_operators_subject_does_not_exist(scope: UUID, subject: UUID):
    gate.change_standing(scope, subject, agree)
    with operator_scope(new_id()):
        assert not StandingRow.objects.exists()
    assert StandingRow.objects.count() == 1


def test_staff_who_look_leave_their_reason_in_the_journal(
    scope: UUID, subject: UUID, using: Operation
):
    officer = Actor(ActorKind.STAFF, "7", "officer")
    look = replace(using, action=Action.EXTRACTION, purpose="oversight", actor=officer)
    assert isinstance(gate.decide(look), Refusal)
    assert isinstance(gate.decide(replace(look, reason="verify-identity")), Permit)
    assert decided(scope)[1].data["because"] == "verify-identity"


def test_both_entry_kinds_are_worded_in_both_languages(
    scope: UUID, subject: UUID, using: Operation
):
    gate.decide(using)
    gate.change_standing(scope, subject, agree)
    gate.decide(using)
    rows = journal.entries(scope, kinds=("gate.permitted", "gate.refused"))
    assert len(rows) == 2
    for row in rows:
        english, russian = journal.wording(row, "en"), journal.wording(row, "ru")
        assert "orders" in english
        assert english != russian
        assert "%(" not in english + russian


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_waits_until_what_was_permitted_is_done(
    operator: UUID, subject: UUID, using: Operation
):
    order: list[str] = []
    permitted = threading.Event()

    def withdraw() -> None:
        permitted.wait()
        with operator_scope(operator):
            gate.change_standing(operator, subject, lambda each: replace(each, consents={}))
            order.append("withdrawn")
        connection.close()

    with operator_scope(operator):
        gate.change_standing(operator, subject, agree)
    thread = threading.Thread(target=withdraw)
    thread.start()
    with operator_scope(operator):
        assert isinstance(gate.decide(using), Permit)
        permitted.set()
        thread.join(0.3)
        order.append("done")
    thread.join(10)
    with operator_scope(operator):
        assert isinstance(gate.decide(using), Refusal)
    assert order == ["done", "withdrawn"]
