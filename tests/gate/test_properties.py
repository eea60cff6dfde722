"""What holds for every operation anybody could ask for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from tests.gate.conftest import NOW, rich_policy
from tests.gate.test_decisions import ACTORS, OPERATOR, PERSON

from tutela.core.vocabulary import Action, LawPurpose
from tutela.gate.rules import (
    Block,
    ConsentState,
    Contract,
    Hold,
    Operation,
    Standing,
    decide,
    permitted_fields,
)

POLICY = rich_policy()
moments = st.integers(-3, 3).map(lambda days: NOW + timedelta(days))
ends = st.none() | moments
fields = st.frozensets(st.sampled_from([*sorted(POLICY.fields), "blood"]), min_size=1)
purposes = st.sampled_from([*POLICY.purposes, "resale"])
consents = st.dictionaries(
    purposes, st.builds(ConsentState, moments, ends, st.just("a" * 64)), max_size=3
)
grounds = st.sampled_from([*POLICY.purposes, *POLICY.bases, "court"])
records = st.none() | st.sampled_from([UUID(int=1), UUID(int=2)])
blocks = st.builds(
    Block, st.just("check"), moments, ends, record=records, fields=st.just(frozenset()) | fields
)
standings = st.builds(
    Standing,
    consents=consents,
    contracts=st.tuples()
    | st.tuples(st.builds(Contract, st.just("c-1"), st.lists(purposes).map(tuple), moments, ends)),
    blocks=st.tuples() | st.tuples(blocks),
    holds=st.tuples() | st.tuples(st.builds(Hold, grounds, fields, ends)),
    refused=st.booleans(),
    destroyed=st.booleans(),
)
operations = st.builds(
    Operation,
    operator=st.just(OPERATOR),
    subject=st.just(PERSON) | st.none(),
    action=st.sampled_from(Action),
    purpose=purposes | st.sampled_from(LawPurpose),
    fields=fields,
    actor=st.sampled_from(list(ACTORS.values())),
    recipient=st.sampled_from(["", *POLICY.recipients]),
    point=st.sampled_from(["", *POLICY.points]),
    basis=st.sampled_from(["", *POLICY.bases]),
    reason=st.sampled_from(["", "answer-request"]),
    record=records,
    store=st.sampled_from(["", "", "", *POLICY.stores, "cellar"]),
    joins=st.frozensets(st.sampled_from([*POLICY.purposes, "resale"]), max_size=1),
)


@given(standings, operations)
def test_nothing_is_permitted_for_a_destroyed_person(standing: Standing, asked: Operation) -> None:
    assert not decide(POLICY, replace(standing, destroyed=True), asked, NOW).permitted


@given(standings, operations)
def test_no_purpose_reaches_a_field_it_does_not_need(standing: Standing, asked: Operation) -> None:
    if decide(POLICY, standing, asked, NOW).permitted:
        declared = POLICY.purposes.get(asked.purpose)
        assert asked.fields <= (declared.fields if declared else POLICY.fields.keys())


@given(standings, operations)
def test_nothing_rests_on_a_consent_that_is_withdrawn_or_over(
    standing: Standing, asked: Operation
) -> None:
    decision = decide(POLICY, standing, asked, NOW)
    if decision.permitted and decision.basis == "consent":
        given_consent = standing.consents[asked.purpose]
        assert given_consent.expires_at is None or given_consent.expires_at > NOW
        assert not standing.refused
        without = {k: v for k, v in standing.consents.items() if k != asked.purpose}
        later = decide(POLICY, replace(standing, consents=without), asked, NOW)
        assert not later.permitted or later.basis != "consent"


@given(standings, operations)
def test_a_permit_for_many_fields_is_a_permit_for_each(
    standing: Standing, asked: Operation
) -> None:
    each = permitted_fields(POLICY, standing, asked, NOW)
    whole = decide(POLICY, standing, asked, NOW)
    assert whole.permitted is all(decision.permitted for decision in each.values())


@given(standings, operations)
def test_a_yes_names_a_basis_and_a_no_names_a_reason(standing: Standing, asked: Operation) -> None:
    decision = decide(POLICY, standing, asked, NOW)
    assert bool(decision.basis) is decision.permitted
    assert bool(decision.reason) is not decision.permitted
    assert decision.rule


@given(standings)
def test_a_standing_survives_being_written_down(standing: Standing) -> None:
    state = standing.to_json()
    assert Standing.from_json(state) == standing
    assert Standing.from_json({name: part for name, part in state.items() if part}) == standing
