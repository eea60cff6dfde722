"""Letters that come by two ways, and a process that takes them in and is killed again and again.

    python -m benchmarks letters --letters 10000 --kills 60 --seed 7

One half waits in a mailbox of Dovecot, the other is delivered by LMTP as a mail server does it:
what is not answered, or answered with “later”, is sent again. Every tenth letter comes by both
ways, and the strange ones of ``hostile`` are among them. No letter may be lost and none be taken
in twice: every one has its row, its sealed original, its entry and its receipt once.
"""

# ruff: noqa: S608 - the statements are put together from names that stand here

from __future__ import annotations

import contextlib
import os
import random
import signal
import smtplib
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from tests.campaigns import hostile
from tests.campaigns.processes import PROGRAM, Installation, environment, free_port
from tests.intake.servers import Imap

OPERATOR = "familami"
"""In the demonstration nobody writes to this one by themselves."""
SAMPLE = Path(__file__).parents[2] / "operators" / OPERATOR
WRITERS = 2000
_TWICE = 10
"""Each letter of this number comes by both ways."""
_WITH_MARK = 4
_ALIVE = (2.0, 8.0)
"""Seconds that the process may live before it is killed; it begins to work after about one."""
_PATIENCE = 3600.0
_LINE = 990
_LATER = 500
"""Answers of a server from here on mean: never; below: send it again."""
_OURS = (
    "(SELECT m.* FROM intake_message m JOIN policy_operator o ON o.id = m.operator_id "
    f"WHERE o.slug = '{OPERATOR}')"
)
_COUNTS = {
    "rows": f"SELECT count(*) FROM {_OURS} m",
    "different letters": f"SELECT count(DISTINCT digest) FROM {_OURS} m",
    "entries": "SELECT count(*) FROM journal_entry e JOIN policy_operator o "
    f"ON o.id = e.operator_id WHERE o.slug = '{OPERATOR}' "
    "AND e.kind IN ('mail.received', 'mail.set-aside', 'mail.held')",
    "cases": f"SELECT count(*) FROM requests_case c JOIN {_OURS} m ON m.cause = c.id",
    "sealed": f"SELECT count(DISTINCT record) FROM {_OURS} m",
    "submissions": f"SELECT count(*) FROM requests_submission s JOIN {_OURS} m ON m.record = s.id",
    "originals": f"SELECT count(*) FROM vault_value v JOIN {_OURS} m ON m.record = v.record_id "
    "WHERE v.field = 'original-mail'",
    "answered twice": "SELECT count(*) FROM (SELECT about FROM requests_letter "
    "WHERE kind = 'mail-received' GROUP BY about HAVING count(*) > 1) twice",
    "cases twice": f"SELECT count(*) FROM (SELECT cause FROM {_OURS} m WHERE cause IS NOT NULL "
    "GROUP BY cause HAVING count(*) > 1) twice",
    "held": f"SELECT count(*) FROM {_OURS} m WHERE state = 'held'",
    "set aside": f"SELECT count(*) FROM {_OURS} m WHERE state = 'aside'",
}


def letter(number: int) -> bytes:
    marked = number % _WITH_MARK == 0
    made = EmailMessage()
    writer = f"marked{number}" if marked else f"writer{number % WRITERS}"
    made["From"] = f"{writer}@mail.example"
    made["To"] = hostile.TO
    made["Subject"] = hostile.MARKS[number % len(hostile.MARKS)] if marked else f"Question {number}"
    made["Message-ID"] = f"<campaign-{number}@mail.example>"
    made.set_content(f"What do you hold about me? ({number})")
    return made.as_bytes()


@dataclass
class Delivering:
    """A mail server that has letters for Tutela and does not give up."""

    port: int
    waiting: list[bytes]
    answered: dict[int, int] = field(default_factory=dict)
    """How often each answer was given; 0 stands for a connection that broke."""
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while self.waiting and not self.stopping.is_set():
            try:
                with smtplib.LMTP("127.0.0.1", self.port, timeout=60) as line:
                    while self.waiting and not self.stopping.is_set():
                        self._send(line, self.waiting[-1])
            except (OSError, smtplib.SMTPException):
                self._note(0)
                time.sleep(0.2)

    def _send(self, line: smtplib.LMTP, content: bytes) -> None:
        code = 250
        try:
            line.sendmail("sender@mail.example", [hostile.TO], content)
        except smtplib.SMTPDataError as refused:
            code = refused.smtp_code
        except smtplib.SMTPRecipientsRefused as refused:
            code = min(code for code, _said in refused.recipients.values())
        self._note(code)
        if code < _LATER and code != 250:
            time.sleep(0.2)
        else:
            self.waiting.pop()

    def _note(self, code: int) -> None:
        self.answered[code] = self.answered.get(code, 0) + 1


