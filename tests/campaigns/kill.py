"""Kills Tutela's processes at random moments and looks for what was lost.

    python -m tests.campaigns.kill [--kills 50] [--seed N] [--home DIR]

The exit code is 0 when every promise held. The same seed makes the same choices again; how far
each process had come when it was killed is up to the machine.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.campaigns.chaos import Campaign
from tests.campaigns.processes import Installation


def main() -> int:
    parser = argparse.ArgumentParser(prog="campaign", description="Kill Tutela again and again.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--home", type=Path, help="a new folder, kept; else one that is removed")
    options = parser.parse_args()
    folder = options.home or Path(tempfile.mkdtemp(prefix="tutela-campaign-"))
    folder.mkdir(parents=True, exist_ok=True)
    _say(f"seed {options.seed}, {options.kills} kills, in {folder}")
    began = time.monotonic()
    campaign = Campaign(Installation(folder / "home"), options.kills, options.seed, _say)
    problems = campaign.run()
    _say(f"\n{campaign.summary()}\n{time.monotonic() - began:.0f} s, seed {options.seed}")
    for each in problems:
        _say(f"PROBLEM: {each}")
    if not problems:
        _say("Nothing acknowledged was lost, nothing forgotten, nothing destroyed twice or half.")
        if options.home is None:
            shutil.rmtree(folder)
    return 1 if problems else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
