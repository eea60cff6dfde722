"""The short campaign of every check; ``make campaign`` runs the long one."""

from __future__ import annotations

import os
import secrets

import pytest
from tests.campaigns.chaos import Campaign
from tests.campaigns.processes import Installation

KILLS = 8


@pytest.mark.campaign
def test_what_was_acknowledged_survives_kills_and_nothing_is_done_twice_or_half(tmp_path, capsys):
    seed = int(os.environ.get("TUTELA_CAMPAIGN_SEED", secrets.randbelow(1_000_000)))
    with capsys.disabled():
        print(f"\ncampaign: TUTELA_CAMPAIGN_SEED={seed}")  # noqa: T201 - to repeat a failure
    campaign = Campaign(Installation(tmp_path / "home"), KILLS, seed, print)
    assert campaign.run() == []
    assert campaign.ledger.forms
    assert campaign.ledger.withdrawals
    assert sum(campaign.counts.values()) == KILLS
