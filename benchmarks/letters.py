"""Ten thousand letters, strange ones among them, taken in by a process that is killed all the time.

``python -m benchmarks letters``: half by IMAP from a real Dovecot, half by LMTP.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import Machine, report


def main(arguments: list[str] | None = None) -> int:
    from tests.campaigns.homes import lived_in
    from tests.campaigns.letters import Mailing
    from tests.intake.servers import imap

    parser = argparse.ArgumentParser(prog="python -m benchmarks letters", description=__doc__)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--write", action="store_true", help="write the report")
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}")
    with (
        tempfile.TemporaryDirectory() as folder,
        imap(Path(folder) / "dovecot") as mailbox,
        lived_in(Path(folder) / "home").running() as tutela,
    ):
        mailing = Mailing(tutela, mailbox, options.letters, options.kills, options.seed)
        machine = Machine.begin()
        wrong = mailing.run()
        told = machine.end()
    print("\n".join(wrong) or "nothing lost, nothing twice")
    if options.write:
        content = {"seed": options.seed, "letters": mailing.found, "wrong": wrong}
        report("letters", {"machine_load": told, **content})
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
