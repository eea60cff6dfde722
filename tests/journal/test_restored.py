"""A journal that comes back from yesterday never says two things about one size."""

from __future__ import annotations

import argparse
from pathlib import Path
from uuid import UUID

import pytest
from tests.vault.copies import copy_of_the_database, restored

from tutela.core import closed
from tutela.core.readiness import lacking
from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.journal import heads, importing, offline, store, tasks
from tutela.journal.entries import JournalCut
from tutela.journal.importing import NotThisLog
from tutela.policy import actions as policies

pytestmark = pytest.mark.django_db(transaction=True)
FOLDER = Path(__file__).parents[1] / "data" / "policies" / "minimal"


@pytest.fixture
def operator() -> UUID:
    policies.publish(policies.load_folder(FOLDER))
    own = policies.operator_id("lark-bakery")
    journal.sequence(own)
    return own


def _write(operator: UUID, count: int) -> None:
    with operator_scope(operator):
        for _ in range(count):
            journal.append(operator, JournalCut(missing=0, size=0, root="0" * 64))
    journal.sequence(operator)


def _head(operator: UUID) -> tuple[int, bytes]:
    with operator_scope(operator):
        last = store.last_checkpoint(operator)
    return last.size, bytes(last.root)


def _export(operator: UUID, path: Path) -> Path:
    with operator_scope(operator), path.open("w", encoding="utf-8") as file:
        journal.export_log(operator, file)
    return path


def _verdict(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    offline.configure(parser)
    return offline.run(parser.parse_args(arguments))


def test_nothing_is_signed_while_the_home_knows_a_later_head(operator: UUID) -> None:
    with copy_of_the_database() as yesterday:
        _write(operator, 5)
        with restored(yesterday):
            tasks.forget()
            assert isinstance(closed.reason(), heads.JournalBehind)
            assert "journal-whole" in lacking()
            before = _head(operator)
            with pytest.raises(heads.JournalBehind):
                _write(operator, 1)
            assert _head(operator) == before
    tasks.forget()


def test_an_export_brings_the_missing_entries_back_and_the_log_goes_on_as_the_same(
    operator: UUID, tmp_path: Path
) -> None:
    with copy_of_the_database() as yesterday:
        _write(operator, 300)
        signed = _head(operator)
        with operator_scope(operator):
            kept = journal.checkpoint(operator)
        (tmp_path / "checkpoint").write_text(kept)
        export = _export(operator, tmp_path / "today.jsonl")
        with restored(yesterday):
            tasks.forget()
            assert len(importing.bring_back(operator, export)) == 300
            assert _head(operator) == signed
            assert importing.bring_back(operator, export) == []
            assert tasks.is_whole()
            _write(operator, 3)
            with operator_scope(operator):
                assert journal.verify_database(operator).holds
            later = _export(operator, tmp_path / "later.jsonl")
            arguments = [str(later), "--checkpoint", str(tmp_path / "checkpoint")]
            assert _verdict(arguments) == offline.HOLDS


def test_without_an_export_the_loss_is_in_an_entry_and_another_key_signs(
    operator: UUID, tmp_path: Path
) -> None:
    with copy_of_the_database() as yesterday:
        small, _ = _head(operator)
        _write(operator, 5)
        with operator_scope(operator):
            trusted = journal.public_key(operator)
        with restored(yesterday):
            tasks.forget()
            assert importing.go_on_without(operator) == 5
            journal.sequence(operator)
            with operator_scope(operator):
                assert journal.verify_database(operator).holds
                (cut,) = [
                    row
                    for row in journal.entries(operator, kinds=["journal.cut"])
                    if row.data["missing"] == 5
                ]
                assert cut.data["size"] == small + 5
                assert journal.public_key(operator) != trusted
            after = _export(operator, tmp_path / "after.jsonl")
            assert _verdict([str(after)]) == offline.HOLDS
            assert _verdict([str(after), "--key", trusted]) != offline.HOLDS
            assert importing.go_on_without(operator) == 0


def test_an_export_of_another_log_or_from_too_early_changes_nothing(
    operator: UUID, tmp_path: Path
) -> None:
    early = _export(operator, tmp_path / "early.jsonl")
    with copy_of_the_database() as yesterday:
        _write(operator, 5)
        forged = tmp_path / "forged.jsonl"
        text = _export(operator, tmp_path / "today.jsonl").read_text()
        forged.write_text(text.replace("journal.cut", "journal.cat"))
        with restored(yesterday):
            before = _head(operator)
            for wrong in (early, forged):
                with pytest.raises(NotThisLog):
                    importing.bring_back(operator, wrong)
            assert _head(operator) == before
