from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tutela.obligations import rules
from tutela.obligations.rules import State

OPENED = datetime(2024, 6, 3, 9, tzinfo=UTC)
DUE = datetime(2024, 7, 4, 4, tzinfo=UTC)


def test_work_begins_at_the_moment_the_promise_names_ahead() -> None:
    ahead = DUE - timedelta(days=1)
    assert rules.act_at(opened_at=OPENED, due_at=DUE, ahead=ahead) == ahead


def test_work_without_a_moment_ahead_still_begins_before_it_is_too_late() -> None:
    assert OPENED < rules.act_at(opened_at=OPENED, due_at=DUE, ahead=None) < DUE


def test_work_never_begins_before_the_obligation_exists() -> None:
    early = OPENED - timedelta(hours=3)
    assert rules.act_at(opened_at=OPENED, due_at=OPENED, ahead=early) == OPENED


def test_the_due_moment_itself_is_late() -> None:
    assert rules.is_late(state=State.OPEN, due_at=DUE, now=DUE)
    assert not rules.is_late(state=State.OPEN, due_at=DUE, now=rules.last_moment(DUE))
    assert not rules.is_late(state=State.DISCHARGED, due_at=DUE, now=DUE)


def test_waiting_grows_and_stays_below_half_a_day() -> None:
    waits = [rules.backoff(each) for each in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=1)
    assert waits[-1] < timedelta(hours=12)
    assert rules.wait(1, hours=24) == timedelta(hours=24)
    assert rules.wait(3, hours=None) == rules.backoff(3)


def test_nothing_is_given_up_before_it_was_tried() -> None:
    assert not rules.gives_up(attempts=0, due_at=DUE, now=DUE)


def test_it_is_given_up_when_the_next_attempt_would_come_too_late() -> None:
    assert rules.gives_up(attempts=1, due_at=DUE, now=DUE - timedelta(minutes=4))
    assert not rules.gives_up(attempts=1, due_at=DUE, now=DUE - timedelta(hours=2))


def test_it_is_given_up_after_many_attempts() -> None:
    far = DUE - timedelta(days=20)
    assert rules.gives_up(attempts=rules.ATTEMPTS, due_at=DUE, now=far)
    assert not rules.gives_up(attempts=rules.ATTEMPTS - 1, due_at=DUE, now=far)


@pytest.mark.parametrize(
    ("error", "slug"),
    [
        (OSError("anna@example.com"), "oserror"),
        (KeyError("Anna"), "key-error"),
        (TimeoutError(), "timeout-error"),
    ],
)
def test_of_a_failure_only_the_kind_is_kept(error: Exception, slug: str) -> None:
    assert rules.failure_slug(error) == slug
