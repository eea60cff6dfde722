"""What the operator's own people may do where the policy narrows them: tables written by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from tests.gate.conftest import NOW
from tests.gate.test_decisions import ACTORS, AGREED, DAY, PERSON, operation

from tutela.core.ids import new_id
from tutela.core.vocabulary import Action, Actor, ActorKind
from tutela.gate.office import Approval, Office
from tutela.gate.reasons import Reason
from tutela.gate.rules import Decision, Operation, decide
from tutela.policy.model import Policy

BAKER = Actor(ActorKind.STAFF, "11", "baker")
WHO = {**ACTORS, "baker": BAKER}
READ = Office(acknowledged=frozenset({"7", "8", "9", "10", "11"}))


def asked(who: str, action: Action, purpose: str, *fields: str) -> Operation:
    made = operation(purpose, action, WHO[who])
    return replace(made, fields=frozenset(fields)) if fields else made


def said(policy: Policy, each: Operation, office: Office, now: datetime = NOW) -> str:
    decision = decide(policy, AGREED, each, now, office)
    return decision.reason or "yes"


# Who reaches which class of field, for use in orders. The clerk is narrowed to ordinary data by
# this policy (and never reaches special data), the baker works like a clerk by default.
CLASSES = """
            name  card  allergy
officer     yes   yes   yes
clerk       yes   field-class field-class
baker       yes   yes   field-class
auditor     role  role  role
cleaner     role  role  role
system      yes   yes   yes
application role  role  role
"""
# What the baker may do: use, for orders, and nothing else although a clerk may.
NARROWED = """
                use   extraction storage clarification
orders          yes   role       role    role
newsletter      role  role       role    role
oversight       role  role       role    role
service-letter  role  role       role    role
"""
# What an application may do after it was narrowed to collecting and handing over.
APPLICATION = """
                collection     provision   use  extraction storage
orders          yes            no-decision role role       role
identification  not-asked-here role        role role       role
"""


def rows(table: str) -> list[tuple[str, str, str]]:
    head, *lines = [line.split() for line in table.strip().splitlines()]
    return [
        (name, column, cell)
        for name, *cells in lines
        for column, cell in zip(head, cells, strict=True)
    ]


@pytest.mark.parametrize(("who", "field", "expected"), rows(CLASSES))
def test_a_role_reaches_the_classes_of_fields_in_the_table(
    strict: Policy, who: str, field: str, expected: str
) -> None:
    assert said(strict, asked(who, Action.USE, "orders", field), READ) == expected


@pytest.mark.parametrize(("purpose", "action", "expected"), rows(NARROWED))
def test_a_role_of_the_operators_own_does_what_is_left_of_the_role_it_works_like(
    strict: Policy, purpose: str, action: str, expected: str
) -> None:
    assert said(strict, asked("baker", Action(action), purpose), READ) == expected


@pytest.mark.parametrize(("purpose", "action", "expected"), rows(APPLICATION))
def test_an_application_is_narrowed_by_the_policy(
    strict: Policy, purpose: str, action: str, expected: str
) -> None:
    each = asked("application", Action(action), purpose)
    if purpose == "identification":
        each = replace(each, subject=None, fields=frozenset({"email"}))
    assert said(strict, each, READ) == expected


# Without an acknowledgement staff do nothing at all; everybody else is not asked for one.
UNREAD = """
            use             clarification   extraction
