"""Entries whose term is over are removed; their hashes stay and the log verifies."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.transaction import atomic
from django.db.utils import ProgrammingError

from tutela.core import ids
from tutela.core.mint import mint
from tutela.core.permits import ForgedPermit, Permit
from tutela.core.vocabulary import SYSTEM, Action
from tutela.db.scope import operator_scope, transaction_id
from tutela.gate.entries import Permitted
from tutela.journal import actions, offline
from tutela.journal.errors import UnknownEntry
from tutela.journal.models import EntryRow

UNDECLARED = (
    "DELETE FROM journal_entry",
    """SELECT journal_prune(operator_id, id) FROM journal_entry
    WHERE kind <> 'journal.pruned' LIMIT 1""",
    """INSERT INTO journal_pruned (operator_id, index, run)
    SELECT operator_id, index, entry_id FROM journal_leaf WHERE index = 3;
    SELECT journal_prune(operator_id, entry_id) FROM journal_leaf WHERE index = 3""",
)
"""Ways to remove an entry that no entry of the log speaks of."""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def subject():
    return ids.new_id()


@pytest.fixture
def recorded(operator, subject, write):
    """Ten entries about the person among twenty others, all in the tree."""
    with operator_scope(operator):
        for each in range(10):
            entry = Permitted(
                rule="law", count=1, fields=(), subject=subject, action=Action.USE, clause="1.1"
            )
            actions.append(operator, entry)
            write(2)
            if each == 4:
                actions.append(operator, Permitted(rule="x", count=0, fields=()))
    actions.sequence(operator, batch=7)


def leave(operator, subject, action=Action.DESTRUCTION):
    return mint(
        Permit(
            operator=operator,
            subject=subject,
            action=action,
            purpose="retention",
            basis="law",
            fields=frozenset(),
            actor=SYSTEM,
            clause="8.1",
            rule="law",
            transaction=transaction_id(),
        )
    )


def prune(operator, subject):
    with operator_scope(operator):
        removed = actions.prune(leave(operator, subject), subject)
    actions.sequence(operator)
    return removed


def verified(exported, key, tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(exported), "utf-8")
    return offline.verify_file(path, [key])


def test_a_pruned_log_verifies_here_and_elsewhere_and_says_what_is_gone(
    operator, subject, recorded, exported, tmp_path
):
    with operator_scope(operator):
        total, kept = actions.count(operator), actions.checkpoint(operator)
    assert prune(operator, subject) == 10
    assert prune(operator, subject) == 0
    with operator_scope(operator):
        assert actions.verify_database(operator).problem == ""
        assert not EntryRow.objects.filter(operator_id=operator, subject_id=subject).exists()
        assert actions.count(operator) == total + 1, "the sums keep what was done"
        key = actions.public_key(operator)
    lines = exported()
    assert str(subject) not in "\n".join(lines)
    report = verified(lines, key, tmp_path)
    assert (report.holds, report.pruned) == (True, 10), report.lines("en")
    for language in ("en", "ru"):
        assert "10" in report.lines(language)[1]
    path = tmp_path / "log.jsonl"
    assert offline.verify_file(path, [key], kept).holds, "the past is the past that was kept"


def test_entries_that_still_wait_for_their_place_stay(operator, subject, recorded):
    with operator_scope(operator):
        waiting = actions.append(operator, Permitted(rule="x", count=0, fields=(), subject=subject))
        assert actions.prune(leave(operator, subject), subject) == 10
        assert actions.entry(operator, waiting).subject == subject


def test_a_pruned_entry_is_unknown_and_has_no_bundle(operator, subject, recorded):
    with operator_scope(operator):
        (row,) = actions.entries(operator, subject=subject, limit=1)
    prune(operator, subject)
    with operator_scope(operator), pytest.raises(UnknownEntry):
        actions.bundle(operator, [row.id])


def test_nothing_is_pruned_without_a_permit_for_this_persons_destruction(
    operator, subject, recorded
):
    with operator_scope(operator):
        for permit in (
            leave(operator, ids.new_id()),
            leave(operator, subject, Action.USE),
            Permit(
                operator,
                subject,
                Action.DESTRUCTION,
                "retention",
                "law",
                frozenset(),
                SYSTEM,
                "",
                "law",
                transaction_id(),
            ),
        ):
            with pytest.raises(ForgedPermit):
                actions.prune(permit, subject)


def test_the_database_lets_nobody_delete_an_entry_that_no_run_has_entered(
    operator, subject, recorded
):
    with operator_scope(operator), pytest.raises(ProgrammingError, match="evidence"):
        EntryRow.objects.filter(operator_id=operator, subject_id=subject).delete()


def test_the_role_that_serves_people_removes_by_a_declared_run_only(
    operator, subject, recorded, as_app_role
):
    with as_app_role(), operator_scope(operator):
        for attempt in UNDECLARED:
            with pytest.raises(ProgrammingError), atomic(), connection.cursor() as cursor:
                cursor.execute(attempt)
    with as_app_role():
        assert prune(operator, subject) == 10


def test_an_entry_removed_under_a_run_that_never_named_it_is_found(
    operator, subject, recorded, exported, tamper, tmp_path
):
    """A thief enters a leaf beside those of a real run and deletes its entry."""
    prune(operator, subject)
    with operator_scope(operator):
        with tamper("journal_pruned", "journal_entry") as cursor:
            cursor.execute(
                "INSERT INTO journal_pruned (operator_id, index, run) "
                "SELECT %s, 2, run FROM journal_pruned LIMIT 1",
                [operator],
            )
            cursor.execute(
                "DELETE FROM journal_entry WHERE id = (SELECT entry_id FROM journal_leaf "
                "WHERE index = 2)"
            )
        found = actions.verify_database(operator)
        key = actions.public_key(operator)
    assert not found.holds
    codes = {each.code for each in verified(exported(), key, tmp_path).findings}
    assert codes == {"entry-removed-silently"}
