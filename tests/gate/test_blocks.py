"""A block of the person, of a record, of a field: what it stops and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.gate.conftest import NOW, ORDER_FIELDS, rich_policy
from tests.gate.test_decisions import ACTORS, AGREED, DAY, operation

from tutela.core.vocabulary import SYSTEM, TRANSFER, Action
from tutela.gate.reasons import Reason
from tutela.gate.rules import Block, Standing, decide, left_out
from tutela.policy.model import Binding

POLICY = rich_policy()
ONE, OTHER = UUID(int=1), UUID(int=2)
BLOCKS = {
    "person": Block("check", NOW),
    "record": Block("check", NOW, record=ONE),
    "field": Block("check", NOW, fields=frozenset({"phone"})),
    "field of a record": Block("check", NOW, record=ONE, fields=frozenset({"phone"})),
    "another field": Block("check", NOW, fields=frozenset({"email"})),
    "over": Block("check", NOW - DAY, NOW),
    "to come": Block("check", NOW + DAY, record=ONE),
}

# Rows: the block. Columns: a use of name and phone with no record named, of the one record, of
# the other record, and of the name alone in the one record. “-” is refused.
STOPPED = {
    "person": ("-", "-", "-", "-"),
    "record": ("yes", "-", "yes", "-"),
    "field": ("-", "-", "-", "yes"),
    "field of a record": ("yes", "-", "yes", "yes"),
    "another field": ("yes", "yes", "yes", "yes"),
    "over": ("yes", "yes", "yes", "yes"),
    "to come": ("yes", "yes", "yes", "yes"),
}
BOTH, NAME = frozenset({"name", "phone"}), frozenset({"name"})
ASKED = ((BOTH, None), (BOTH, ONE), (BOTH, OTHER), (NAME, ONE))


def use(action: Action = Action.USE, **changes: object):
    return replace(operation("orders", action, SYSTEM), **changes)


def blocked(*names: str) -> Standing:
    return replace(AGREED, blocks=tuple(BLOCKS[name] for name in names))


@pytest.mark.parametrize("action", [Action.USE, Action.EXTRACTION, Action.PROVISION])
@pytest.mark.parametrize("name", STOPPED)
def test_exactly_what_the_table_lists_is_stopped(name: str, action: Action) -> None:
    found = tuple(
        "yes" if decision.permitted else "-"
        for fields, record in ASKED
        for decision in [
            decide(POLICY, blocked(name), use(action, fields=fields, record=record), NOW)
        ]
    )
    assert found == STOPPED[name]


@pytest.mark.parametrize("name", ["person", "record", "field", "field of a record"])
def test_a_block_permits_clarifying_and_destroying_and_answering_the_person(name: str) -> None:
    for purpose, action, actor in (
        ("subject-rights", Action.CLARIFICATION, "clerk"),
        ("subject-rights", Action.BLOCKING, "officer"),
        ("subject-rights", Action.EXTRACTION, "subject"),
        ("subject-rights", Action.RECORDING, "clerk"),
        ("subject-rights", Action.EXTRACTION, "system"),
        ("service-letter", Action.USE, "system"),
        ("retention", Action.DESTRUCTION, "system"),
    ):
        asked = replace(operation(purpose, action, ACTORS[actor]), fields=BOTH, record=ONE)
        assert decide(POLICY, blocked(name), asked, NOW).permitted, (purpose, action)
        assert left_out(POLICY, blocked(name), asked, NOW) == frozenset()


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (None, {"service-letter", "subject-rights"}),
        ([], set()),
        (["service-letter"], {"service-letter"}),
        (["service-letter", "orders"], {"service-letter", "orders"}),
    ],
    ids=["silent", "nothing", "letters", "a purpose of its own"],
)
def test_the_policy_says_which_purposes_go_on_in_spite_of_a_block(listed, expected) -> None:
    said = {} if listed is None else {"goes_on": listed}
    policy = replace(POLICY, bindings=(Binding("9.6", "vault.block", parameters=said),))
    standing = blocked("person")
    found = {
        purpose
        for purpose, action, actor in (
            ("service-letter", Action.USE, "system"),
            ("subject-rights", Action.RECORDING, "clerk"),
            ("orders", Action.USE, "system"),
            ("newsletter", Action.USE, "system"),
        )
        if decide(
            policy, blocked("person"), operation(purpose, action, ACTORS[actor]), NOW
        ).permitted
    }
    assert found == expected
    for action in TRANSFER:
        asked = operation("orders", action, ACTORS["officer"])
        assert not decide(policy, standing, asked, NOW).permitted
    own = operation("subject-rights", Action.EXTRACTION, ACTORS["subject"])
    assert decide(policy, standing, own, NOW).permitted


@pytest.mark.parametrize("ground", ["accuracy-check", "verification", "special-check", "claim"])
def test_staff_look_at_what_a_block_waits_for_and_at_nothing_else(ground: str) -> None:
    standing = replace(AGREED, blocks=(Block(ground, NOW),))
    look = operation("oversight", Action.EXTRACTION, ACTORS["clerk"])
    assert decide(POLICY, standing, look, NOW).permitted is (ground != "claim")
    assert not decide(POLICY, standing, use(), NOW).permitted


def test_a_use_that_is_permitted_leaves_the_blocked_places_out() -> None:
    assert left_out(POLICY, blocked("record"), use(), NOW) == {(str(ONE), "")}
    assert left_out(POLICY, blocked("field of a record"), use(), NOW) == {(str(ONE), "phone")}
    assert left_out(POLICY, blocked("to come", "over"), use(), NOW) == frozenset()


blocks = st.builds(
    Block,
    ground=st.just("check"),
    since=st.integers(-2, 2).map(lambda days: NOW + days * DAY),
    until=st.none() | st.integers(-2, 2).map(lambda days: NOW + days * DAY),
    record=st.none() | st.sampled_from([ONE, OTHER]),
    fields=st.frozensets(st.sampled_from(sorted(ORDER_FIELDS))),
    id=st.none() | st.just(ONE),
)


@given(
    st.lists(blocks, max_size=4).map(tuple),
    st.sampled_from(sorted({Action.USE, Action.EXTRACTION, *TRANSFER})),
    st.frozensets(st.sampled_from(sorted(ORDER_FIELDS)), min_size=1),
    st.none() | st.sampled_from([ONE, OTHER]),
)
def test_no_blocked_place_is_read_used_or_transferred_by_any_permit(
    standing_blocks, action, fields, record
) -> None:
    standing = replace(AGREED, blocks=standing_blocks)
    asked = use(action, fields=fields, record=record)
    if not decide(POLICY, standing, asked, NOW).permitted:
        return
    out = left_out(POLICY, standing, asked, NOW)
    for place in (ONE, OTHER) if record is None else (record,):
        for field in fields:
            reached = out.isdisjoint({(str(place), ""), (str(place), field)})
            stopped = any(
                each.since <= NOW
                and (each.until is None or each.until > NOW)
                and each.record in {None, place}
                and (not each.fields or field in each.fields)
                for each in standing_blocks
            )
            assert not (reached and stopped)


@given(st.lists(blocks, max_size=3).map(tuple))
def test_a_standing_with_blocks_survives_being_written_down(standing_blocks) -> None:
    standing = replace(AGREED, blocks=standing_blocks)
    assert Standing.from_json(standing.to_json()) == standing


def test_a_block_written_before_blocks_had_a_scope_blocks_the_person() -> None:
    state = AGREED.to_json()
    state["blocks"] = [
        {"ground": "check", "since": NOW.isoformat(), "until": None, "clause": "9.6"}
    ]
    standing = Standing.from_json(state)
    assert standing.blocks[0].whole
    assert standing.to_json()["blocks"] == state["blocks"]
    assert decide(POLICY, standing, use(), NOW).reason == Reason.BLOCKED