@dataclass
class Mailing:
    """One campaign; ``run`` returns what was found wrong, ``found`` has the figures after it."""

    tutela: Installation
    mailbox: Imap
    letters: int
    kills: int
    seed: int
    say: Callable[[str], object] = print
    found: dict[str, float] = field(default_factory=dict)
    wanted: int = 0
    delivered: int = 0

    def run(self) -> list[str]:
        chance = random.Random(self.seed)  # noqa: S311 - to repeat a failure, not to hide
        strange = [raw for raw, _may in hostile.strange().values() if raw]
        half = self.letters // 2
        first = [*strange, *(letter(number) for number in range(half))]
        second = [
            *(raw for raw in strange if _can_be_delivered(raw)),
            *(letter(number) for number in range(half, self.letters)),
            *(letter(number) for number in range(0, half, _TWICE)),
        ]
        chance.shuffle(first)
        chance.shuffle(second)
        self.mailbox.put(*first)
        sender = Delivering(free_port(), second)
        assert self.tutela.run("policy", "publish", str(SAMPLE)).returncode == 0
        self.wanted = self.letters + len(strange)
        began, killed = time.monotonic(), self._under_fire(sender, chance, len(strange))
        took = time.monotonic() - began
        self.found = {name: self.tutela.sql(query)[0][0] for name, query in _COUNTS.items()}
        different = self.letters + len(strange)
        self.found |= {
            "sent": len(first) + self.delivered,
            "different sent": different,
            "kills": killed,
            "connections broken": sender.answered.get(0, 0),
            "lost": different - self.found["different letters"],
            "seconds": round(took, 1),
            "a second": round(different / took, 1),
        }
        self.say(", ".join(f"{name}: {count}" for name, count in self.found.items()))
        return self._wrong(len(strange), len(sender.waiting))

    def _under_fire(self, sender: Delivering, chance: random.Random, strange: int) -> int:
        self.delivered = len(sender.waiting)
        thread = threading.Thread(target=sender.run, daemon=True)
        thread.start()
        end, killed = time.monotonic() + _PATIENCE, 0
        while time.monotonic() < end:
            process = self._start(sender.port)
            last = killed >= self.kills
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1.0 if last else chance.uniform(*_ALIVE))
            while last and time.monotonic() < end and not self._over(sender, strange):
                time.sleep(0.5)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            killed += 1
            if last or self._over(sender, strange):
                break
        sender.stopping.set()
        thread.join(70)
        return killed

    def _over(self, sender: Delivering, strange: int) -> bool:
        """Whether everything was answered and read, and what is sealed has left the mailbox."""
        if sender.waiting:
            return False
        rows = self.tutela.sql(_COUNTS["rows"])[0][0]
        return rows >= self.wanted and self.mailbox.left() <= strange

    def _start(self, port: int) -> subprocess.Popen[bytes]:
        variables = {
            "TUTELA_MAILBOXES": f"{OPERATOR}={self.mailbox.url()}",
            "TUTELA_MAIL_LISTEN": f"lmtp://127.0.0.1:{port}",
        }
        with self.tutela.said.open("ab") as log:
            return subprocess.Popen(
                [PROGRAM, "mail", "serve"],
                env={**environment(self.tutela.home), **variables},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wrong(self, strange: int, unanswered: int) -> list[str]:
        found, whole = self.found, self.letters + strange
        kept = whole - int(found["held"]) - int(found["set aside"])
        demanded = {
            **dict.fromkeys(("rows", "different letters", "entries"), whole),
            **dict.fromkeys(("sealed", "submissions", "originals"), kept),
            **dict.fromkeys(("answered twice", "cases twice", "lost"), 0),
        }
        wrong = [
            f"{found[name]} {name}, not {count}"
            for name, count in demanded.items()
            if found[name] != count
        ]
        if unanswered:
            wrong.append(f"{unanswered} letters were still to be delivered")
        stays = sum(may <= {"aside", "held"} for raw, may in hostile.strange().values() if raw)
        if found["held"] + found["set aside"] != stays:
            wrong.append(f"{found['held']} held, {found['set aside']} set aside, not {stays}")
        return wrong if found["kills"] > 1 or not self.kills else [*wrong, "nothing was killed"]


def _can_be_delivered(raw: bytes) -> bool:
    """Lines of the protocol have at most a thousand bytes, and a mailbox changes zeros."""
    return b"\x00" not in raw and all(len(line) < _LINE for line in raw.split(b"\n"))
