"""The commands that take letters in apart from the program: once, or as long as they run."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser, Namespace

from django.conf import settings

from tutela.cli.commands import command
from tutela.cli.say import tell
from tutela.core.errors import TutelaError
from tutela.intake import mailboxes
from tutela.intake.running import Service
from tutela.policy import actions as policies


class NoMailbox(TutelaError):
    """The settings name no mailbox."""


class NotRead(TutelaError):
    """A mailbox could not be read."""


@command("mail fetch", help="take in what is new in the mailboxes of TUTELA_MAILBOXES, once")
def fetch(_options: Namespace) -> int:
    accounts = mailboxes.accounts(settings.TUTELA_MAILBOXES)
    if not accounts:
        raise NoMailbox("No mailbox is named; set TUTELA_MAILBOXES, then run this again.")
    failed = sum(not _fetched(each) for each in accounts)
    return 1 if failed else 0


def _fetched(account: mailboxes.Account) -> bool:
    from tutela.intake import fetching, polling  # noqa: PLC0415 - loaded where one is met, for a quick start

    where = f"{account.operator}, {account.host}, {account.folder}"
    try:
        count = polling.once(account)
    except polling.FAILURES as error:
        kind = type(error).__name__.lower()
        fetching.note_failure(policies.operator_id(account.operator), account, kind)
        tell(f"{where}: not read ({kind}). Check the server, the name and the password.")
        return False
    tell(f"{where}: {count} taken in.")
    return True


def _configure_serve(parser: ArgumentParser) -> None:
    parser.epilog = "tutela up and tutela worker do the same beside their other work."


@command(
    "mail serve",
    help="fetch from TUTELA_MAILBOXES and take deliveries at TUTELA_MAIL_LISTEN, until stopped",
    configure=_configure_serve,
)
def serve(_options: Namespace) -> int:
    if not settings.TUTELA_MAILBOXES and not settings.TUTELA_MAIL_LISTEN:
        raise NoMailbox("Nothing to do; set TUTELA_MAILBOXES or TUTELA_MAIL_LISTEN first.")
    service, stop = Service(), threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    service.start()
    tell("Letters are taken in. Stop with Ctrl-C.")
    try:
        stop.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        service.stop(settings.TUTELA_STOP_SECONDS)
    return 0
