from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.obligations.rules import LEAD


def _open(operator: UUID, event: str, **more) -> list[obligations.ObligationRow]:
    asked = {"at": clock.now(), "cause": new_id(), **more}
    with operator_scope(operator):
        return obligations.open_for(operator, asked.pop("subject", new_id()), event, **asked)


def test_a_fact_opens_every_promise_made_for_it(operator) -> None:
    rows = _open(operator, "destruction.demanded")
    assert {(row.promise, row.outcome) for row in rows} == {
        ("destroy-on-demand", "destroy"),
        ("tell-of-destruction", "notify-subject"),
        ("tell-recipients-of-destruction", "notify-recipients"),
    }
    assert {row.computation["last_day"] for row in rows} == {"2024-06-13"}


def test_an_unknown_event_opens_nothing(operator) -> None:
    assert _open(operator, "full.moon") == []


def test_the_same_cause_opens_a_promise_once(operator) -> None:
    cause, subject = new_id(), new_id()
    first = _open(operator, "request.received", cause=cause, subject=subject)
    again = _open(operator, "request.received", cause=cause, subject=subject)
    assert [row.id for row in again] == [row.id for row in first]
    with operator_scope(operator):
        assert journal.count(operator, ("obligation.opened",)) == 1


def test_the_ground_chosen_by_staff_opens_only_its_promise(operator) -> None:
    rows = _open(operator, "destruction.demanded", clause_filter=("9.8(b)",))
    assert [row.promise for row in rows] == ["tell-of-destruction"]


def test_how_the_term_was_counted_is_kept_and_readable_in_both_languages(operator) -> None:
    (row,) = _open(operator, "request.received")
    assert row.due_at == datetime(2024, 6, 19, 4, tzinfo=UTC)
    assert "18 June 2024" in row.counted("en")
    assert "18 июня 2024" in row.counted("ru")


def test_the_system_begins_ahead_as_the_promise_says_and_else_a_little_before(operator) -> None:
    rows = {row.promise: row for row in _open(operator, "destruction.demanded")}
    destroy = rows["destroy-on-demand"]
    tell = rows["tell-of-destruction"]
    assert destroy.act_at == destroy.due_at - timedelta(days=1)
    assert tell.act_at == tell.due_at - LEAD


def test_immediately_has_a_measure(operator) -> None:
    (row,) = _open(operator, "block.requested")
    assert row.due_at == clock.now() + timedelta(minutes=30)
    assert row.act_at == clock.now()


def test_a_term_in_hours_runs_through_the_night_and_the_weekend(operator, at) -> None:
    at.set(datetime(2024, 6, 7, 22, 15, tzinfo=UTC))
    rows = {row.promise: row.due_at for row in _open(operator, "incident.identified", subject=None)}
    assert rows["report-incident"] == datetime(2024, 6, 8, 22, 15, tzinfo=UTC)
    assert rows["report-investigation"] == datetime(2024, 6, 10, 22, 15, tzinfo=UTC)


def test_an_extension_is_given_once_and_before_the_first_term_ends(operator, at) -> None:
    (row,) = _open(operator, "request.received")
    with operator_scope(operator):
        longer = obligations.extend(operator, row.id, "volume", notice=new_id())
        assert longer.computation["last_day"] == "2024-06-25"
        assert longer.extension["reason"] == "volume"
        assert longer.due_at > row.due_at
        with pytest.raises(obligations.NoExtension, match="once"):
            obligations.extend(operator, row.id, "volume")
    (late,) = _open(operator, "request.received")
    at.set(late.due_at)
    with operator_scope(operator), pytest.raises(obligations.NoExtension, match="run out"):
        obligations.extend(operator, late.id, "volume")


def test_an_extension_needs_a_motive_of_the_list_and_a_policy_that_allows_it(operator) -> None:
    (answer,) = _open(operator, "request.received")
    (consider,) = _open(operator, "erasure.requested")
    with operator_scope(operator):
        with pytest.raises(obligations.NoExtension, match="motives"):
            obligations.extend(operator, answer.id, "anna@mail.example is on holiday")
        with pytest.raises(obligations.NoExtension, match="no extension"):
            obligations.extend(operator, consider.id, "volume")


def test_what_has_ended_cannot_end_again(operator) -> None:
    (row,) = _open(operator, "request.received")
    with operator_scope(operator):
        obligations.discharge(operator, row.id, {"answer": new_id()})
        for end in (
            lambda: obligations.discharge(operator, row.id, {}),
            lambda: obligations.cancel(operator, row.id, "taken-back"),
            lambda: obligations.fail(operator, row.id, "late"),
        ):
            with pytest.raises(obligations.AlreadyEnded):
                end()


def test_a_request_that_is_taken_back_cancels_its_promise(operator) -> None:
    (row,) = _open(operator, "request.received")
    with operator_scope(operator):
        done = obligations.cancel(operator, row.id, "taken-back")
    assert (done.state, done.evidence) == ("cancelled", {"reason": "taken-back"})


def test_another_operator_sees_nothing_of_it(operator) -> None:
    (row,) = _open(operator, "request.received")
    other = new_id()
    with operator_scope(other):
        assert obligations.listing(other) == []
        with pytest.raises(obligations.UnknownObligation):
            obligations.get(operator, row.id)


def test_a_listing_is_ordered_by_what_is_due_first(operator) -> None:
    subject = new_id()
    _open(operator, "objection.received", subject=subject)
    _open(operator, "request.received", subject=subject)
    _open(operator, "request.received")
    with operator_scope(operator):
        mine = obligations.listing(operator, subject=subject)
        soon = obligations.listing(operator, due_before=datetime(2024, 6, 20, tzinfo=UTC))
    assert [row.promise for row in mine] == ["answer", "consider-objection"]
    assert {row.promise for row in soon} == {"answer"}


def test_listeners_hear_of_a_fact_in_its_own_transaction(operator) -> None:
    heard: list[obligations.Fact] = []
    obligations.LISTENERS.register("test", heard.append)
    try:
        _open(operator, "purpose.reached", purposes=("orders", "account"))
        _open(operator, "purpose.reached", tell=False)
    finally:
        del obligations.LISTENERS._things["test"]
    (fact,) = heard
    assert (fact.event, fact.purposes) == ("purpose.reached", ("account", "orders"))
