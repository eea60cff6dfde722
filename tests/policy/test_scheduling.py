"""A version that waits is published when its moment has come, once, as it was scheduled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.policy.spoiling import Copy

from tutela import app
from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.jobs import engine
from tutela.journal import actions as journal
from tutela.policy import actions, scheduling
from tutela.policy.errors import NotAhead
from tutela.policy.folders import load_folder
from tutela.policy.model import Policy
from tutela.policy.models import Scheduled

app.wire()
MakeCopy = Callable[[str], Copy]
NOON = datetime(2024, 6, 3, 12, tzinfo=UTC)


@pytest.fixture
def at(db: None) -> Iterator[clock.ManualClock]:
    manual = clock.ManualClock(NOON)
    with clock.use(manual):
        yield manual


@pytest.fixture
def operator(at: clock.ManualClock, minimal: Path) -> UUID:
    app.wire()
    actions.publish(load_folder(minimal))
    return actions.operator_id("lark-bakery")


@pytest.fixture
def second(copy_of_minimal: MakeCopy) -> Policy:
    copy = copy_of_minimal("second").change("number: 1, dated", "number: 2, dated")
    return load_folder(copy.path)


def states(operator: UUID) -> list[str]:
    with operator_scope(operator):
        return list(Scheduled.objects.order_by("publish_at").values_list("state", flat=True))


def test_a_scheduled_version_is_in_force_from_its_moment_and_not_before(
    operator: UUID, second: Policy, at: clock.ManualClock
) -> None:
    scheduling.schedule(second, NOON + timedelta(days=2))
    engine.run_until(NOON + timedelta(days=1))
    assert actions.in_force(operator).number == 1
    engine.run_until(NOON + timedelta(days=3))
    assert actions.in_force(operator).number == 2
    first, second_row = reversed(actions.versions(operator))
    assert second_row.effective_from == NOON + timedelta(days=2)
    assert first.effective_from < second_row.effective_from
    assert states(operator) == ["published"]


def test_a_sweep_that_comes_late_or_twice_publishes_once(
    operator: UUID, second: Policy, at: clock.ManualClock
) -> None:
    for _again in range(2):
        scheduling.schedule(second, NOON + timedelta(days=2))
    at.set(NOON + timedelta(days=30))
    assert scheduling.publish_due(operator, clock.now()) == 1
    assert scheduling.publish_due(operator, clock.now()) == 0
    with operator_scope(operator):
        assert journal.count(operator, ["policy.published"]) == 2
        assert journal.count(operator, ["policy.scheduled"]) == 1


def test_a_version_that_may_no_longer_be_published_is_journalled_and_not_tried_again(
    operator: UUID, second: Policy, copy_of_minimal: MakeCopy, at: clock.ManualClock
) -> None:
    scheduling.schedule(second, NOON + timedelta(days=2))
    third = copy_of_minimal("third").change("number: 1, dated", "number: 3, dated")
    actions.publish(load_folder(third.path))
    engine.run_until(NOON + timedelta(days=3))
    assert states(operator) == ["failed"]
    assert actions.in_force(operator).number == 3
    with operator_scope(operator):
        (row,) = journal.entries(operator, kinds=["policy.not-published"])
    assert row.data["error"] == "number-taken"


def test_a_moment_that_is_over_is_refused(operator: UUID, second: Policy) -> None:
    with pytest.raises(NotAhead):
        scheduling.schedule(second, NOON)
    assert states(operator) == []
