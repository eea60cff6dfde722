"""Letting single fields be made public, with conditions, apart from the consent to the purpose."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import UUID

import pytest

from tutela.consent import actions as consent
from tutela.consent import evidence, publishing
from tutela.consent.giving import How
from tutela.consent.wording import title_of
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate import rules
from tutela.gate.rules import Operation, Reason
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.policy import actions as policies

HOW = How(act="profile", mode="tick", point="", language="en")


PUBLISHED = (
    "{published: [phone, name], publish_text: {"
    "en: 'Everybody may read this: {field}.', ru: 'Это могут читать все: {field}.'}}"
)


@pytest.fixture
def public(declaring) -> Iterator[UUID]:
    """The policy lets telephone and name of “orders” be made public."""
    operator = declaring(orders=PUBLISHED)
    with operator_scope(operator):
        yield operator


@pytest.fixture
def person(public: UUID) -> Callable[[], UUID]:
    return lambda: identity.new_subject(public, "en", "customer")


def _agree(operator: UUID, subject: UUID, *fields: str, conditions=()) -> None:
    actor = Actor(ActorKind.SUBJECT, str(subject))
    consent.give(
        operator, subject, ["orders"], act="form", point="order", language="en", mode="tick"
    )
    publishing.agree(
        operator,
        subject,
        "orders",
        fields,
        language="en",
        how=HOW,
        actor=actor,
        conditions=conditions,
    )


def _publish(operator: UUID, subject: UUID, *fields: str, **more) -> str:
    operation = Operation(
        operator=operator,
        subject=subject,
        action=Action.DISSEMINATION,
        purpose="orders",
        fields=frozenset(fields),
        actor=SYSTEM,
        **more,
    )
    decision = gate.decide(operation)
    return decision.reason if isinstance(decision, gate.Refusal) else "permitted"


def test_only_the_fields_agreed_to_become_public(public, person) -> None:
    subject = person()
    _agree(public, subject, "phone")
    assert _publish(public, subject, "phone") == "permitted"
    assert _publish(public, subject, "name") == Reason.NO_DISSEMINATION_CONSENT
    assert _publish(public, subject, "phone", "name") == Reason.NO_DISSEMINATION_CONSENT


def test_each_field_has_words_and_an_entry_of_its_own(public, person) -> None:
    subject = person()
    _agree(public, subject, "phone", "name")
    rows = [
        each
        for each in consent.history(public, subject)
        if each.purpose.startswith("orders/dissemination/")
    ]
    assert len({each.text_hash for each in rows}) == 2
    words = {consent.text_by_hash(public, each.text_hash) for each in rows}
    assert all(each.startswith("Everybody may read this: ") for each in words)
    entries = journal.entries(public, subject=subject, kinds=["consent.given"])
    assert any("making public" in journal.wording(each, "en") for each in entries)


def test_the_record_and_the_title_name_the_field_alone(public, person) -> None:
    subject = person()
    _agree(public, subject, "phone")
    key = "orders/dissemination/phone"
    assert title_of(policies.in_force(public), key, "en").startswith("made public: ")
    file = evidence.take(public, subject, key, actor=SYSTEM, reason="audit", form="record")
    assert "/" not in file.name
    process = json.loads(file.content)["dpv:hasProcess"]
    assert [each["dct:identifier"] for each in process["dpv:hasPersonalData"]] == ["phone"]
    assert process["dpv:hasProcessing"] == "dpv:Disseminate"


def test_publication_is_withdrawn_apart_and_the_purpose_goes_on(public, person) -> None:
    subject = person()
    _agree(public, subject, "phone")
    actor = Actor(ActorKind.SUBJECT, str(subject))
    done = consent.withdraw(
        public, subject, ["orders/dissemination/phone"], actor=actor, channel="portal"
    )
    assert _publish(public, subject, "phone") == Reason.NO_DISSEMINATION_CONSENT
    assert set(consent.live(public, subject)) == {"orders"}
    assert done.remaining == ("consent.orders",)
    assert not [each for each in done.obligations if each.event == "consent.withdrawn"]


def test_with_the_purpose_its_publication_ends_too(public, person) -> None:
    subject = person()
    _agree(public, subject, "phone")
    actor = Actor(ActorKind.SUBJECT, str(subject))
    consent.withdraw(public, subject, ["orders"], actor=actor, channel="portal")
    assert publishing.published(public, subject) == {}
    assert _publish(public, subject, "phone") != "permitted"


def test_what_the_person_forbade_to_hand_on_may_only_be_read(public, person) -> None:
    subject = person()
    _agree(public, subject, "phone", conditions=["no-transfer"])
    assert publishing.published(public, subject) == {("orders", "phone"): ("no-transfer",)}
    assert _publish(public, subject, "phone") == "permitted"
    assert _publish(public, subject, "phone", recipient="courier") == Reason.FORBIDDEN_BY_PERSON


def test_a_public_interest_that_the_policy_names_goes_before_the_prohibition(
    public, person
) -> None:
    subject = person()
    _agree(public, subject, "phone", conditions=["no-transfer"])
    policy = policies.in_force(public)
    binding = replace(
        policy.bindings[0], control="consent.distribution", parameters={"override": ["state"]}
    )
    named = replace(policy, bindings=(*policy.bindings, binding))
    operation = Operation(
        operator=public,
        subject=subject,
        action=Action.DISSEMINATION,
        purpose="orders",
        fields=frozenset({"phone"}),
        actor=SYSTEM,
        recipient="courier",
    )
    standing = gate.standing(public, subject)
    case = rules.Case(named, standing, operation, consent.clock.now())
    assert rules.person_has_not_forbidden_it(case) is not None
    by_state = replace(case, operation=replace(operation, reason="state"))
    assert rules.person_has_not_forbidden_it(by_state) is None


def test_a_field_that_the_policy_keeps_private_cannot_be_agreed_to(public, person) -> None:
    with pytest.raises(consent.NotOffered):
        _agree(public, person(), "email")
    with pytest.raises(consent.NotOffered):
        _agree(public, person(), "phone", conditions=["for-friends"])
