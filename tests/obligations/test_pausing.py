"""Clocks that stand still, where the policy lets them, and go on by themselves at the latest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from uuid import UUID

import pytest
from tests.obligations.conftest import SAMPLE

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies

NOTICE = new_id()
WORD = """    extension: 5 working days
    pauses:
      identity: {at_most: 3 working days, clauses: ["9.10(b)"]}
      clarification: {at_most: 48 hours, clauses: ["9.10(b)"]}
    control: request.clock
"""


@pytest.fixture
def patient(db: None, at: clock.ManualClock, tmp_path: Path):
    """The sample operator, whose policy lets the answer to a request wait."""
    return publish_patient(tmp_path)


def patient_folder(folder: Path, *, number: int = 1, word: str = WORD) -> Path:
    """A copy of the sample operator with the word in its policy, as version ``number``."""
    copytree(SAMPLE, folder / SAMPLE.name)
    file = folder / SAMPLE.name / "policy.yaml"
    text = file.read_text(encoding="utf-8")
    plain = "    extension: 5 working days\n    control: request.clock\n"
    assert plain in text
    text = text.replace(plain, word, 1).replace("  number: 1\n", f"  number: {number}\n", 1)
    file.write_text(text, encoding="utf-8")
    return folder / SAMPLE.name


def publish_patient(folder: Path, number: int = 1) -> UUID:
    policy = policies.load_folder(patient_folder(folder, number=number))
    policies.publish(policy, None if number > 1 else datetime(2024, 5, 1, 12, tzinfo=UTC))
    return policies.operator_id(policy.operator.slug)


def _asked(operator) -> obligations.ObligationRow:
    with operator_scope(operator):
        (row,) = obligations.open_for(
            operator, new_id(), "request.received", at=clock.now(), cause=new_id()
        )
    return row


def _do(operator, deed, row, *values, **more) -> obligations.ObligationRow:
    with operator_scope(operator):
        return deed(operator, row.id, *values, **more)


def _entries(operator, kind: str) -> list[journal.Row]:
    with operator_scope(operator):
        return journal.entries(operator, kinds=(kind,))


def test_a_policy_without_the_word_lets_no_clock_stand_still(operator) -> None:
    row = _asked(operator)
    with operator_scope(operator):
        assert obligations.may_pause(row) == ()
    with pytest.raises(obligations.NoPause, match="does not let this term wait"):
        _do(operator, obligations.pause, row, "identity")
    assert _entries(operator, "obligation.paused") == []


def test_a_term_waits_and_goes_on_when_what_was_missing_has_come(patient, at) -> None:
    row = _asked(patient)
    assert row.computation["last_day"] == "2024-06-18"
    at.set(at.now() + timedelta(days=1))
    still = _do(patient, obligations.pause, row, "identity", notice=NOTICE)
    assert still.computation["last_day"] == "2024-06-21", "by the longest pause"
    assert still.paused_until == datetime(2024, 6, 7, 4, tzinfo=UTC)
    at.set(at.now() + timedelta(days=1))
    on = _do(patient, obligations.go_on, row, "identity")
    assert on.computation["last_day"] == "2024-06-19", "Tuesday is not counted, Wednesday is"
    assert on.paused_until is None
    assert "Not counted is 4 June 2024: proof of who asks was awaited." in on.counted("en")
    (said,) = _entries(patient, "obligation.paused")
    assert (said.data["awaited"], said.clause) == ("identity", "9.10(b)")
    (said,) = _entries(patient, "obligation.resumed")
    assert (said.data["because"], said.clause) == ("came", "9.10(b)")


def test_a_pause_that_nobody_ends_is_over_at_its_latest_whatever_runs(patient, at) -> None:
    row = _asked(patient)
    still = _do(patient, obligations.pause, row, "identity")
    with operator_scope(patient):
        assert obligations.next_moment(patient, at.now()) == still.paused_until
    at.set(still.paused_until)
    untouched = _do(patient, obligations.get, row)
    assert untouched.due_at == still.due_at
    assert obligations.run_due(patient, at.now()) == 1
    assert obligations.run_due(patient, at.now()) == 0, "it is said once"
    over = _do(patient, obligations.get, row)
    assert (over.due_at, over.paused_until, over.state) == (still.due_at, None, "open")
    (said,) = _entries(patient, "obligation.resumed")
    assert said.data["because"] == "over"
    with pytest.raises(obligations.NoPause, match="it runs"):
        _do(patient, obligations.go_on, row)


def test_a_clock_stands_still_once_for_each_thing_and_for_one_at_a_time(patient, at) -> None:
    row = _asked(patient)
    _do(patient, obligations.pause, row, "identity")
    with pytest.raises(obligations.NoPause, match="stands still already"):
        _do(patient, obligations.pause, row, "clarification")
    with operator_scope(patient):
        assert obligations.may_pause(obligations.get(patient, row.id)) == ()
    at.set(at.now() + timedelta(days=1))
    _do(patient, obligations.go_on, row)
    with pytest.raises(obligations.NoPause, match="cannot do so again"):
        _do(patient, obligations.pause, row, "identity")
    with operator_scope(patient):
        (left,) = obligations.may_pause(obligations.get(patient, row.id))
    assert left.awaited == "clarification"
    with pytest.raises(obligations.NoPause, match="does not let"):
        _do(patient, obligations.pause, row, "signed-form")
    two = _do(patient, obligations.pause, row, "clarification")
    assert [each["why"] for each in two.pauses] == ["identity", "clarification"]


def test_a_pause_begins_in_time_or_not_at_all(patient, at) -> None:
    row = _asked(patient)
    at.set(row.due_at)
    with pytest.raises(obligations.NoPause, match="has run out"):
        _do(patient, obligations.pause, row, "identity")


def test_the_one_extension_is_counted_from_the_last_day_of_the_paused_term(patient, at) -> None:
    """004 9.10(b): before the first due moment, which a pause moves; and once."""
    row = _asked(patient)
    _do(patient, obligations.pause, row, "identity")
    longer = _do(patient, obligations.extend, row, "complexity", notice=NOTICE)
    assert longer.computation["last_day"] == "2024-06-27"
    at.set(at.now() + timedelta(days=1))
    on = _do(patient, obligations.go_on, row)
    assert on.computation["last_day"] == "2024-06-25", "the day of receipt was not counted anyway"
    with pytest.raises(obligations.NoExtension, match="extended once"):
        _do(patient, obligations.extend, row, "volume", notice=NOTICE)
    at.set(on.due_at - timedelta(hours=1))
    again = _do(patient, obligations.pause, row, "clarification")
    assert again.due_at > on.due_at, "an extended term may wait for something else"


def test_a_term_whose_first_due_moment_a_pause_has_moved_can_still_be_extended(patient, at) -> None:
    row = _asked(patient)
    at.set(row.due_at - timedelta(hours=1))
    _do(patient, obligations.pause, row, "identity")
    at.set(row.due_at + timedelta(hours=1))
    assert _do(patient, obligations.extend, row, "volume", notice=NOTICE).extension is not None
    obligations.run_due(patient, at.now())
    assert _do(patient, obligations.get, row).state == "open", "what stands still is not late"


def test_what_is_carried_out_meanwhile_is_over(patient, at) -> None:
    row = _asked(patient)
    _do(patient, obligations.pause, row, "identity")
    done = _do(patient, obligations.discharge, row, {"outcome": "answered"})
    assert (done.paused_until, done.in_time) == (None, True)
    at.set(at.now() + timedelta(days=30))
    assert obligations.run_due(patient, at.now()) == 0


def test_a_version_without_the_word_takes_nothing_from_what_was_opened_before(
    patient, at, tmp_path
) -> None:
    """What a promise allows is what the version said under which it was opened."""
    row = _asked(patient)
    word = "    extension: 5 working days\n    control: request.clock\n"
    impatient = patient_folder(tmp_path / "later", number=2, word=word)
    policies.publish(policies.load_folder(impatient), at.now())
    with operator_scope(patient):
        assert {each.awaited for each in obligations.may_pause(row)} == {
            "identity",
            "clarification",
        }
