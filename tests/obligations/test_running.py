from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

from django.db import connections

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.obligations import rules


def _unpublish(operator: UUID) -> UUID:
    with operator_scope(operator):
        (row,) = obligations.open_for(
            operator, new_id(), "distribution.stop.requested", at=clock.now(), cause=new_id()
        )
    return row.id


def _get(operator: UUID, obligation: UUID) -> obligations.ObligationRow:
    with operator_scope(operator):
        return obligations.get(operator, obligation)


def test_nothing_is_done_before_its_time_and_then_it_is(operator, at, worker) -> None:
    unpublish = _unpublish(operator)
    assert obligations.run_due(operator, clock.now()) == 0
    with operator_scope(operator):
        at.set(obligations.next_moment(operator, clock.now()))
    assert at.now() == _get(operator, unpublish).act_at
    assert obligations.run_due(operator, clock.now()) == 1
    assert obligations.run_due(operator, clock.now()) == 0
    row = _get(operator, unpublish)
    assert (row.state, row.evidence, row.in_time) == ("discharged", {"page": "gone"}, True)
    assert worker.asked == [unpublish]


def test_what_only_people_can_do_is_left_to_them(operator, at, worker) -> None:
    with operator_scope(operator):
        (row,) = obligations.open_for(
            operator, new_id(), "request.received", at=clock.now(), cause=new_id()
        )
    at.set(row.act_at)
    assert obligations.run_due(operator, clock.now()) == 0
    assert _get(operator, row.id).state == "open"


def test_a_failure_waits_longer_each_time_and_keeps_no_word_of_its_text(
    operator, at, worker
) -> None:
    unpublish = _unpublish(operator)
    at.set(_get(operator, unpublish).act_at)
    waits = []
    for attempt in range(1, 5):
        worker.raises = [OSError("anna.canary@mail.example")]
        assert obligations.run_due(operator, clock.now()) == 0
        row = _get(operator, unpublish)
        assert (row.state, row.attempts, row.last_failure) == ("open", attempt, "oserror")
        waits.append(row.next_attempt_at - clock.now())
        at.set(row.next_attempt_at)
    assert waits == [rules.backoff(each) for each in range(1, 5)]
    assert obligations.run_due(operator, clock.now()) == 1
    with operator_scope(operator):
        failed = journal.entries(operator, kinds=("obligation.attempt-failed",))
    assert len(failed) == 4
    assert "anna" not in repr([row.data for row in failed])


def test_a_handler_may_ask_to_be_called_the_next_day(operator, at, worker) -> None:
    unpublish = _unpublish(operator)
    at.set(_get(operator, unpublish).act_at)
    worker.raises = [obligations.NotYet("obstacle.medium", hours=24)]
    obligations.run_due(operator, clock.now())
    row = _get(operator, unpublish)
    assert row.next_attempt_at == clock.now() + timedelta(hours=24)
    assert row.last_failure == "obstacle.medium"
    with operator_scope(operator):
        assert obligations.try_again_now(operator, row.subject_id, "unpublish") == 1
    assert obligations.run_due(operator, clock.now()) == 1


def test_a_missed_term_is_late_once_and_is_still_carried_out(operator, at, worker) -> None:
    unpublish = _unpublish(operator)
    at.set(_get(operator, unpublish).due_at)
    worker.raises = [OSError(), OSError()]
    obligations.run_due(operator, clock.now())
    obligations.run_due(operator, clock.now())
    assert _get(operator, unpublish).state == "late"
    with operator_scope(operator):
        assert journal.count(operator, ("obligation.late",)) == 1
        assert obligations.tally(operator, outcome="unpublish").overdue == 1
    at.set(at.now() + timedelta(hours=1))
    obligations.run_due(operator, clock.now())
    at.set(at.now() + timedelta(hours=1))
    obligations.run_due(operator, clock.now())
    row = _get(operator, unpublish)
    assert (row.state, row.in_time) == ("discharged", False)
    with operator_scope(operator):
        tally = obligations.tally(operator, outcome="unpublish")
    assert (tally.too_late, tally.overdue, tally.in_time) == (1, 0, 0)


def test_one_failure_does_not_hold_up_the_others(operator, at, worker) -> None:
    rows = [_unpublish(operator) for _ in range(3)]
    at.set(_get(operator, rows[0]).act_at)
    worker.raises = [OSError()]
    assert obligations.run_due(operator, clock.now()) == 2
    assert sorted(_get(operator, each).state for each in rows) == [
        "discharged",
        "discharged",
        "open",
    ]


def test_workers_that_run_together_carry_each_obligation_out_once(committed, at, worker) -> None:
    rows = [_unpublish(committed) for _ in range(6)]
    moment = _get(committed, rows[0]).act_at
    at.set(moment)
    barrier = Barrier(3)
    done: list[int] = []

    def work() -> None:
        try:
            barrier.wait()
            done.append(obligations.run_due(committed, moment))
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(done) == 6
    assert sorted(worker.asked) == sorted(rows)


def test_two_that_state_one_fact_together_open_its_promise_once(committed, at) -> None:
    cause, subject = new_id(), new_id()
    barrier = Barrier(3)
    opened: list[UUID] = []

    def state() -> None:
        try:
            barrier.wait()
            with operator_scope(committed):
                rows = obligations.open_for(
                    committed, subject, "request.received", at=clock.now(), cause=cause
                )
            opened.extend(row.id for row in rows)
        finally:
            connections.close_all()

    threads = [Thread(target=state) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(opened) == 3
    assert len(set(opened)) == 1
