"""Rows changed by somebody with a connection of their own are found, and come back from a backup;
what was destroyed lawfully never does."""

from __future__ import annotations

from argparse import Namespace
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.db import connection

from tutela.core import clock
from tutela.core.controls import Answer, Question
from tutela.core.mint import mint
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action
from tutela.db import dumping
from tutela.db.scope import operator_scope, transaction_id
from tutela.jobs import engine
from tutela.policy import actions as policies
from tutela.service import backups, restores
from tutela.vault import actions as vault
from tutela.vault import damages, repairing, restore_controls, rotation, rows
from tutela.vault.backups import copied, files, register
from tutela.vault.backups.sealing import Lock, Opener
from tutela.vault.models import Identifier, Record, Value

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
PRIVATE = X25519PrivateKey.generate()


def _backup(folder: Path) -> Path:
    lock = Lock(recipient=PRIVATE.public_key().public_bytes_raw())
    manifest = backups._manifest("data")
    path, known = files.write(folder, lock, manifest, dumping.dump(), lambda _size: None)
    register.enter(known, "safe-two", None)
    return path


def _copied(path: Path, world, *people: UUID) -> copied.Copied:
    tables = [each._meta.db_table for each in copied.TABLES]
    with files.read(path, Opener(private=PRIVATE), "data") as (_known, content):
        return copied.read(dumping.rows_of(content, tables), world.operator, people)


def _sql(world, statement: str, *arguments: object) -> None:
    """What an intruder does with a connection of their own."""
    with operator_scope(world.operator), connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        assert cursor.rowcount > 0


def _examine(world, subject: UUID) -> set[str]:
    with operator_scope(world.operator):
        return {each.kind for each in damages.examine(world.operator, subject)}


def _values(world, subject: UUID) -> dict[str, str]:
    """The current values as they open."""
    with operator_scope(world.operator):
        current = list(rows.current(world.operator, subject))
        return {row.field: text for row, text in rows.open_all(world.operator, subject, current)}


def _correct(world, subject: UUID, field: str, value: str) -> None:
    with operator_scope(world.operator):
        (record,) = vault.holdings(world.operator, subject)
        permit = Permit(
            operator=world.operator,
            subject=subject,
            action=Action.CLARIFICATION,
            purpose="subject-rights",
            basis="law",
            fields=frozenset({field}),
            actor=SYSTEM,
            clause="",
            rule="",
            transaction=transaction_id(),
        )
        vault.correct(mint(permit), record, field, value)


_CHANGED = "UPDATE vault_value SET {} WHERE subject_id = %s AND field = 'phone'"
_SWAPPED = """
UPDATE vault_value v SET sealed = w.sealed FROM vault_value w WHERE v.subject_id = %s
AND w.subject_id = v.subject_id AND v.field = 'phone' AND w.field = 'email'
"""
_REMOVED = """
WITH gone AS (DELETE FROM vault_value WHERE subject_id = %s RETURNING record_id)
DELETE FROM vault_record WHERE id IN (SELECT record_id FROM gone)
"""
ATTACKS = {
    "a value is overwritten": (
        _CHANGED.format("sealed = set_byte(sealed, 20, 99)"),
        "value-changed",
    ),
    "a value is removed": (
        "DELETE FROM vault_value WHERE subject_id = %s AND field = 'phone'",
        "record-changed",
    ),
    "another purpose is written in": (
        """UPDATE vault_record SET purposes = purposes || '["newsletter"]' WHERE subject_id = %s""",
        "record-changed",
    ),
    "a value is called confirmed": (_CHANGED.format("status = 'confirmed'"), "record-changed"),
    "two fields change places": (_SWAPPED, "value-changed"),
    "a record is removed whole": (_REMOVED, "record-lost"),
    "the person can no longer be found": (
        "DELETE FROM vault_identifier WHERE subject_id = %s AND field = 'email'",
        "index-changed",
    ),
}


@pytest.fixture
def attacked(world, tmp_path: Path):
    anna = world.person()
    world.send(anna)
    return anna, _backup(tmp_path)


