"""A process that changes keys is killed with SIGKILL again and again; the next one goes on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from tests.vault.conftest import ANN, Allow
from tests.vault.test_rotation import all_is_there, mail, states

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.vault import keyfiles, rotation, tasks
from tutela.vault.models import Rotation
from tutela.vault.rotation import Kind

KILLS = int(os.environ.get("TUTELA_TEST_KILLS", "3"))
PEOPLE = 24
PROGRAM = """
import sys
from uuid import UUID
import django
django.setup()
from tutela.app import wire
wire()
from tutela.vault import rotation
operator = UUID(sys.argv[1])
print("ready", flush=True)
while True:
    for kind in rotation.Kind:
        begun = rotation.begin(operator, kind, destroy_old=True)
        while rotation.step(operator, begun, page=2) is not rotation.Outcome.ENDED:
            pass
        rotation.end_keys(operator)
"""

pytestmark = pytest.mark.django_db(transaction=True)


def test_killed_again_and_again_it_loses_nobody_and_ends(
    tmp_path: Path, settings, operator: UUID, sealed: Callable[..., None], allow: Allow
) -> None:
    settings.TUTELA_HOME = tmp_path
    keyfiles.forget()
    people = [new_id() for _ in range(PEOPLE)]
    for number, subject in enumerate(people):
        with operator_scope(operator):
            sealed({**ANN, "email": mail(number)}, into=new_id(), subject=subject)
    there = connection.settings_dict
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tutela.settings",
        "DATABASE_URL": f"postgresql://{there['USER']}:{there['PASSWORD']}@/{there['NAME']}"
        f"?host={there['HOST']}&port={there['PORT']}",
        "TUTELA_HOME": str(tmp_path),
    }
    when = random.Random(7)  # noqa: S311 - to be repeated, not to be secret
    for _ in range(KILLS):
        running = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(operator)],
            env=surroundings,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        time.sleep(when.uniform(0.02, 0.6))
        running.kill()
        assert running.wait(60) == -signal.SIGKILL
        running.stdout.close()
        all_is_there(operator, people, allow)
    while tasks.rotate(operator, clock.now()):
        pass
    with operator_scope(operator):
        assert Rotation.objects.exists()
        assert not rotation.open_ones(operator)
    for use in ("wrapping", "index"):
        assert states(operator, use).count("current") == 1
        assert set(states(operator, use)) <= {"current", "destroyed"}
    for kind in Kind:
        begun = rotation.begin(operator, kind)
        while rotation.step(operator, begun) is not rotation.Outcome.ENDED:
            pass
    all_is_there(operator, people, allow)
