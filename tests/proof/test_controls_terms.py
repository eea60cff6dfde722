"""Deadlines, retention, destruction and its acts, holds, extensions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.proof.conftest import STARTED

from tutela.core.controls import ClauseState
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.obligations import actions as obligations
from tutela.retention import actions as retention
from tutela.retention import controls as retention_controls
from tutela.retention.models import HoldRow, Schedule
from tutela.vault.models import Record

KEPT, BROKEN, NOTHING = ClauseState.KEPT, ClauseState.BROKEN, ClauseState.NOTHING_YET
AT_RISK, NOT_BUILT = ClauseState.AT_RISK, ClauseState.NOT_BUILT
MONTH = STARTED + timedelta(days=31)


def ask_something(bakery):
    with operator_scope(bakery.id):
        (row,) = obligations.open_for(
            bakery.id, None, "request.received", at=bakery.at.now(), cause=new_id()
        )
    return row


def do(bakery, change, row, *values, **named):
    with operator_scope(bakery.id):
        return change(bakery.id, row.id, *values, **named)


def test_a_request_answered_in_time_keeps_its_clause(bakery):
    row = ask_something(bakery)
    assert bakery.ask("request.clock", "3.3").state == NOTHING
    bakery.at.set(row.due_at - timedelta(hours=40))
    assert bakery.ask("request.clock", "3.3").state == AT_RISK
    do(bakery, obligations.discharge, row, {"outcome": "answered"})
    assert bakery.ask("request.clock", "3.3").state == KEPT


@pytest.mark.parametrize("marked", [False, True], ids=["before the sweep", "after the sweep"])
def test_a_request_nobody_answered_breaks_its_clause(bakery, marked):
    row = ask_something(bakery)
    bakery.at.set(row.due_at)
    if marked:
        bakery.until(row.due_at + timedelta(hours=1))
    assert bakery.ask("request.clock", "3.3").state == BROKEN


def test_an_answer_that_came_late_breaks_its_clause_even_if_nobody_marked_it(bakery):
    row = ask_something(bakery)
    bakery.at.set(row.due_at + timedelta(minutes=1))
    do(bakery, obligations.discharge, row, {"outcome": "answered"})
    answer = bakery.ask("request.clock", "3.3")
    assert answer.state == BROKEN
    assert "1 late" in map(str, answer.figures)


def test_a_request_taken_back_leaves_nothing_to_judge(bakery):
    do(bakery, obligations.cancel, ask_something(bakery), "taken-back")
    assert bakery.ask("request.clock", "3.3").state == NOTHING


def test_a_clause_without_a_promise_is_not_built_whatever_its_control_can(bakery):
    assert bakery.ask("request.erase", "2.3").state == NOT_BUILT


def test_an_extension_with_a_notice_keeps_its_clause(bakery):
    row = ask_something(bakery)
    assert bakery.ask("request.extend", "3.3(b)").state == NOTHING
    do(bakery, obligations.extend, row, "complexity", notice=new_id())
    assert bakery.ask("request.extend", "3.3(b)").state == KEPT


def test_an_extension_that_told_nobody_breaks_its_clause(bakery):
    do(bakery, obligations.extend, ask_something(bakery), "complexity")
    answer = bakery.ask("request.extend", "3.3(b)")
    assert answer.state == BROKEN
    assert str(answer.figures[-1]) == "1 without a notice in time"


def test_an_extension_after_the_term_breaks_its_clause(bakery):
    row = do(bakery, obligations.extend, ask_something(bakery), "complexity", notice=new_id())
    backdated = dict(row.extension, at=row.due_at.isoformat())
    from tutela.obligations.models import Obligation  # noqa: PLC0415

    with operator_scope(bakery.id):
        Obligation.objects.filter(operator_id=bakery.id, id=row.id).update(extension=backdated)
    assert bakery.ask("request.extend", "3.3(b)").state == BROKEN


def test_every_record_has_an_end(bakery):
    assert bakery.ask("retention.schedule", "3.1").state == NOTHING
    bakery.order()
    answer = bakery.ask("retention.schedule", "3.1")
    assert (answer.state, str(answer.figures[0])) == (KEPT, "1 record with an end")


def test_a_record_without_an_end_breaks_the_clause(bakery):
    bakery.order()
    with operator_scope(bakery.id):
        Schedule.objects.filter(operator_id=bakery.id).delete()
    assert bakery.ask("retention.schedule", "3.1").state == BROKEN


def test_a_record_whose_time_is_over_must_be_gone(bakery):
    subject = bakery.order()
    five_years = STARTED + timedelta(days=5 * 366)
    bakery.at.set(five_years)
    late = bakery.ask("retention.schedule", "3.1")
    assert (late.state, late.subjects) == (BROKEN, (subject,))
    bakery.until(five_years + timedelta(hours=1))
    assert bakery.ask("retention.schedule", "3.1").state == KEPT


@pytest.fixture
def destroyed(bakery):
    subject = bakery.order()
    bakery.withdraw(subject)
    bakery.until(MONTH)
    retention_controls._turn.clear()
    return subject


def test_a_destruction_in_time_keeps_the_clause(bakery, destroyed):
    assert bakery.ask("retention.purge", "3.2").state == KEPT
    assert bakery.ask("retention.purge", "1.1").figures[-1].count == 1, "by all promises"


def test_a_destruction_that_did_not_happen_breaks_the_clause(bakery):
    bakery.withdraw(bakery.order())
    bakery.at.set(MONTH + timedelta(days=1))
    assert bakery.ask("retention.purge", "3.2").state == BROKEN


def test_whoever_comes_back_from_destruction_breaks_the_clause(bakery, destroyed):
    with operator_scope(bakery.id):
        Record.objects.create(
            operator_id=bakery.id,
            subject_id=destroyed,
            id=new_id(),
            point="order",
            purposes=["orders"],
            source="backup",
            received_at=bakery.at.now(),
        )
    for control in ("retention.purge", "vault.encrypt"):
        answer = bakery.ask(control, "3.2")
        assert answer.state == BROKEN, control
        assert "1 row left behind" in map(str, answer.figures)


def test_what_is_impossible_is_blocked_and_goes_within_the_longer_limit(bakery):
    subject = bakery.order()
    bakery.withdraw(subject)
    with operator_scope(bakery.id):
        retention.obstacle_open(bakery.id, subject, "restore-running")
    bakery.until(MONTH)
    first, blocked = bakery.clause("3.2"), bakery.clause("3.2/p2")
    assert first.state == KEPT
    assert "1 impossible in the term" in map(str, first.figures)
    assert blocked.state == KEPT
    assert "1 person blocked now" in map(str, blocked.figures)
    bakery.at.set(STARTED + timedelta(days=190))
    assert bakery.state("3.2/p2") == "broken", "six months have passed"


def test_the_longer_limit_kept_keeps_its_clause(bakery):
    subject = bakery.order()
    bakery.withdraw(subject)
    with operator_scope(bakery.id):
        retention.obstacle_open(bakery.id, subject, "restore-running")
    bakery.until(MONTH)
    with operator_scope(bakery.id):
        retention.obstacle_close(bakery.id, subject)
    bakery.until(MONTH + timedelta(days=2))
    ended = bakery.clause("3.2/p2")
    assert ended.state == KEPT
    assert "1 in time" in map(str, ended.figures)


def test_acts_that_verify_keep_the_clause(bakery, destroyed):
    answer = bakery.ask("retention.certificate")
    assert answer.state == KEPT
    assert [str(each) for each in answer.figures] == ["1 act", "1 signature checked now"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE retention_act SET envelope = jsonb_set(envelope, '{document,counts,values}', '99')",
        "UPDATE retention_act SET envelope = jsonb_set(envelope, '{signature}', '\"forged\"')",
        "UPDATE retention_act SET sha256 = repeat('0', 64)",
        "UPDATE retention_act SET number = 2",
    ],
    ids=["another content", "another signature", "another fingerprint", "another number"],
)
def test_an_act_that_was_altered_breaks_the_clause(bakery, destroyed, change):
    with bakery.tampering("retention_act") as cursor:
        cursor.execute(change)
    assert bakery.ask("retention.certificate").state == BROKEN


def test_an_act_that_was_removed_breaks_the_clause(bakery, destroyed):
    bakery.withdraw(bakery.order(2))
    bakery.until(MONTH + timedelta(days=31))
    assert bakery.ask("retention.certificate").state == KEPT
    with bakery.tampering("retention_act") as cursor:
        cursor.execute("DELETE FROM retention_act WHERE number = 1")
    assert bakery.ask("retention.certificate").state == BROKEN


def test_signatures_of_old_acts_are_checked_in_turn(bakery, destroyed, monkeypatch):
    for number in (2, 3, 4):
        bakery.withdraw(bakery.order(number))
    bakery.until(MONTH + timedelta(days=31))
    monkeypatch.setattr(retention_controls, "CHECKED", 1)
    with bakery.tampering("retention_act") as cursor:
        cursor.execute("UPDATE retention_act SET sha256 = repeat('0', 64) WHERE number = 1")
    found = [bakery.ask("retention.certificate").state for _ in range(6)]
    assert BROKEN in found


def test_a_hold_on_an_allowed_ground_keeps_the_clause(bakery):
    subject = bakery.order()
    assert bakery.ask("retention.hold").state == NOTHING
    with operator_scope(bakery.id):
        retention.hold(bakery.id, subject, "agreement", fields=["name"])
    answer = bakery.ask("retention.hold")
    assert (answer.state, str(answer.figures[0])) == (KEPT, "1 hold")


def test_a_hold_on_no_ground_breaks_the_clause(bakery):
    subject = bakery.order()
    with operator_scope(bakery.id):
        retention.hold(bakery.id, subject, "agreement", fields=["name"])
        HoldRow.objects.filter(operator_id=bakery.id).update(ground="because")
    assert bakery.ask("retention.hold").state == BROKEN
