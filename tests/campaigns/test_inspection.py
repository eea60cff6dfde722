"""The inspection of a campaign finds damage: each kind is done by hand and must be named."""

from __future__ import annotations

import random
from collections.abc import Iterator
from uuid import UUID

import pytest
from tests.campaigns.chaos import Campaign
from tests.campaigns.homes import lived_in
from tests.campaigns.inspection import GRAVE, SHARE

pytestmark = pytest.mark.campaign
EVIDENCE_TOO = "SET session_replication_role = replica; "  # triggers guard the evidence

DAMAGES = {
    "neither whole nor destroyed": "DELETE FROM vault_key WHERE subject_id = '{stays}'",
    "not found by the index": "DELETE FROM vault_identifier WHERE subject_id = '{stays}'",
    "records without values": "DELETE FROM vault_value WHERE record_id = '{form}'",
    "records without an end in sight": "DELETE FROM retention_schedule",
    "without a letter of receipt": "DELETE FROM requests_letter WHERE kind = 'form-received'",
    "acknowledged forms that the journal does not know": (
        "DELETE FROM journal_entry WHERE data->>'record' = '{form}'"
    ),
    "gone without standing in the list of what was removed": (
        "DELETE FROM journal_entry WHERE data->>'record' = '{form}'"
    ),
    "about whom the journal forgot although they were not destroyed": (
        "UPDATE retention_act SET kind = 'journal', subject_id = '{stays}'"
    ),
    "without exactly one obligation to destroy": (
        "DELETE FROM obligations_obligation WHERE outcome = 'destroy'"
    ),
    "acknowledged withdrawals that are not there": "DELETE FROM consent_withdrawal",
    "of which none or more than one is in use": "UPDATE vault_operator_key SET state = 'retired'",
    "wrapped by a key that is destroyed": (
        "UPDATE vault_operator_key SET state = 'destroyed' WHERE use = 'wrapping'"
    ),
    "gaps in the numbers of acts": "UPDATE retention_act SET number = number + 1000",
    "destructions in the journal without their act": "DELETE FROM retention_act",
}
"""One after another; what the damage of one hides from the next comes later."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory) -> Iterator[Campaign]:
    """Two people have sent forms, and one of them has withdrawn."""
    home = tmp_path_factory.mktemp("inspected") / "home"
    campaign = Campaign(lived_in(home), kills=0, seed=1, say=print)
    with campaign.tutela.running():
        choose = random.Random(1)  # noqa: S311 - to be repeated, not to be secret
        campaign._send_form(choose)
        campaign._leave(choose)
        campaign._send_form(choose)
        campaign.inspection.look("at first")
        yield campaign


def test_an_unhurt_home_passes(lived):
    assert lived.ledger.problems == []
    assert len(lived.ledger.withdrawals) == 1


@pytest.mark.parametrize("sentence", DAMAGES)
def test_damage_is_found_and_named(lived, sentence):
    stays = next(person for person in lived.ledger.people if not person.leaving)
    names = {"stays": lived._who(stays), "form": UUID(hex=stays.acknowledged[0].about)}
    before, lived.ledger.problems = lived.ledger.problems, []
    lived.tutela.sql(EVIDENCE_TOO + DAMAGES[sentence].format(**names))
    lived.inspection.look("damaged")
    found = lived.ledger.problems
    lived.ledger.problems = before
    assert any(sentence in each for each in found), found


def test_a_key_share_that_was_not_overwritten_is_found(lived):
    """And one that was overwritten although its value stands."""
    operator = lived.inspection.operator_id()
    path = lived.tutela.home / "keys" / "vault" / operator / "shares"
    content = bytearray(path.read_bytes())
    alive = min(lived.inspection._alive)
    content[SHARE * alive : SHARE * (alive + 1)] = GRAVE
    path.write_bytes(content)
    lived.inspection._alive.discard(max(lived.inspection._alive))
    before, lived.ledger.problems = lived.ledger.problems, []
    lived.inspection.check_shares()
    found = " ".join(lived.ledger.problems)
    lived.ledger.problems = before
    assert f"slot {alive} is destroyed" in found
    assert "is open and should not be" in found
