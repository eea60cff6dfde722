from __future__ import annotations

from pathlib import Path

import pytest

from tutela.intake import markers
from tutela.policy import actions as policies

POLICY = policies.load_folder(Path(__file__).parents[2] / "operators" / "prohomeexchange")


@pytest.mark.parametrize(
    "line",
    [
        "Unsubscribe from mailing list",
        "RE: «unsubscribe  from mailing list»",
        "Fwd: Re[2]: “UNSUBSCRIBE FROM MAILING LIST”, please",
        "Отв: отписаться от рассылки",
    ],
)
def test_the_marker_is_understood_whatever_its_case_quotes_prefixes_and_language(line):
    assert markers.channel_for(POLICY, line).event == "marketing.stopped"


@pytest.mark.parametrize("line", ["", "Re:", "What do you hold about me?", "unsubscribe"])
def test_a_line_without_the_marker_is_a_letter_to_the_mailbox(line):
    assert markers.channel_for(POLICY, line).event == "request.received"