officer     not-acknowledged not-acknowledged not-acknowledged
clerk       not-acknowledged not-acknowledged not-acknowledged
baker       not-acknowledged role            role
system      yes             yes             yes
"""


@pytest.mark.parametrize(("who", "action", "expected"), rows(UNREAD))
def test_without_an_acknowledgement_staff_have_no_access(
    strict: Policy, who: str, action: str, expected: str
) -> None:
    assert said(strict, asked(who, Action(action), "orders", "name"), Office()) == expected


def approval(**changes: object) -> Approval:
    made = Approval(new_id(), "9", NOW - DAY, frozenset({"provision"}), frozenset({"orders"}))
    return replace(made, **changes)


HAND_OVER = asked("officer", Action.PROVISION, "orders", "name", "phone", "note")
BY_ITSELF = replace(HAND_OVER, actor=ACTORS["system"])

DECISIONS = [
    # (the decision, who executes, the answer)
    ("none", None, HAND_OVER, "no-decision"),
    ("a standing one", approval(), HAND_OVER, "yes"),
    ("a standing one, for the system", approval(), BY_ITSELF, "yes"),
    ("for any purpose", approval(purposes=frozenset()), HAND_OVER, "yes"),
    ("for another purpose", approval(purposes=frozenset({"taxes"})), HAND_OVER, "no-decision"),
    ("for another operation", approval(operations=frozenset({"use"})), HAND_OVER, "no-decision"),
    ("about this person", approval(subject=PERSON), HAND_OVER, "yes"),
    ("about somebody else", approval(subject=new_id()), HAND_OVER, "no-decision"),
    ("that begins later", approval(since=NOW + DAY), HAND_OVER, "no-decision"),
    ("that begins now", approval(since=NOW), HAND_OVER, "yes"),
    ("that has ended", approval(until=NOW), HAND_OVER, "no-decision"),
    ("that ends tomorrow", approval(until=NOW + DAY), HAND_OVER, "yes"),
    ("taken by the executor", approval(decided_by="7"), HAND_OVER, "no-decision"),
    ("on an act of four eyes", approval(act="destroy-person"), HAND_OVER, "no-decision"),
]


@pytest.mark.parametrize(
    ("found", "each", "expected"),
    [case[1:] for case in DECISIONS],
    ids=[case[0] for case in DECISIONS],
)
def test_what_is_reserved_needs_a_decision_that_somebody_else_has_taken(
    strict: Policy, found: Approval | None, each: Operation, expected: str
) -> None:
    office = replace(READ, approvals=(found,) if found else ())
    assert said(strict, each, office) == expected


def test_a_permit_names_the_decision_it_rests_on(strict: Policy) -> None:
    mine, ended, wanted = approval(decided_by="7"), approval(until=NOW), approval()
    office = replace(READ, approvals=(mine, ended, wanted))
    assert decide(strict, AGREED, HAND_OVER, NOW, office).approval == wanted.id
    free = asked("officer", Action.USE, "orders", "name")
    assert decide(strict, AGREED, free, NOW, office).approval is None


def test_what_people_demand_of_their_own_data_waits_for_nobodys_decision(strict: Policy) -> None:
    reserved = replace(
        strict.decisions["ending"], operations=frozenset({"blocking"}), purposes=frozenset()
    )
    policy = replace(strict, decisions={"all": reserved})
    assert said(policy, asked("subject", Action.BLOCKING, "subject-rights"), READ) == "yes"
    assert said(policy, asked("officer", Action.BLOCKING, "subject-rights"), READ) == "no-decision"


def test_destroying_by_hand_waits_for_a_second_person_and_the_system_does_not(
    strict: Policy,
) -> None:
    policy = replace(strict, decisions={})
    by_hand = asked("officer", Action.DESTRUCTION, "retention", "name")
    agreed = approval(act="destroy-person", subject=PERSON, operations=frozenset())
    for second, expected in (
        (None, "no-second-person"),
        (agreed, "yes"),
        (replace(agreed, decided_by="7"), "no-second-person"),
        (replace(agreed, subject=new_id()), "no-second-person"),
        (replace(agreed, until=NOW), "no-second-person"),
    ):
        office = replace(READ, approvals=(second,) if second else ())
        assert said(policy, by_hand, office) == expected
    assert said(policy, replace(by_hand, actor=ACTORS["system"]), READ) == "yes"


@pytest.mark.parametrize(
    ("reason", "each", "office"),
    [
        (Reason.FIELD_CLASS, asked("clerk", Action.USE, "orders", "allergy"), READ),
        (Reason.NOT_ACKNOWLEDGED, asked("clerk", Action.USE, "orders", "name"), Office()),
        (Reason.NO_DECISION, HAND_OVER, READ),
    ],
)
def test_a_refusal_of_the_office_names_the_clause_of_its_control(
    strict: Policy, reason: Reason, each: Operation, office: Office
) -> None:
    control = {
        Reason.FIELD_CLASS: "access.roles",
        Reason.NOT_ACKNOWLEDGED: "org.training",
        Reason.NO_DECISION: "decision.approval",
    }[reason]
    decision: Decision = decide(strict, AGREED, each, NOW, office)
    assert (decision.reason, decision.clause) == (reason, strict.clause_of(control))
    assert decision.clause
