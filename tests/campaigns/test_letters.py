"""The short campaign of letters; ``python -m benchmarks letters`` runs the long one."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

import pytest
from tests.campaigns.homes import lived_in
from tests.campaigns.letters import Mailing
from tests.intake.servers import imap


@pytest.mark.campaign
def test_letters_are_taken_in_once_each_by_a_process_that_is_killed_again_and_again(
    tmp_path, capsys
):
    seed = int(os.environ.get("TUTELA_CAMPAIGN_SEED", secrets.randbelow(1_000_000)))
    with (
        tempfile.TemporaryDirectory() as folder,
        imap(Path(folder, "dovecot")) as mailbox,
        lived_in(tmp_path / "home").running() as tutela,
        capsys.disabled(),
    ):
        print(f"\nletters: TUTELA_CAMPAIGN_SEED={seed}")  # noqa: T201 - to repeat a failure
        assert Mailing(tutela, mailbox, letters=60, kills=2, seed=seed).run() == []
