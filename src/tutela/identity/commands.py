"""Commands about the sites of an operator that hand people over: handover add, end, list."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path

from tutela.cli.commands import command
from tutela.cli.say import tell
from tutela.core.errors import NotFound
from tutela.db.scope import operator_scope
from tutela.identity import handover
from tutela.policy import actions as policies


def _operator(slug: str) -> policies.OperatorRow:
    found = policies.operator_by_slug(slug)
    if found is None:
        raise NotFound(f"There is no operator “{slug}” here; publish its policy first.")
    return found


def _configure_operator(parser: ArgumentParser) -> None:
    parser.add_argument("--operator", required=True, metavar="SLUG", help="whose site it is")


def _configure_end(parser: ArgumentParser) -> None:
    parser.add_argument("kid", metavar="NAME", help="the name of the key, the token’s “kid”")
    _configure_operator(parser)


def _configure_add(parser: ArgumentParser) -> None:
    _configure_end(parser)
    parser.add_argument(
        "--issuer",
        required=True,
        metavar="URL",
        help="the origin of the site: https://shop.example",
    )
    parser.add_argument(
        "--key", required=True, type=Path, metavar="FILE", help="its Ed25519 public key, as PEM"
    )
    parser.add_argument(
        "--until", type=datetime.fromisoformat, metavar="DATE", help="when it ends by itself"
    )


@command("handover add", help="let a site hand people over, signed in", configure=_configure_add)
def add(options: Namespace) -> int:
    operator = _operator(options.operator)
    try:
        pem = options.key.read_text(encoding="ascii")
    except (OSError, ValueError):
        raise handover.BadKey(f"{options.key} cannot be read as a PEM file.") from None
    until = options.until.astimezone(UTC) if options.until else None
    with operator_scope(operator.id):
        handover.register_key(operator.id, options.kid, options.issuer, pem, until=until)
    tell(f"{options.issuer} may hand people over to {operator.brand} with the key {options.kid}.")
    return 0


@command("handover end", help="believe a site’s key no more", configure=_configure_end)
def end(options: Namespace) -> int:
    operator = _operator(options.operator)
    with operator_scope(operator.id):
        ended = handover.end_key(operator.id, options.kid)
    tell(f"The key {options.kid} is " + ("believed no more." if ended else "over already."))
    return 0


@command("handover list", help="list the keys of sites", configure=_configure_operator)
def show(options: Namespace) -> int:
    operator = _operator(options.operator)
    with operator_scope(operator.id):
        rows = handover.keys(operator.id)
    for row in rows:
        until = f", until {row.until:%Y-%m-%d %H:%M} UTC" if row.until else ""
        tell(f"{row.kid}  {row.issuer}  since {row.since:%Y-%m-%d %H:%M} UTC{until}")
    if not rows:
        tell("No site hands people over yet.")
    return 0
