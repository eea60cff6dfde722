"""The table of a compiled policy says what the rules say, whoever asks and whenever."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.gate.conftest import NOW, strict_policy
from tests.gate.test_decisions import AGREED, DAY, LIVE, PERSON, USE_OF_ORDERS
from tests.gate.test_office import BAKER
from tests.gate.test_properties import POLICY, operations, standings

from tutela.core.ids import new_id
from tutela.core.vocabulary import Actor, ActorKind, Scope
from tutela.gate import rules
from tutela.gate.compiled import CompiledPolicy, compiled, decide
from tutela.gate.office import Approval, Office
from tutela.gate.rules import Block, Contract, Hold, Standing
from tutela.gate.standing import Mandate
from tutela.policy.model import Policy

STRICT = strict_policy()
STRANGER = new_id()
TABLES = {"rich": CompiledPolicy(POLICY), "strict": CompiledPolicy(STRICT)}
"""Kept through all examples on purpose: an answer must not leak from one question to another."""

moments = st.integers(-4, 4).map(lambda days: NOW + timedelta(days))
staff = st.sampled_from(["7", "8", "9"])
approvals = st.builds(
    Approval,
    id=st.uuids(),
    decided_by=staff,
    since=moments,
    operations=st.frozensets(st.sampled_from(["use", "provision", "destruction"])),
    purposes=st.frozensets(st.sampled_from(["orders", "retention"])),
    subject=st.sampled_from([None, PERSON, STRANGER]),
    act=st.sampled_from(["", "destroy-person"]),
    until=st.none() | moments,
)
offices = st.builds(
    Office, st.lists(approvals, max_size=3).map(tuple), st.frozensets(staff, max_size=3)
)
narrow = Scope(frozenset({"orders"}), frozenset({"use", "provision"}))
mandates = st.builds(
    Mandate,
    reference=st.just("m-1"),
    holder=st.sampled_from(["ann", "ben"]),
    relation=st.just("guardian"),
    rights=st.lists(st.sampled_from(["access", "correction", "blocking"])).map(tuple),
    since=moments,
    until=st.none() | moments,
)
standings = st.builds(
    lambda standing, found: replace(standing, mandates=tuple(found)),
    standings,
    st.lists(mandates, max_size=2),
)
others = [
    BAKER,
    Actor(ActorKind.REPRESENTATIVE, "ann"),
    Actor(ActorKind.REPRESENTATIVE, "ben"),
    Actor(ActorKind.APPLICATION, "shop"),
    Actor(ActorKind.APPLICATION, "shop", scope=narrow),
]
asked = st.builds(
    lambda each, actor: replace(each, actor=actor) if actor else each,
    operations,
    st.none() | st.sampled_from(others),
)


@pytest.mark.parametrize("name", TABLES)
@given(standing=standings, each=asked, office=offices, now=moments)
def test_the_table_answers_as_the_rules_do(name, standing, each, office, now) -> None:
    table = TABLES[name]
    expected = rules.decide(table.policy, standing, each, now, office)
    view = table.view(standing, now)
    assert table.decide(view, each, now, office) == expected
    assert table.decide(view, each, now, office) == expected  # from its cell


@given(standing=standings, each=asked, now=moments, later=moments)
def test_a_view_serves_exactly_until_something_begins_or_ends(standing, each, now, later) -> None:
    table = TABLES["rich"]
    view = table.view(standing, now)
    assert view.valid(now)
    if view.valid(later):
        assert table.decide(view, each, later) == rules.decide(POLICY, standing, each, later)
    else:
        with pytest.raises(ValueError, match="another time"):
            table.decide(view, each, later)


def test_people_of_one_shape_share_a_cell_and_their_data_stays_their_own(policy: Policy) -> None:
    table = CompiledPolicy(policy)
    for _ in range(3):
        person = new_id()
        own = replace(
            USE_OF_ORDERS,
            subject=person,
            action="extraction",
            purpose="subject-rights",
            actor=Actor(ActorKind.SUBJECT, str(person)),
        )
        assert table.decide(table.view(AGREED, NOW), own, NOW).permitted
        of_another = replace(own, subject=STRANGER)
        assert table.decide(table.view(AGREED, NOW), of_another, NOW).reason == "not-own"
    assert len(table._cells) == 2


@pytest.mark.parametrize("word", ["purpose", "recipient", "point", "basis", "fields", "action"])
def test_words_the_policy_does_not_know_are_not_kept(policy: Policy, word: str) -> None:
    table = CompiledPolicy(policy)
    strange = frozenset({"Ann Baker"}) if word == "fields" else "Ann Baker"
    table.decide(table.view(AGREED, NOW), replace(USE_OF_ORDERS, **{word: strange}), NOW)
    assert table._cells == {}


def test_the_table_does_not_grow_without_end(policy: Policy, monkeypatch) -> None:
    monkeypatch.setattr("tutela.gate.compiled._CELLS", 3)
    table = CompiledPolicy(policy)
    for field in ("name", "phone", "note", "email"):
        each = replace(USE_OF_ORDERS, fields=frozenset({field}))
        assert table.decide(table.view(AGREED, NOW), each, NOW).permitted
    assert len(table._cells) <= 3


def test_a_policy_is_compiled_once_and_another_version_anew(policy: Policy) -> None:
    assert compiled(policy) is compiled(policy)
    same_digest = replace(policy, purposes={"orders": policy.purposes["orders"]})
    assert compiled(same_digest) is not compiled(policy)
    newsletter = replace(USE_OF_ORDERS, purpose="newsletter", fields=frozenset({"email"}))
    assert decide(policy, AGREED, newsletter, NOW).permitted
    assert decide(same_digest, AGREED, newsletter, NOW).reason == "unknown-purpose"


@pytest.mark.parametrize("name", [each.name for each in fields(Standing)])
def test_every_part_of_a_standing_is_in_its_shape(policy: Policy, name: str) -> None:
    """A part that is added to the standing and left out of the shape would be decided stale."""
    full = {
        "consents": {"orders": LIVE},
        "contracts": (Contract("c-1", ("orders",), NOW - DAY),),
        "blocks": (Block("check", NOW - DAY),),
        "holds": (Hold("duty", frozenset({"name"})),),
        "mandates": (Mandate("m-1", "ann", "guardian", ("access",), NOW - DAY),),
        "refused": True,
        "destroyed": True,
    }
    table = CompiledPolicy(policy)
    with_it = replace(Standing(), **{name: full[name]})
    assert table.view(with_it, NOW).shape != table.view(Standing(), NOW).shape
