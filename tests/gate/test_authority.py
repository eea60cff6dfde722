"""A representative goes beyond their authority, comes back after it ended, or takes somebody
else's child; a table by hand of what each authority reaches."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.gate.conftest import NOW
from tests.gate.test_decisions import AGREED, DAY, PERSON, operation

from tutela.core.ids import new_id
from tutela.core.vocabulary import Action, Actor, ActorKind, LawPurpose, Right
from tutela.gate.compiled import compiled
from tutela.gate.rules import Mandate, Standing, decide

HOLDER, OTHER = str(new_id()), str(new_id())
ACTING = Actor(ActorKind.REPRESENTATIVE, HOLDER)
LOOK = replace(
    operation("orders", Action.EXTRACTION, ACTING), purpose=str(LawPurpose.SUBJECT_RIGHTS)
)


def given(*rights, holder=HOLDER, since=NOW - DAY, until=None, relation="representative"):
    return Mandate("a-1", holder, relation, tuple(rights), since, until)


def answer(policy, *mandates, asked=LOOK, **changes):
    standing = replace(AGREED, mandates=mandates, **changes)
    decision = decide(policy, standing, asked, NOW)
    table = compiled(policy)
    assert table.decide(table.view(standing, NOW), asked, NOW) == decision
    return decision.reason or "permitted"


@pytest.mark.parametrize(
    ("action", "right", "named"),
    [
        (Action.EXTRACTION, "", Right.ACCESS),
        (Action.CLARIFICATION, "", Right.CORRECTION),
        (Action.BLOCKING, "", Right.BLOCKING),
        (Action.BLOCKING, Right.WITHDRAWAL, Right.WITHDRAWAL),
    ],
)
def test_each_right_opens_its_action_and_no_other_right_does(policy, action, right, named):
    asked = replace(LOOK, action=action, right=str(right))
    for each in Right:
        expected = "permitted" if each == named else "beyond-authority"
        assert answer(policy, given(each), asked=asked) == expected, each


def test_nobody_acts_for_a_person_without_an_authority_that_stands_now(policy):
    everything = tuple(Right)
    assert answer(policy) == "no-authority"
    assert answer(policy, given(*everything, since=NOW + DAY)) == "no-authority"
    assert answer(policy, given(*everything, until=NOW)) == "no-authority"
    assert answer(policy, given(*everything, until=NOW + DAY)) == "permitted"


def test_the_authority_of_somebody_else_opens_nothing(policy):
    assert answer(policy, given(*Right, holder=OTHER)) == "no-authority"
    nobody = replace(LOOK, actor=Actor(ActorKind.REPRESENTATIVE, ""))
    assert answer(policy, given(*Right, holder=""), asked=nobody) == "no-authority"


def test_the_person_themselves_is_no_representative_of_their_own(policy):
    own = replace(LOOK, actor=Actor(ActorKind.REPRESENTATIVE, str(PERSON)))
    assert answer(policy, given(*Right), asked=own) == "no-authority"


def test_an_authority_never_reaches_beyond_the_row_of_the_matrix(policy):
    for action in Action:
        asked = replace(LOOK, action=action)
        permitted = answer(policy, given(*Right), asked=asked) == "permitted"
        expected = {Action.EXTRACTION, Action.CLARIFICATION, Action.BLOCKING}
        assert permitted == (action in expected), action
    destroying = replace(LOOK, action=Action.DESTRUCTION, purpose=str(LawPurpose.RETENTION))
    assert answer(policy, given(*Right), asked=destroying) == "role"


def test_nothing_is_done_for_a_destroyed_person_on_any_authority(policy):
    assert answer(policy, given(*Right), destroyed=True) == "destroyed"


def test_a_standing_keeps_its_mandates_and_reads_one_that_was_kept_before_there_were_any():
    standing = replace(AGREED, mandates=(given(*Right, until=NOW + DAY),))
    assert Standing.from_json(standing.to_json()) == standing
    old = AGREED.to_json()
    del old["mandates"]
    assert Standing.from_json(old) == AGREED
