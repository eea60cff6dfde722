"""Letters that wait in a mailbox, and a process that takes them in and is killed again and again.

    python -m tests.campaigns.letters --letters 10000 --kills 60 --seed 7

No letter may be lost and none be taken in twice: every one has its row, its sealed original and
its entry in the journal once, and the mailbox is empty at the end.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from tests.campaigns.homes import lived_in
from tests.campaigns.processes import PROGRAM, Installation, environment
from tests.intake.servers import Imap, imap

OPERATOR = "prohomeexchange"
WRITERS = 2000
_BEFORE_KILL = (0.8, 4.0)
"""Seconds that the process may work before it is killed; it starts in less than one."""
_PATIENCE = 1800.0
_COUNTS = {
    "rows": "SELECT count(*) FROM intake_message WHERE mailbox <> ''",
    "different": "SELECT count(DISTINCT digest) FROM intake_message WHERE mailbox <> ''",
    "sealed": "SELECT count(DISTINCT record) FROM intake_message WHERE mailbox <> ''",
    "left": "SELECT count(*) FROM intake_message WHERE mailbox <> '' AND left_at IS NOT NULL",
    "submissions": (
        "SELECT count(*) FROM requests_submission s JOIN intake_message m "
        "ON m.record = s.id WHERE m.mailbox <> ''"
    ),
    "originals": (
        "SELECT count(*) FROM vault_value v JOIN intake_message m ON m.record = v.record_id "
        "WHERE m.mailbox <> '' AND v.field = 'original-mail'"
    ),
}


def letter(number: int) -> bytes:
    made = EmailMessage()
    made["From"] = f"writer{number % WRITERS}@mail.example"
    made["To"] = "privacy@prohomeexchange.example"
    made["Subject"] = f"Question {number}"
    made["Message-ID"] = f"<campaign-{number}@mail.example>"
    made.set_content(f"What do you hold about me? ({number})")
    return made.as_bytes()


@dataclass
class Mailing:
    """One campaign; ``run`` returns what was found wrong."""

    tutela: Installation
    mailbox: Imap
    letters: int
    kills: int
    seed: int
    say: Callable[[str], object] = print

    def run(self) -> list[str]:
        chance = random.Random(self.seed)  # noqa: S311 - to repeat a failure, not to hide
        self.mailbox.put(*(letter(number) for number in range(self.letters)))
        # a second copy of some, as a list server or a lost answer makes them
        self.mailbox.put(*(letter(number) for number in range(0, self.letters, 10)))
        began, killed = time.monotonic(), 0
        while self.mailbox.left():
            if time.monotonic() - began > _PATIENCE:
                return [f"{self.mailbox.left()} letters were still in the mailbox"]
            process = self._fetch()
            if killed < self.kills:
                killed += self._kill(process, chance.uniform(*_BEFORE_KILL))
            elif process.wait() != 0:
                return ["the last, undisturbed look at the mailbox failed"]
        took = time.monotonic() - began
        self.say(
            f"{self.letters} letters, {killed} kills, {took:.1f} s, {self.letters / took:.1f}/s"
        )
        return self._wrong(killed)

    def _fetch(self) -> subprocess.Popen[bytes]:
        variables = {"TUTELA_MAILBOXES": f"{OPERATOR}={self.mailbox.url()}"}
        with self.tutela.said.open("ab") as log:
            return subprocess.Popen(
                [PROGRAM, "mail", "fetch"],
                env={**environment(self.tutela.home), **variables},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @staticmethod
    def _kill(process: subprocess.Popen[bytes], after: float) -> bool:
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            return True
        return False

    def _wrong(self, killed: int) -> list[str]:
        found = {name: self.tutela.sql(query)[0][0] for name, query in _COUNTS.items()}
        wrong = [
            f"{found[name]} {name} of {self.letters} letters"
            for name in _COUNTS
            if found[name] != self.letters
        ]
        return wrong if killed or not self.kills else [*wrong, "nothing was killed"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    options = parser.parse_args()
    print(f"seed {options.seed}")  # noqa: T201
    with (
        tempfile.TemporaryDirectory() as folder,
        imap(Path(folder) / "dovecot") as mailbox,
        lived_in(Path(folder) / "home").running() as tutela,
    ):
        wrong = Mailing(tutela, mailbox, options.letters, options.kills, options.seed).run()
    print("\n".join(wrong) or "nothing lost, nothing twice")  # noqa: T201
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
