"""The short campaign of every check; ``make faults`` runs the long one."""

from __future__ import annotations

import os
import secrets

import pytest
from tests.campaigns.faults import Faults, small_disk
from tests.campaigns.homes import lived_in

AWAY = 2.0  # seconds
TRIED_ELSEWHERE = frozenset({"database killed", "process killed"})  # by test_kill.py, eight times


@pytest.mark.campaign
def test_what_was_acknowledged_survives_lost_databases_full_disks_and_jumping_clocks(
    tmp_path, capsys
):
    seed = int(os.environ.get("TUTELA_CAMPAIGN_SEED", secrets.randbelow(1_000_000)))
    with capsys.disabled():
        print(f"\nfaults: TUTELA_CAMPAIGN_SEED={seed}")  # noqa: T201 - to repeat a failure
    with small_disk(tmp_path) as reason:
        home = lived_in(tmp_path / "home")
        campaign = Faults(
            home, 0, seed, print, seconds=AWAY, small=not reason, left_out=TRIED_ELSEWHERE
        )
        kinds = campaign.kinds()
        campaign.kills = len(kinds)
        assert campaign.run() == []
        assert campaign.ledger.forms
        assert campaign.ledger.withdrawals
        print(campaign.summary())  # noqa: T201 - pytest -rP shows it
        assert set(campaign.counts) == {*kinds, "clock years back"}
    if reason:
        pytest.skip(f"everything held but the full disk, which was not tried: {reason}")
