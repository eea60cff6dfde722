"""What was permitted and what is stored: “kept” while it obeys the policy, “broken” at the first
entry or row that does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tutela.core.controls import ClauseState
from tutela.core.ids import new_id
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate.entries import Permitted
from tutela.gate.rules import Operation
from tutela.gate.standing import Block
from tutela.vault.models import Key, OperatorKey, Record, Value

KEPT, BROKEN, NOTHING = ClauseState.KEPT, ClauseState.BROKEN, ClauseState.NOTHING_YET


def permitted(**changes):
    """A permit as an intruder would have to leave it in the journal."""
    usual = {
        "subject": new_id(),
        "action": "use",
        "purpose": "orders",
        "basis": "consent",
        "clause": "2.2/b1",
        "policy_version": 1,
        "rule": "standing-basis-carries-it",
        "count": 1,
        "fields": ("name",),
    }
    return Permitted(**{**usual, **changes})


CLERK = Actor(ActorKind.STAFF, "7", "clerk")
AUDITOR = Actor(ActorKind.STAFF, "7", "auditor")

WRONG = {
    "purpose.register": {"purpose": "curiosity"},
    "purpose.limit": {"purpose": "newsletter", "fields": ("email", "phone")},
    "basis.register": {"basis": ""},
    "access.roles": {"actor": AUDITOR},
}


@pytest.mark.parametrize("control", WRONG)
def test_permits_that_obey_keep_the_clause(bakery, control):
    assert bakery.ask(control).state == NOTHING
    bakery.order()
    answer = bakery.ask(control)
    assert answer.state == KEPT
    assert answer.figures[0].count > 0


@pytest.mark.parametrize(("control", "wrong"), WRONG.items())
@pytest.mark.parametrize("sequenced", [False, True], ids=["unsigned", "signed"])
def test_one_permit_outside_of_the_policy_breaks_the_clause(bakery, control, wrong, sequenced):
    bakery.order()
    bakery.sequence()
    assert bakery.ask(control).state == KEPT
    bakery.write(permitted(**wrong))
    if sequenced:
        bakery.sequence()
    answer = bakery.ask(control)
    assert answer.state == BROKEN
    assert str(answer.figures[-1]) == "1 outside of the policy"


def test_an_old_permit_is_judged_by_the_version_of_its_time(bakery):
    purposes = dict(bakery.policy.purposes)
    del purposes["newsletter"]
    later = replace(bakery.policy, number=2, purposes=purposes)
    bakery.write(permitted(purpose="newsletter", fields=("email",)))
    assert bakery.ask("purpose.register", policy=later).state == KEPT
    bakery.write(permitted(purpose="curiosity"))
    assert bakery.ask("purpose.register", policy=later).state == BROKEN


def test_refusals_are_counted_and_keep_the_clause(bakery):
    operation = Operation(
        operator=bakery.id,
        subject=bakery.order(),
        action="use",
        purpose="newsletter",
        fields=frozenset({"phone"}),
        actor=CLERK,
    )
    with operator_scope(bakery.id):
        assert isinstance(gate.decide(operation), gate.Refusal)
    answer = bakery.ask("purpose.limit")
    assert answer.state == KEPT
    assert "1 refused" in map(str, answer.figures)


def test_a_purpose_and_a_basis_answer_for_themselves(bakery):
    bakery.order()
    assert bakery.ask("purpose.register", "2.2/b1").state == KEPT
    assert bakery.ask("purpose.register", "2.2/b2").state == NOTHING


def test_a_wrong_permit_is_found_once_and_counted_once_however_often_it_is_asked(bakery):
    bakery.order()
    bakery.write(permitted(basis=""))
    for _ in range(3):
        bakery.sequence()
        assert str(bakery.ask("basis.register").figures[-1]) == "1 outside of the policy"


def block(bakery, subject, ground="verification"):
    def blocked(standing):
        mine = Block(ground, bakery.at.now(), None, "3.2/p2")
        return replace(standing, blocks=(*standing.blocks, mine))

    with operator_scope(bakery.id):
        gate.change_standing(bakery.id, subject, blocked)


def later(bakery, **passed):
    from datetime import timedelta  # noqa: PLC0415

    bakery.at.set(bakery.at.now() + timedelta(**passed))


def test_a_block_that_holds_keeps_the_clause(bakery):
    subject = bakery.order()
    assert bakery.ask("vault.block").state == NOTHING
    block(bakery, subject)
    later(bakery, hours=1)
    answer = bakery.ask("vault.block")
    assert (answer.state, str(answer.figures[0])) == (KEPT, "1 person blocked now")


@pytest.mark.parametrize(
    ("use", "state"),
    [
        ({"action": "use"}, BROKEN),
        ({"action": "extraction"}, BROKEN),
        ({"action": "clarification"}, KEPT),
        ({"action": "destruction"}, KEPT),
        (
            {
                "action": "extraction",
                "purpose": "subject-rights",
                "actor": Actor(ActorKind.SUBJECT, "x"),
            },
            KEPT,
        ),
    ],
    ids=["use", "a look of staff", "clarifying", "destroying", "the person's own look"],
)
def test_what_may_be_done_with_blocked_data(bakery, use, state):
    subject = bakery.order()
    block(bakery, subject)
    later(bakery, hours=1)
    bakery.write(permitted(subject=subject, **use))
    answer = bakery.ask("vault.block")
    assert answer.state == state
    assert answer.subjects == ((subject,) if state == BROKEN else ())


def test_a_use_before_the_block_does_no_harm(bakery):
    subject = bakery.order()
    bakery.write(permitted(subject=subject))
    later(bakery, hours=1)
    block(bakery, subject)
    assert bakery.ask("vault.block").state == KEPT


def test_a_block_needs_a_ground(bakery):
    subject = bakery.order()
    block(bakery, subject, ground="")
    later(bakery, hours=1)
    assert bakery.ask("vault.block").state == BROKEN


def test_sealed_values_keep_the_clause(bakery):
    assert bakery.ask("vault.encrypt").state == NOTHING
    bakery.order()
    answer = bakery.ask("vault.encrypt")
    assert answer.state == KEPT
    assert [str(each) for each in answer.figures] == [
        "3 sealed values",
        "of 1 person, with a key",
        "2 keys of the operator in use",
    ]


def test_a_data_key_under_a_key_that_is_not_in_use_breaks_the_clause(bakery):
    bakery.order()
    with operator_scope(bakery.id):
        OperatorKey.objects.filter(operator_id=bakery.id, use="wrapping").update(state="retired")
    answer = bakery.ask("vault.encrypt")
    assert answer.state == BROKEN
    told = set(map(str, answer.figures))
    assert {
        "1 data key under a key that is not in use",
        "1 retired, kept for backups",
    } <= told


@pytest.mark.parametrize(
    "text",
    [b"Ann Larkspur", b"\x01" + b"Ann Larkspur".ljust(92, b" ")],
    ids=["plain", "plain in the shape of sealed bytes"],
)
def test_a_value_that_is_not_sealed_breaks_the_clause(bakery, text):
    bakery.order()
    with operator_scope(bakery.id):
        Value.objects.filter(operator_id=bakery.id, field="name").update(sealed=text)
    answer = bakery.ask("vault.encrypt")
    assert answer.state == BROKEN
    assert "1 not sealed" in map(str, answer.figures)


def test_a_value_without_its_persons_key_breaks_the_clause(bakery):
    bakery.order()
    with operator_scope(bakery.id):
        Key.objects.filter(operator_id=bakery.id).delete()
    assert bakery.ask("vault.encrypt").state == BROKEN


@pytest.mark.parametrize("control", ["inventory.categories", "inventory.points"])
def test_what_is_stored_is_declared(bakery, control):
    assert bakery.ask(control).state == NOTHING
    bakery.order()
    assert bakery.ask(control).state == KEPT


def test_a_stored_field_that_nobody_declared_breaks_the_clause(bakery):
    bakery.order()
    with operator_scope(bakery.id):
        Value.objects.filter(operator_id=bakery.id, field="name").update(field="passport")
    assert bakery.ask("inventory.categories").state == BROKEN
    assert bakery.ask("inventory.categories", "2.1/b1").state == BROKEN


def test_a_field_answers_for_itself(bakery):
    bakery.order()
    assert bakery.ask("inventory.categories", "2.1/b2").state == KEPT
    assert bakery.ask("inventory.categories", "2.1/b4").state == NOTHING


def test_a_record_from_an_undeclared_form_breaks_the_clause(bakery):
    bakery.order()
    with operator_scope(bakery.id):
        Record.objects.filter(operator_id=bakery.id).update(point="street-poll")
    assert bakery.ask("inventory.points").state == BROKEN
