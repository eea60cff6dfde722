"""A database that comes back from yesterday knows nobody who was destroyed today."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from tests.retention.test_crash import Died, failing_at
from tests.vault.copies import copy_of_the_database, restored

from tutela.core import clock, closed
from tutela.core.errors import TutelaError
from tutela.core.ids import new_id
from tutela.core.readiness import lacking
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate import blocking
from tutela.gate.standing import Mandate
from tutela.identity import actions as identity
from tutela.jobs import engine
from tutela.journal import actions as journal
from tutela.journal import heads, importing
from tutela.obligations import actions as obligations
from tutela.retention import actions as retention
from tutela.retention.purging import purge
from tutela.service import restores
from tutela.vault import ending_lines, endings, keyfiles, keystore, restoring
from tutela.vault.errors import EndingsDamaged
from tutela.vault.models import Chunk, Identifier, Key, Record, Value

pytestmark = pytest.mark.django_db(transaction=True)


def _rows(world, subject: UUID) -> int:
    tables = (Key, Record, Value, Identifier, Chunk)
    with operator_scope(world.operator):
        return sum(table.objects.filter(subject_id=subject).count() for table in tables)


def _is_gone(world, subject: UUID) -> bool:
    with operator_scope(world.operator):
        known = identity.subject(world.operator, subject).destroyed_at
        waiting = retention.ends(world.operator, subject)
    return (
        _rows(world, subject) == 0
        and known is not None
        and world.standing(subject).destroyed
        and waiting == []
    )


def _destroy(world, subject: UUID) -> None:
    world.withdraw(subject)
    engine.run_until(clock.now() + timedelta(40))
    assert _is_gone(world, subject)


def test_whoever_was_destroyed_since_the_backup_is_destroyed_before_anybody_is_served(
    world,
) -> None:
    anna, boris = world.person(), world.person()
    for each in (anna, boris):
        world.send(each)
    with copy_of_the_database() as yesterday:
        _destroy(world, anna)
        with restored(yesterday):
            assert _rows(world, anna) > 0
            assert isinstance(closed.reason(), TutelaError)
            assert "restored" in lacking()
            assert Client().get("/en/").status_code == 503
            done = restoring.replay_all()
            assert done.ended >= 2  # the withdrawal and the destruction
            assert _is_gone(world, anna)
            assert len(world.held(boris)) == 4
            assert "restored" not in lacking()
            assert isinstance(closed.reason(), heads.JournalBehind)
            assert importing.go_on_without(world.operator) > 0
            assert closed.reason() is None
            assert world.kinds(anna).count("vault.ended-again") == done.ended
            assert restoring.replay_all() == restoring.Replayed()


def test_whoever_was_purged_in_one_go_since_the_backup_does_not_come_back(world) -> None:
    people = [world.person() for _ in range(5)]
    for each in people:
        world.send(each)
    with copy_of_the_database() as yesterday:
        world.at.set(clock.now() + timedelta(days=2000))
        assert purge(world.operator, clock.now()).done == 5
        with restored(yesterday):
            assert all(_rows(world, each) for each in people)
            assert restoring.replay_all().ended == 5
            assert all(_is_gone(world, each) for each in people)
            lines = endings.lines(world.operator)
            assert {each.subject for each in lines} == set(people)
            slots = [slot for each in lines for slot in each.content["slots"]]
            assert set(keystore.shares(world.operator, slots)) == {None}


def test_a_withdrawal_made_since_the_backup_stops_the_processing_again(world) -> None:
    anna = world.person()
    world.send(anna)
    with copy_of_the_database() as yesterday:
        made = world.withdraw(anna)
        with restored(yesterday):
            assert world.standing(anna).consents
            restoring.replay_all()
            assert not world.standing(anna).consents
            open_ones = world.obligations(anna)
            assert {row.cause for row in open_ones} == {made.id}
            assert "open" in {row.state for row in open_ones}


OFFICER = Actor(ActorKind.STAFF, "7", "officer")


def _stop(world, subject: UUID, lifted: UUID, opened: UUID) -> None:
    """Everything that a person can have stopped since yesterday."""
    operator = world.operator
    with operator_scope(operator):
        blocking.lift(operator, subject, lifted, result="right", actor=OFFICER)
        blocking.block(operator, subject, new_id(), ground="person-asked", actor=OFFICER)
        retention.release(operator, opened)
        retention.hold(operator, subject, "claims", fields=["full-name"])
        gate.change_standing(
            operator,
            subject,
            lambda standing: replace(
                standing,
                refused=True,
                mandates=(),
                contracts=tuple(replace(each, until=clock.now()) for each in standing.contracts),
            ),
        )


def test_what_was_stopped_since_the_backup_is_stopped_again(world) -> None:
    anna, lifted = world.person(), new_id()
    world.send(anna)
    with operator_scope(world.operator):
        blocking.block(world.operator, anna, lifted, ground="claim", actor=OFFICER)
        opened = retention.hold(world.operator, anna, "claims", fields=["email"])
        retention.contract_started(world.operator, anna, reference=new_id())
        mandate = Mandate("m", str(new_id()), "representative", ("access",), clock.now())
        gate.change_standing(
            world.operator, anna, lambda standing: replace(standing, mandates=(mandate,))
        )
    before = world.standing(anna)
    with copy_of_the_database() as yesterday:
        _stop(world, anna, lifted, opened)
        today = world.standing(anna)
        with operator_scope(world.operator):
            held = {each.id: each.fields for each in retention.holds(world.operator, anna)}
        assert today != before
        with restored(yesterday):
            assert world.standing(anna) == before
            assert isinstance(closed.reason(), TutelaError)
            restoring.replay_all()
            assert world.standing(anna) == today
            with operator_scope(world.operator):
                again = retention.holds(world.operator, anna)
            assert {each.id: each.fields for each in again} == held
            assert restoring.replay_all() == restoring.Replayed()


def test_an_objection_made_since_the_backup_stops_the_purpose_again(world) -> None:
    anna = world.person()
    world.send(anna, purposes=("orders", "newsletter"))
    with copy_of_the_database() as yesterday:
        with operator_scope(world.operator):
            said = {"at": clock.now(), "cause": new_id()}
            obligations.open_for(world.operator, anna, "marketing.stopped", **said)
        engine.run_until(clock.now() + timedelta(hours=1))
        assert set(world.standing(anna).consents) == {"orders"}
        with restored(yesterday):
            assert set(world.standing(anna).consents) == {"orders", "newsletter"}
            restoring.replay_all()
            assert set(world.standing(anna).consents) == {"orders"}


def test_an_export_of_the_journal_alone_tells_who_was_blocked_and_what_is_held(
    world, tmp_path: Path
) -> None:
    anna = world.person()
    world.send(anna)
    journal.sequence(world.operator)
    with copy_of_the_database() as yesterday:
        with operator_scope(world.operator):
            blocking.block(world.operator, anna, new_id(), ground="claim", actor=OFFICER)
            retention.hold(world.operator, anna, "claims", fields=["email"])
        world.send(world.person())  # which nobody can repeat
        today = world.standing(anna)
        journal.sequence(world.operator)
        export = tmp_path / "journal.jsonl"
        with operator_scope(world.operator), export.open("w", encoding="utf-8") as file:
            journal.export_log(world.operator, file)
        endings.path(world.operator).unlink()
        heads.path(world.operator).unlink()
        with restored(yesterday):
            assert not world.standing(anna).blocks
            restores._take_journal(export)
            restoring.replay_all()
            assert world.standing(anna) == today
            with operator_scope(world.operator):
                listed = journal.entries(world.operator, kinds=["vault.not-repeated"])
            told = {each.data["what"]: each.data["times"] for each in listed}
            assert told == {"collection": 1, "consent.given": 1}


def test_keys_from_before_the_database_give_nothing_back_and_no_slot_away_twice(world) -> None:
    anna, boris = world.person(), world.person()
    world.send(anna)
    with operator_scope(world.operator):
        slots = list(Value.objects.filter(subject_id=anna).values_list("slot", flat=True))
    folder = keyfiles.folder(world.operator)
    old = Path(folder, "shares").read_bytes()
    list_of_then = endings.path(world.operator)
    list_of_then.unlink(missing_ok=True)
    _destroy(world, anna)
    keystore._stocks.clear()  # what a process has in stock is in the copy already
    world.send(boris)
    with operator_scope(world.operator):
        of_boris = list(Value.objects.filter(subject_id=boris).values_list("slot", flat=True))
    Path(folder, "shares").write_bytes(old)
    list_of_then.unlink()
    restoring.forget()
    done = restoring.replay_all()
    assert done.listed >= 2
    assert keystore.shares(world.operator, slots) == [None] * len(slots)
    assert keystore.lost(world.operator, of_boris) == set(of_boris)
    (slot, _share), *_ = keystore.allocate(world.operator, 1)
    assert slot > max(of_boris)
    assert len(ending_lines.read_file(list_of_then)) == done.listed


def test_both_from_yesterday_with_todays_list_destroy_again(world, tmp_path: Path) -> None:
    anna = world.person()
    world.send(anna)
    folder = keyfiles.folder(world.operator)
    old = Path(folder, "shares").read_bytes()
    with copy_of_the_database() as yesterday:
        _destroy(world, anna)
        today = Path(shutil.copy(endings.path(world.operator), tmp_path))
        Path(folder, "shares").write_bytes(old)
        endings.path(world.operator).unlink()
        with restored(yesterday):
            restoring.replay_all()
            assert _rows(world, anna) > 0  # nobody could know
            endings.take_in(world.operator, ending_lines.read_file(today))
            restoring.replay_all()
            assert _is_gone(world, anna)
            with operator_scope(world.operator):
                slots = [
                    s
                    for line in endings.lines(world.operator)
                    for s in line.content.get("slots", ())
                ]
            assert set(keystore.shares(world.operator, slots)) == {None}


def test_a_line_that_was_changed_or_taken_out_is_found(world, tmp_path: Path) -> None:
    for each in (world.person(), world.person()):
        world.send(each)
        world.withdraw(each)
    with operator_scope(world.operator):
        lines = endings.path(world.operator).read_bytes().splitlines(keepends=True)
    for wrong in (lines[1:], [lines[0].replace(b"withdrawn", b"destroyed"), *lines[1:]]):
        (tmp_path / "list").write_bytes(b"".join(wrong))
        with pytest.raises(EndingsDamaged):
            ending_lines.read_file(tmp_path / "list")


def test_all_lost_but_old_backups_and_an_export_of_the_journal(world, tmp_path: Path) -> None:
    anna, boris = world.person(), world.person()
    for each in (anna, boris):
        world.send(each)
    journal.sequence(world.operator)
    folder = keyfiles.folder(world.operator)
    old = Path(folder, "shares").read_bytes()
    with operator_scope(world.operator):
        slots = list(Value.objects.filter(subject_id=anna).values_list("slot", flat=True))
    with copy_of_the_database() as yesterday:
        _destroy(world, anna)
        world.withdraw(boris)
        journal.sequence(world.operator)
        export = tmp_path / "journal.jsonl"
        with operator_scope(world.operator), export.open("w", encoding="utf-8") as file:
            journal.export_log(world.operator, file)
        Path(folder, "shares").write_bytes(old)
        endings.path(world.operator).unlink()
        heads.path(world.operator).unlink()
        with restored(yesterday):
            restores._take_journal(export)
            restoring.replay_all()
            assert _is_gone(world, anna)
            assert not world.standing(boris).consents
            assert keystore.shares(world.operator, slots) == [None] * len(slots)
            journal.sequence(world.operator)
            with operator_scope(world.operator):
                assert journal.verify_database(world.operator).holds


def test_killed_at_every_statement_the_replay_ends_whole_and_once(world) -> None:
    anna = world.person()
    world.send(anna)
    with copy_of_the_database() as yesterday:
        _destroy(world, anna)
        with restored(yesterday):
            for number in range(1, 200):
                with failing_at(number, Died), contextlib.suppress(Died):
                    restoring.replay_all()
                restoring.forget()
                if closed.reason() is None:
                    break
            assert number > 20  # it was killed many times
            assert _is_gone(world, anna)
            lines = endings.lines(world.operator)
            assert world.kinds(anna).count("vault.ended-again") == len(lines)
