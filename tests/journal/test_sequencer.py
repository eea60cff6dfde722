from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError

from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.journal import actions, keys, notes, tree
from tutela.journal.entries import KeyUsed, leaf_data
from tutela.journal.models import Checkpoint, Leaf, Pending, Tile

pytestmark = pytest.mark.django_db(transaction=True)


def order(operator):
    with operator_scope(operator):
        return list(
            Leaf.objects.filter(operator_id=operator)
            .order_by("index")
            .values_list("entry_id", flat=True)
        )


def in_another_connection(work):
    """Run ``work`` in a thread, which has a database connection of its own."""
    failures = []

    def run():
        try:
            work()
        except Exception as error:  # noqa: BLE001 - handed to the test
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    assert failures == []


def test_entries_get_their_places_in_the_order_of_writing(operator, write):
    written = write(5)
    assert actions.sequence(operator) == 6, "five entries and the first use of the key"
    assert [each for each in order(operator) if each in written] == written
    assert actions.sequence(operator) == 0


def test_a_transaction_that_commits_late_is_taken_in_a_later_batch(operator):
    early, late = [], []
    with operator_scope(operator):
        late.append(actions.append(operator, KeyUsed(key="first")))

        def overtake():
            with operator_scope(operator):
                early.append(actions.append(operator, KeyUsed(key="second")))
            actions.sequence(operator)

        in_another_connection(overtake)
        number = actions.entry(operator, late[0]).number
    with operator_scope(operator):
        assert number < actions.entry(operator, early[0]).number
    assert late[0] not in order(operator)
    assert actions.sequence(operator) == 1
    assert [each for each in order(operator) if each in early + late] == early + late
    with operator_scope(operator):
        assert actions.verify_database(operator).holds


def test_an_entry_of_a_transaction_rolled_back_is_nowhere(operator, write):
    with transaction.atomic():
        with operator_scope(operator):
            actions.append(operator, KeyUsed(key="gone"))
        transaction.set_rollback(True)
    assert actions.sequence(operator) == 0
    with operator_scope(operator):
        assert actions.checkpoint(operator) is None


def test_two_sequencers_at_once_build_one_log(operator, write):
    write(40)
    threads = [
        threading.Thread(target=lambda: (actions.sequence(operator, batch=3), connection.close()))
        for _ in range(3)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    with operator_scope(operator):
        assert Leaf.objects.count() == 41
        assert not Pending.objects.exists()
        assert actions.verify_database(operator).holds


def test_the_sequencer_refuses_to_run_inside_a_business_transaction(operator, write):
    write()
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.sequence(operator)


def test_a_batch_that_fails_leaves_nothing_of_itself(operator, write, monkeypatch):
    write(3)

    def die(*_):
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("tutela.journal.sequencer.put_tiles", die)
        with pytest.raises(OSError, match="full"):
            actions.sequence(operator)
    with operator_scope(operator):
        assert not Leaf.objects.exists()
        assert Pending.objects.count() == 3
    assert actions.sequence(operator) == 4


def test_every_batch_ends_in_a_checkpoint_whose_root_is_that_of_the_entries(operator, write):
    write(600)
    assert actions.sequence(operator, batch=250) == 601
    with operator_scope(operator):
        hashes = [
            tree.leaf_hash(leaf_data(actions.entry(operator, each))) for each in order(operator)
        ]
        verifier = notes.Verifier.parse(actions.public_key(operator))
        sizes = []
        for each in Checkpoint.objects.order_by("size"):
            head, _ = notes.open_checkpoint(each.note, (verifier,))
            assert head.root == tree.root_of(hashes[: head.size])
            sizes.append(head.size)
        assert sizes == [250, 500, 601]
        widths = Tile.objects.order_by("level", "index").values_list("level", "index", "hashes")
        assert [(level, index, len(hashes) // 32) for level, index, hashes in widths] == [
            (0, 0, 256),
            (0, 1, 256),
            (0, 2, 89),
            (1, 0, 2),
        ]


def test_a_full_tile_cannot_change_and_a_partial_one_only_grows(operator, write):
    write(299)
    actions.sequence(operator)
    attempts = [
        "UPDATE journal_tile SET hashes = hashes WHERE level = 0 AND index = 0",
        "UPDATE journal_tile SET hashes = substring(hashes FOR 32) WHERE level = 0 AND index = 1",
        "UPDATE journal_tile SET hashes = sha256(hashes) || sha256(hashes) WHERE level = 0",
        "UPDATE journal_tile SET index = 7 WHERE level = 0 AND index = 1",
        "DELETE FROM journal_tile",
        "TRUNCATE journal_tile",
    ]
    for each in attempts:
        with (
            operator_scope(operator),
            connection.cursor() as cursor,
            pytest.raises(ProgrammingError, match="evidence"),
            transaction.atomic(),
        ):
            cursor.execute(each)
    with operator_scope(operator), pytest.raises(IntegrityError), transaction.atomic():
        Tile.objects.create(operator_id=operator, level=0, index=9, hashes=b"short")


def test_a_replaced_key_shows_in_the_journal_and_old_checkpoints_still_verify(
    operator, write, exported
):
    write()
    actions.sequence(operator)
    with operator_scope(operator):
        old = actions.public_key(operator)
    keys.key_path(operator).unlink()
    write()
    actions.sequence(operator)
    with operator_scope(operator):
        new = actions.public_key(operator)
        uses = [each.data["key"] for each in actions.entries(operator, kinds=["journal.key-used"])]
        assert actions.verify_database(operator).holds
    assert old != new
    assert [each for each in uses if len(each) == 64] == [
        notes.Verifier.parse(old).public.hex(),
        notes.Verifier.parse(new).public.hex(),
    ]


def test_the_key_file_is_for_the_server_alone(operator, write):
    write()
    actions.sequence(operator)
    path = keys.key_path(operator)
    ours = [each for each in path.parent.iterdir() if str(operator) in each.name]
    assert {each.stat().st_mode & 0o777 for each in ours} == {0o600}
    assert path.parent.stat().st_mode & 0o077 == 0
    assert [each.name for each in ours if each.suffix == path.suffix] == [path.name]


def test_processes_that_start_at_once_agree_on_one_key(operator, tmp_path):
    program = (
        "import sys; from uuid import UUID; from django.conf import settings;"
        "settings.configure(TUTELA_HOME=sys.argv[1]);"
        "from tutela.journal.keys import signer; print(signer(UUID(sys.argv[2])).verifier)"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path), str(operator)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    answers = {each.communicate(timeout=60)[0] for each in started}
    assert len(answers) == 1
    assert answers.pop().startswith(f"tutela/journal/{operator}+")


def test_the_moment_of_an_entry_is_that_of_the_clock(operator):
    moment = clock.now().replace(year=2030, month=2, day=3)
    with clock.use(clock.ManualClock(moment)), operator_scope(operator):
        written = actions.append(operator, KeyUsed(key="later"))
    with operator_scope(operator):
        assert actions.entry(operator, written).at == moment
