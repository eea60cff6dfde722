"""Rows are tampered with by the owner of the tables, with the triggers set aside."""
# ruff: noqa: S608 - the statements are built from this file's own values

from __future__ import annotations

from argparse import Namespace
from uuid import UUID

import pytest

from tutela.core import ids
from tutela.core.errors import NotFound
from tutela.db.scope import operator_scope
from tutela.journal import actions, commands, offline, sequencer
from tutela.journal.entries import leaf_data
from tutela.journal.errors import JournalDamaged, NothingSigned, NotYetSequenced, UnknownEntry
from tutela.journal.tree import leaf_hash

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def audited(operator, write, tamper):
    """Write 60 entries, run ``statements`` with the triggers off, and audit."""
    ids = write(60)
    actions.sequence(operator, batch=20)

    def audited(table, *statements):
        with operator_scope(operator):
            with tamper(table) as cursor:
                for each in statements:
                    cursor.execute(each)
            return actions.verify_database(operator)

    audited.ids = ids
    return audited


def test_an_untouched_database_is_whole(audited):
    found = audited("journal_entry")
    assert (found.holds, found.entries) == (True, 61)


@pytest.mark.parametrize(
    "change",
    [
        "clause = '9.9'",
        "at = at + interval '1 second'",
        'data = \'{"key": "other"}\'',
        "kind = 'consent.given'",
        "automated = false",
        "subject_id = gen_random_uuid()",
        "actor_kind = 'staff'",
        "policy_version = 2",
    ],
)
def test_the_first_changed_entry_is_named(audited, change):
    bad = audited.ids[45]
    found = audited(
        "journal_entry",
        f"UPDATE journal_entry SET {change} WHERE id IN ('{bad}', '{audited.ids[50]}')",
    )
    assert (found.holds, found.entry, found.index) == (False, bad, 45)
    assert str(bad) in found.problem


def test_a_removed_entry_is_named(audited):
    bad = audited.ids[42]
    found = audited("journal_entry", f"DELETE FROM journal_entry WHERE id = '{bad}'")
    assert (found.entry, found.index) == (bad, 42)
    assert "removed" in found.problem


def test_a_removed_leaf_is_named(audited):
    found = audited("journal_leaf", "DELETE FROM journal_leaf WHERE index = 42")
    assert (found.holds, found.index) == (False, 42)
    cut = audited("journal_leaf", "DELETE FROM journal_leaf WHERE index >= 41")
    assert (cut.holds, cut.index) == (False, 41)


def test_an_entry_inserted_past_the_queue_is_named(audited):
    forged = ids.new_id()
    found = audited(
        "journal_entry",
        f"""INSERT INTO journal_entry (operator_id, id, kind, at, actor_kind, actor_id, actor_role,
            action, purpose, basis, clause, automated, data)
            SELECT operator_id, '{forged}', kind, at, actor_kind, actor_id, actor_role,
            action, purpose, basis, clause, automated, data FROM journal_entry LIMIT 1""",
    )
    assert (found.holds, found.entry) == (False, forged)


def test_reordered_leaves_are_found(audited):
    found = audited(
        "journal_leaf",
        "UPDATE journal_leaf SET index = 999 WHERE index = 7",
        "UPDATE journal_leaf SET index = 7 WHERE index = 8",
        "UPDATE journal_leaf SET index = 8 WHERE index = 999",
    )
    assert (found.holds, found.index) == (False, 7)


def test_a_changed_tile_is_found_even_where_no_root_reads_it(audited, operator, write):
    write(300)
    actions.sequence(operator)
    found = audited(
        "journal_tile",
        "UPDATE journal_tile SET hashes = set_byte(hashes, 33, 255 - get_byte(hashes, 33)) "
        "WHERE level = 0 AND index = 0",
    )
    assert (found.holds, found.index) == (False, 1)
    assert not audited("journal_tile", "DELETE FROM journal_tile").holds


def test_a_changed_checkpoint_is_found(audited):
    found = audited(
        "journal_checkpoint",
        "UPDATE journal_checkpoint SET root = sha256(root) WHERE size = 40",
    )
    assert not found.holds
    assert "40" in found.problem


def test_a_removed_last_checkpoint_leaves_uncovered_entries(audited):
    found = audited("journal_checkpoint", "DELETE FROM journal_checkpoint WHERE size > 40")
    assert (found.holds, found.index) == (False, 40)


def test_a_forger_who_rewrites_entry_leaf_and_tile_is_stopped_by_the_signature(audited, operator):
    bad = audited.ids[5]
    with operator_scope(operator):
        audited("journal_entry", f"UPDATE journal_entry SET clause = '1.1' WHERE id = '{bad}'")
        forged = leaf_hash(leaf_data(actions.entry(operator, bad))).hex()
    found = audited(
        "journal_leaf", f"UPDATE journal_leaf SET hash = '\\x{forged}' WHERE entry_id = '{bad}'"
    )
    assert (found.holds, found.index) == (False, 5)


def test_a_waiting_entry_that_vanished_stops_the_sequencer_with_its_name(operator, write, tamper):
    (gone,) = write(1)
    with operator_scope(operator), tamper("journal_entry") as cursor:
        cursor.execute("DELETE FROM journal_entry WHERE id = %s", [gone])
    with pytest.raises(JournalDamaged, match=str(gone)):
        sequencer.sequence(operator)


def test_a_bundle_needs_entries_that_are_signed(operator, write):
    (early,) = write(1)
    with operator_scope(operator), pytest.raises(NothingSigned):
        actions.bundle(operator, [early])
    actions.sequence(operator)
    (late,) = write(1)
    with operator_scope(operator):
        with pytest.raises(NotYetSequenced, match=str(late)):
            actions.bundle(operator, [early, late])
        with pytest.raises(UnknownEntry, match=str(UUID(int=3))):
            actions.bundle(operator, [UUID(int=3)])


def test_the_export_command_writes_a_log_that_the_verify_command_accepts(
    operator, write, tmp_path, capsys
):
    write(5)
    path = tmp_path / "log.jsonl"
    assert commands.export(Namespace(operator=str(operator), path=path)) == 0
    shown = capsys.readouterr().out
    key = shown.strip().rpartition(" ")[2]
    assert offline.verify_file(path, [key]).entries == 6
    assert path.stat().st_mode & 0o777 == 0o600
    assert commands.export(Namespace(operator=str(operator), path=path)) == 2
    assert "exists already" in capsys.readouterr().err


def test_the_export_command_refuses_in_a_sentence(operator, tmp_path, capsys):
    path = tmp_path / "log.jsonl"
    assert commands.export(Namespace(operator="nobody", path=path)) == 2
    assert "“nobody”" in capsys.readouterr().err
    absent = tmp_path / "absent" / "log.jsonl"
    assert commands.export(Namespace(operator=str(operator), path=absent)) == 2
    assert capsys.readouterr().err.endswith(".\n")
    with pytest.raises(NotFound):
        commands.find_operator("nobody")


def test_an_operator_is_found_by_the_name_a_room_above_knows(operator, monkeypatch):
    monkeypatch.setitem(commands.OPERATOR_FINDERS._things, "test", {"amigo": operator}.get)
    assert commands.find_operator("amigo") == operator
    assert commands.find_operator(str(operator)) == operator
