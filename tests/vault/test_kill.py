"""A process that destroys is killed with SIGKILL at its worst moments; nothing is half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from tests.vault.conftest import ANN, Allow

from tutela.core import clock
from tutela.core.vocabulary import Action
from tutela.db.scope import operator_scope
from tutela.jobs.sweeps import SWEEPS
from tutela.vault import actions as vault
from tutela.vault import keystore, tasks
from tutela.vault.models import Key, Shred, Value

PROGRAM = """
import os, signal, sys
from uuid import UUID
import django
django.setup()
from tutela.core.mint import mint
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action
from tutela.db.scope import operator_scope, transaction_id
from tutela.vault import actions, keystore

moment, operator, subject = sys.argv[1], UUID(sys.argv[2]), UUID(sys.argv[3])
overwrite = keystore.shred

def die(*arguments):
    if moment == "after the overwriting":
        overwrite(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)

keystore.shred = die
with operator_scope(operator):
    actions.destroy(mint(Permit(
        operator=operator, subject=subject, action=Action.DESTRUCTION, purpose="retention",
        basis="law", fields=frozenset({"name", "email", "phone", "note"}), actor=SYSTEM,
        clause="", rule="", transaction=transaction_id(),
    )))
    if moment == "before the commit":
        die()
"""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def slots(operator: UUID, sealed: Callable[..., None]) -> list[int]:
    with operator_scope(operator):
        sealed()
        return list(Value.objects.values_list("slot", flat=True))


@pytest.fixture
def destroy_and_die(operator: UUID, subject: UUID, slots: list[int]) -> Callable[[str], None]:
    there = connection.settings_dict
    url = (
        f"postgresql://{there['USER']}:{there['PASSWORD']}@/{there['NAME']}"
        f"?host={there['HOST']}&port={there['PORT']}"
    )
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tutela.settings",
        "DATABASE_URL": url,
        "TUTELA_HOME": str(settings.TUTELA_HOME),
    }

    def destroy_and_die(moment: str) -> None:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, moment, str(operator), str(subject)],
            env=surroundings,
            check=False,
            timeout=60,
        )
        assert done.returncode == -signal.SIGKILL

    return destroy_and_die


def test_before_the_commit_nothing_was_destroyed(
    operator: UUID, destroy_and_die: Callable[[str], None], allow: Allow, slots: list[int]
) -> None:
    destroy_and_die("before the commit")
    with operator_scope(operator):
        assert {each.field: each.value for each in vault.read(allow(Action.EXTRACTION))} == ANN
        assert not Shred.objects.exists()
    assert tasks.shred(operator, clock.now()) == 0
    assert None not in keystore.shares(operator, slots)


@pytest.mark.parametrize("moment", ["before the overwriting", "after the overwriting"])
def test_after_the_commit_the_sweep_finishes_it_once(
    operator: UUID, destroy_and_die: Callable[[str], None], slots: list[int], moment: str
) -> None:
    destroy_and_die(moment)
    with operator_scope(operator):
        assert (Key.objects.count(), Value.objects.count(), Shred.objects.count()) == (0, 0, 4)
    assert SWEEPS["vault.shred"].run is tasks.shred
    assert tasks.shred(operator, clock.now()) == 4
    assert keystore.shares(operator, slots) == [None] * 4
    assert tasks.shred(operator, clock.now()) == 0
