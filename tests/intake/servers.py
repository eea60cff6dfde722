"""Real mail servers of our own, each private to one test: Dovecot, and what it delivers."""

from __future__ import annotations

import contextlib
import getpass
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from imaplib import IMAP4
from pathlib import Path

from tutela.intake.mailboxes import Account, accounts

USER, PASSWORD = "privacy", "letters-in"
_CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{home}/mail
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
first_valid_uid = 1
auth_mechanisms = plain
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap {{
  process_limit = 16
}}
"""
_PATIENCE = 20.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@dataclass(frozen=True)
class Imap:
    """A running Dovecot with one mailbox."""

    home: Path
    port: int

    def url(self, query: str = "") -> str:
        return f"imap://{USER}:{PASSWORD}@127.0.0.1:{self.port}/INBOX{query}"

    def account(self, operator: str, query: str = "") -> Account:
        (found,) = accounts(f"{operator}={self.url(query)}")
        return found

    @contextlib.contextmanager
    def client(self) -> Iterator[IMAP4]:
        with IMAP4("127.0.0.1", self.port) as client:
            client.login(USER, PASSWORD)
            client.select("INBOX")
            yield client

    def put(self, *letters: bytes) -> None:
        with self.client() as client:
            for each in letters:
                kind, said = client.append("INBOX", "", "", each)
                assert kind == "OK", said

    def left(self) -> int:
        """How many messages lie in the mailbox."""
        with self.client() as client:
            _kind, found = client.uid("SEARCH", "ALL")
            return len((found[0] or b"").split())

    def number_anew(self) -> None:
        """As after a server that was moved: another UIDVALIDITY, other numbers."""
        (self.home / "mail" / "dovecot-uidlist").unlink()
        for each in (self.home / "mail").glob("dovecot.index*"):
            each.unlink()


@contextlib.contextmanager
def imap(home: Path) -> Iterator[Imap]:
    """Dovecot in ``home``, as whoever runs the tests; as root, its mail belongs to nobody."""
    home.mkdir(parents=True)
    user = "nobody" if os.geteuid() == 0 else getpass.getuser()
    group = subprocess.run(
        ["id", "-gn", user], check=True, capture_output=True, text=True
    ).stdout.strip()
    port = free_port()
    config = home / "dovecot.conf"
    config.write_text(
        _CONFIG.format(home=home, user=user, group=group, password=PASSWORD, port=port)
    )
    (home / "mail").mkdir()
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{user}:{group}", str(home)], check=True)
        for each in [home, *home.parents][:4]:
            with contextlib.suppress(PermissionError):
                each.chmod(each.stat().st_mode | 0o055)
    server = subprocess.Popen(["dovecot", "-F", "-c", str(config)])
    try:
        _wait(port, home)
        yield Imap(home, port)
    finally:
        server.terminate()
        server.wait(10)


def _wait(port: int, home: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port), 1) as found,
        ):
            if found.recv(4) == b"* OK":
                return
        time.sleep(0.1)
    log = home / "log"
    raise AssertionError(log.read_text() if log.exists() else "Dovecot did not start.")
