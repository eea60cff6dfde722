"""The commands that run an installation: up, worker, policy publish, staff add."""

from __future__ import annotations

import getpass
import os
import signal
from argparse import ArgumentParser, Namespace
from datetime import datetime
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tutela.cli.commands import command
from tutela.cli.say import complain, tell
from tutela.core.environment import shown, unknown
from tutela.core.errors import TutelaError
from tutela.core.variables import SETTINGS
from tutela.db.scope import operator_scope
from tutela.identity.rules import Role
from tutela.policy import actions as policies
from tutela.policy import scheduling
from tutela.service import backups, homes, restores, running, staff, staff_commands
from tutela.vault import actions as vault

__all__ = ["backups", "restores", "staff_commands"]


def configure_port(parser: ArgumentParser) -> None:
    """The option of every command that serves pages."""
    parser.add_argument(
        "--port",
        type=int,
        metavar="N",
        help="the port of the pages; 0 takes any free one (8600, or that of TUTELA_PUBLIC_URL)",
    )


def _configure_up(parser: ArgumentParser) -> None:
    configure_port(parser)
    parser.add_argument(
        "--address",
        default="127.0.0.1",
        metavar="IP",
        help="the address to listen at; people elsewhere should come through a server with TLS",
    )


@command(
    "up",
    help="run Tutela: pages and background work, on DATABASE_URL or the embedded database",
    configure=_configure_up,
    database=False,
)
def up(options: Namespace) -> int:
    _complain_of_unknown()
    homes.claim_for_real_data(Path(settings.TUTELA_HOME))
    return running.run(running.Plan(port=options.port, address=options.address, welcome=_welcome))


def _welcome(url: str) -> None:
    tell(f"Tutela answers at {url}/")
    if vault.is_sealed():
        tell("  The keys are sealed; pages say so until they are opened: tutela keys unseal")
    for operator in policies.operators():
        tell(f"  {operator.brand}: {url}/en/{operator.slug}/")
    if not policies.operators():
        tell("  No policy is published yet: tutela policy publish PATH")
    elif not staff.anybody():
        tell("  Nobody can sign in at the desk yet:")
        tell("  tutela staff add NAME --operator SLUG --role officer")
    else:
        tell(f"  The desk: {url}/en/desk/")
    tell("Stop with Ctrl-C.")


@command(
    "worker",
    help="run the background work alone, beside tutela up or on DATABASE_URL",
    database=False,
)
def worker(_options: Namespace) -> int:
    _complain_of_unknown()
    signal.signal(signal.SIGTERM, _interrupt)
    return running.work(lambda: tell("The background work runs. Stop with Ctrl-C."))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _complain_of_unknown() -> None:
    for sentence in unknown(SETTINGS, os.environ):
        complain(sentence)


@command(
    "config",
    help="show the settings that hold here, with secrets hidden, and variables that do nothing",
    database=False,
)
def config(_options: Namespace) -> int:
    width = max(len(each.name) for each in SETTINGS)
    for each in SETTINGS:
        value = os.environ.get(each.name)
        words = shown(each, value) if value else f"({each.default})"
        tell(f"{each.name:<{width}}  {words}")
    _complain_of_unknown()
    return 0


def _configure_publish(parser: ArgumentParser) -> None:
    parser.add_argument("path", type=Path, help="the operator's folder, with policy.yaml")
    parser.add_argument(
        "--at", metavar="MOMENT", help="publish it then, such as 2024-07-01T09:00 (now)"
    )


@command(
    "policy publish",
    help="publish an operator's folder as the next version of its policy",
    configure=_configure_publish,
)
def publish(options: Namespace) -> int:
    policy = policies.load_folder(options.path)
    if options.at:
        moment = _moment(options.at, policy.operator.time_zone)
        scheduling.schedule(policy, moment)
        tell(f"Version {policy.number} will be published at {moment.isoformat()}.")
        return 0
    try:
        number = policies.publish(policy)
    except TutelaError as error:
        with operator_scope(policies.operator_id(policy.operator.slug)):
            error.afterwards()
        raise
    slug = policy.operator.slug
    tell(f"Version {number} of the policy of {policy.operator.brand} ({slug}) is published.")
    return 0


class NoMoment(TutelaError):
    """The moment cannot be read."""


def _moment(text: str, zone: str) -> datetime:
    """A moment as typed; without a zone it is by the operator's own clock."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise NoMoment(f"“{text}” is no moment. Write it as 2024-07-01T09:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def _configure_staff(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="the name to sign in with")
    parser.add_argument("--operator", required=True, metavar="SLUG", help="where they work")
    parser.add_argument(
        "--role", default=Role.OFFICER, choices=[str(role) for role in Role], help="(officer)"
    )
    parser.add_argument(
        "--ask", action="store_true", help="ask for the password instead of making a random one"
    )


@command(
    "staff add",
    help="let somebody sign in at an operator's desk, and print a password once",
    configure=_configure_staff,
)
def add_staff(options: Namespace) -> int:
    staff.operator_of(options.operator)
    password = _asked(options.name) if options.ask else staff.new_password()
    made = staff.give_account(options.name, options.operator, options.role, password)
    what = f"{options.name} is now {options.role} at {options.operator}"
    if not made:
        tell(f"{what}; the password stays as it was.")
    elif options.ask:
        tell(f"{what}.")
    else:
        tell(f"{what}. Password, shown only now: {password}")
    return 0


class PasswordRefused(TutelaError):
    """The password was not accepted."""


def _asked(name: str) -> str:
    password = getpass.getpass("Password: ")
    try:
        validate_password(password, User(username=name))
    except ValidationError as error:
        raise PasswordRefused(" ".join([*error.messages, "Choose another."])) from None
    if password != getpass.getpass("Once more: "):
        raise PasswordRefused("The two passwords differ; nothing was made. Try again.")
    return password
