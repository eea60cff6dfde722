"""The commands for applications: add, list, key, revoke."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import timedelta
from uuid import UUID

from tutela.applications import actions, rules
from tutela.applications.actions import ApplicationRow, Rights
from tutela.applications.wording import FUNCTIONS
from tutela.cli.commands import command
from tutela.cli.say import tell
from tutela.core.errors import NotFound
from tutela.db.scope import operator_scope
from tutela.policy import actions as policies


class NoSuchOperator(NotFound):
    """No operator of this slug is published here."""


def _operator(slug: str) -> UUID:
    found = policies.operator_by_slug(slug)
    if found is None:
        known = ", ".join(each.slug for each in policies.operators())
        raise NoSuchOperator(
            f"There is no operator “{slug}” here; "
            + (f"choose one of: {known}." if known else "publish a policy first.")
        )
    return found.id


def _words(text: str) -> list[str]:
    return [each for each in text.replace(",", " ").split() if each]


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="the application, such as web-shop")
    parser.add_argument("--operator", required=True, metavar="SLUG", help="whose it is")


def _configure_add(parser: ArgumentParser) -> None:
    _configure(parser)
    parser.add_argument(
        "--purposes",
        default="",
        metavar="SLUGS",
        help="purposes of the policy it serves, with commas; and identification, to find people",
    )
    parser.add_argument(
        "--actions",
        default="",
        metavar="WORDS",
        help="what it may do to data for them, with commas: collection, extraction, use …",
    )
    parser.add_argument(
        "--functions",
        required=True,
        metavar="NAMES",
        help=f"what it is for, with commas, of: {', '.join(FUNCTIONS)}",
    )
    parser.add_argument(
        "--per-minute",
        type=int,
        default=rules.PER_MINUTE,
        metavar="N",
        help=f"how many requests a minute it may send ({rules.PER_MINUTE})",
    )


@command(
    "application add",
    help="let a program of an operator call the API, and print its key once",
    configure=_configure_add,
)
def add(options: Namespace) -> int:
    operator = _operator(options.operator)
    rights = Rights(
        purposes=_words(options.purposes),
        actions=_words(options.actions),
        functions=_words(options.functions),
        per_minute=options.per_minute,
    )
    with operator_scope(operator):
        made = actions.add(operator, options.name, rights)
        key = actions.issue(operator, made.id)
    tell(f"{options.name} may call the API for {options.operator}. Its key, shown only now:")
    tell(f"  {key}")
    return 0


def _configure_list(parser: ArgumentParser) -> None:
    parser.add_argument("--operator", required=True, metavar="SLUG", help="whose they are")


@command(
    "application list",
    help="list an operator's applications and their keys, without the secrets",
    configure=_configure_list,
)
def listing(options: Namespace) -> int:
    operator = _operator(options.operator)
    with operator_scope(operator):
        rows = actions.applications(operator)
    for each in rows:
        tell(_line(each))
    if not rows:
        tell("No application can call the API yet: tutela application add NAME --operator SLUG")
    return 0


def _line(row: ApplicationRow) -> str:
    keys = ", ".join(
        f"{each.prefix}…" + (f" until {each.ends_at:%Y-%m-%d %H:%M} UTC" if each.ends_at else "")
        for each in row.keys
        if each.works
    )
    used = f"{row.used_at:%Y-%m-%d %H:%M} UTC" if row.used_at else "never"
    return f"{row.slug}: {', '.join(row.functions)}; keys: {keys or 'none'}; last used: {used}"


def _configure_key(parser: ArgumentParser) -> None:
    _configure(parser)
    parser.add_argument(
        "--overlap-hours",
        type=int,
        default=24,
        choices=range(169),
        metavar="N",
        help="how long the old key goes on working; 0 ends it now, 168 is a week (24)",
    )


@command(
    "application key",
    help="give an application a new key, and print it once; the old one ends after a day",
    configure=_configure_key,
)
def key(options: Namespace) -> int:
    operator = _operator(options.operator)
    with operator_scope(operator):
        row = actions.application_by_slug(operator, options.name)
        made = actions.issue(operator, row.id, overlap=timedelta(hours=options.overlap_hours))
    tell(f"The new key of {options.name}, shown only now:")
    tell(f"  {made}")
    return 0


def _configure_revoke(parser: ArgumentParser) -> None:
    _configure(parser)
    parser.add_argument("--key", default="", metavar="PREFIX", help="only this key; else all")


@command(
    "application revoke",
    help="end the keys of an application, or one of them, now",
    configure=_configure_revoke,
)
def revoke(options: Namespace) -> int:
    operator = _operator(options.operator)
    with operator_scope(operator):
        row = actions.application_by_slug(operator, options.name)
        ended = actions.revoke(operator, row.id, options.key)
    tell(f"{ended} key{'' if ended == 1 else 's'} of {options.name} ended.")
    return 0
