"""Past standings, and explanations of past and present answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction
from tests.gate.conftest import FOLDER, NOW, ORDER_FIELDS
from tests.gate.office import bakery
from tests.gate.test_actions import agree, decided

from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind
from tutela.gate import actions as gate
from tutela.gate import history
from tutela.gate.explaining import NotKept, explain
from tutela.gate.models import StandingBefore
from tutela.gate.rules import RULES, Operation, Standing, decide
from tutela.jobs.sweeps import SWEEPS
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.errors import NoPolicyInForce

HOUR, YEAR = timedelta(hours=1), timedelta(days=365)
OFFICER = Actor(ActorKind.STAFF, "7", "officer")


@pytest.fixture
def using(operator: UUID, subject: UUID) -> Operation:
    return Operation(operator, subject, Action.USE, "orders", ORDER_FIELDS, SYSTEM)


def withdraw(standing: Standing) -> Standing:
    return replace(standing, consents={}, refused=True)


@pytest.fixture
def lived(scope: UUID, subject: UUID, at) -> UUID:
    """A person who agreed an hour after noon and withdrew two hours later."""
    at.set(NOW + HOUR)
    gate.change_standing(scope, subject, agree)
    at.set(NOW + 3 * HOUR)
    gate.change_standing(scope, subject, withdraw)
    at.set(NOW + 5 * HOUR)
    return scope


def test_the_standing_of_every_moment_can_be_told(lived: UUID, subject: UUID) -> None:
    def consents(hours: float) -> list[str]:
        found = history.standing_at(lived, subject, NOW + hours * HOUR)
        assert found is not None
        return list(found.consents)

    assert [consents(each) for each in (0, 0.9, 1, 2.9, 3, 4)] == [
        *([], []),
        *(["orders"], ["orders"]),
        *([], []),
    ]


def test_a_change_that_changes_nothing_leaves_no_past(lived: UUID, subject: UUID) -> None:
    before = StandingBefore.objects.count()
    gate.change_standing(lived, subject, lambda each: each)
    assert StandingBefore.objects.count() == before == 1


def test_a_past_standing_cannot_be_rewritten(lived: UUID) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        StandingBefore.objects.update(state={})


def test_past_standings_go_when_their_term_is_over(lived: UUID, subject: UUID, at) -> None:
    assert SWEEPS["gate.forget"].run(lived, NOW + 2 * YEAR) == 0
    at.set(NOW + 4 * YEAR)
    assert SWEEPS["gate.forget"].run(lived, NOW + 4 * YEAR) == 1
    assert history.standing_at(lived, subject, NOW + 2 * HOUR) is None
    assert history.standing_at(lived, subject, NOW + 4 * YEAR) == gate.standing(lived, subject)


def test_an_explanation_shows_every_rule_the_clause_and_what_would_have_to_change(
    lived: UUID, using: Operation
) -> None:
    told = explain(using, by=OFFICER, language="ru")
    assert [each.rule for each in told.steps] == [each.__name__.replace("_", "-") for each in RULES]
    verdicts = [each.verdict for each in told.steps]
    place = verdicts.index("refuses")
    assert told.steps[place].rule == told.decision.rule == "a-basis-stands"
    assert set(verdicts[:place]) == {"passes"}
    assert set(verdicts[place + 1 :]) == {"not-asked"}
    assert "Сначала получите согласие." in told.change


@pytest.mark.parametrize(
    ("hours", "reason", "permits"), [(0, "no-consent", 0), (2, "", 1), (4, "no-consent", 0)]
)
def test_the_past_is_explained_by_what_was_true_then(
    lived: UUID, using: Operation, hours: int, reason: str, permits: int
) -> None:
    told = explain(using, by=OFFICER, at=NOW + hours * HOUR)
    assert told.decision.reason == reason
    assert [each.verdict for each in told.steps].count("permits") == permits
    assert told.at == NOW + hours * HOUR


def test_the_past_is_explained_by_the_policy_then_in_force(
    lived: UUID, using: Operation, at
) -> None:
    at.set(NOW + 6 * HOUR)
    policies.publish(bakery("decisions", number=2))
    assert explain(using, by=OFFICER, at=NOW + 2 * HOUR).policy_number == 1
    assert explain(using, by=OFFICER).policy_number == 2
    with pytest.raises(NoPolicyInForce):
        explain(using, by=OFFICER, at=NOW - YEAR)


def test_what_is_not_kept_any_more_is_said_and_not_guessed(
    lived: UUID, using: Operation, at
) -> None:
    at.set(NOW + 4 * YEAR)
    SWEEPS["gate.forget"].run(lived, NOW + 4 * YEAR)
    with pytest.raises(NotKept):
        explain(using, by=OFFICER, at=NOW + 2 * HOUR)


def test_explaining_is_journalled_and_permits_nothing(lived: UUID, using: Operation) -> None:
    explain(using, by=OFFICER, at=NOW + 2 * HOUR)
    (row,) = journal.entries(lived, kinds=("gate.explained",))
    assert (row.subject, row.actor.id, row.data["answer"]) == (using.subject, "7", "permitted")
    assert decided(lived) == []


def test_an_explanation_of_made_up_words_repeats_none_of_them(
    lived: UUID, using: Operation
) -> None:
    made_up = replace(using, purpose="Ann Baker", action="sale to ann@example.org")
    assert explain(made_up, by=OFFICER).decision.reason == "unknown-action"
    (row,) = journal.entries(lived, kinds=("gate.explained",))
    assert "nn" not in f"{row.action}{row.purpose}".casefold()


def test_an_explanation_says_what_the_gate_says(lived: UUID, using: Operation) -> None:
    policy = policies.load_folder(FOLDER)
    standing = gate.standing(lived, using.subject)
    for action in Action:
        each = replace(using, action=action)
        expected = decide(policy, standing, each, NOW + 5 * HOUR)
        assert explain(each, by=OFFICER).decision.reason == expected.reason