def test_every_change_behind_the_back_is_found_and_comes_back_from_a_backup(
    world, attacked
) -> None:
    anna, path = attacked
    before = _values(world, anna)
    assert len(before) == 4
    assert _examine(world, anna) == set()
    then = _copied(path, world, anna)
    for name, (statement, kind) in ATTACKS.items():
        _sql(world, statement, anna)
        assert kind in _examine(world, anna), name
        assert repairing.from_backup(world.operator, deepcopy(then)).left == 0, name
        assert _examine(world, anna) == set(), name
        assert _values(world, anna) == before, name
    with operator_scope(world.operator):
        assert not damages.open_damages(world.operator)
    assert world.kinds(anna).count("vault.damage-found") >= len(ATTACKS)


def test_a_backup_from_before_a_change_of_data_keys_mends_too(world, attacked) -> None:
    anna, path = attacked
    before = _values(world, anna)
    begun = rotation.begin(world.operator, rotation.Kind.DATA)
    while rotation.step(world.operator, begun) is not rotation.Outcome.ENDED:
        pass
    assert _examine(world, anna) == set()
    _sql(world, ATTACKS["a value is removed"][0], anna)
    assert "record-changed" in _examine(world, anna)
    done = repairing.from_backup(world.operator, _copied(path, world, anna))
    assert (done.records, done.left) == (1, 0)
    assert _values(world, anna) == before


def test_a_destroyed_person_is_no_damage_and_does_not_come_back(world, attacked) -> None:
    anna, path = attacked
    world.withdraw(anna)
    engine.run_until(clock.now() + timedelta(40))
    assert _examine(world, anna) == set()
    with operator_scope(world.operator):
        record = _copied(path, world, anna).records[anna][0].id
        damages._enter(world.operator, anna, damages.Found("record-lost", record))
    done = repairing.from_backup(world.operator, _copied(path, world, anna))
    assert (done.records, done.left) == (0, 1)
    with operator_scope(world.operator):
        for table in (Record, Value, Identifier):
            assert not table.objects.filter(subject_id=anna).exists()


def test_where_no_backup_has_it_the_version_before_is_in_force_again(world) -> None:
    anna = world.person()
    world.send(anna)
    before = _values(world, anna)
    _correct(world, anna, "phone", "+13055550999")
    _sql(
        world,
        "UPDATE vault_value SET sealed = sealed || '\\x00' WHERE subject_id = %s "
        "AND field = 'phone' AND superseded_at IS NULL",
        anna,
    )
    assert "value-changed" in _examine(world, anna)
    assert repairing.from_history(world.operator).records == 1
    assert _values(world, anna) == before
    assert _examine(world, anna) == set()


def test_the_round_finds_it_and_the_control_says_so(world, attacked) -> None:
    anna, path = attacked
    _sql(world, ATTACKS["a value is overwritten"][0], anna)
    assert damages.go_round(world.operator, clock.now()) == 1
    assert damages.go_round(world.operator, clock.now()) == 0
    assert _control(world) == "broken"
    repairing.from_backup(world.operator, _copied(path, world, anna))
    assert _control(world) == "at-risk"  # no drill yet
    restores_drill(path)
    assert _control(world) == "kept"


def restores_drill(path: Path) -> None:
    key = path.with_name("private.pem")
    key.write_bytes(PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert restores.drill(Namespace(file=path, key=key)) == 0


def test_a_drill_ends_again_what_is_over_and_touches_nothing_in_use(world, attacked) -> None:
    anna, path = attacked
    boris = world.person()
    world.send(boris)
    world.withdraw(anna)
    engine.run_until(clock.now() + timedelta(40))
    held = _values(world, boris)
    restores_drill(path)
    with operator_scope(world.operator):
        last = register.last_restore()
    assert (last.drill, last.held, last.back) == (True, 0, 0)
    assert last.again >= 2
    assert _values(world, boris) == held


def _control(world) -> str:
    with operator_scope(world.operator):
        policy = policies.in_force(world.operator)
        question = Question(world.operator, policy, "vault.restore", "7.5.7", {}, clock.now())
        answer: Answer = restore_controls.vault_restore(question)
    return str(answer.state)
