"""``tutela policy cancel`` and ``post``: what is to come does not, or stands in a product now."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from uuid import UUID

from tutela.cli.commands import command
from tutela.cli.say import tell
from tutela.db.scope import operator_scope
from tutela.policy import actions, postings, scheduling
from tutela.policy.entries import REASONS
from tutela.policy.errors import NoPolicyInForce


def _operator(slug: str) -> UUID:
    row = actions.operator_by_slug(slug)
    if row is None:
        raise NoPolicyInForce(f"No operator “{slug}” is known here. Publish its policy first.")
    return row.id


def _configure_cancel(parser: ArgumentParser) -> None:
    parser.add_argument("operator", metavar="SLUG", help="whose version it is")
    parser.add_argument("number", type=int, help="the number of the version")
    parser.add_argument(
        "--reason", required=True, choices=tuple(REASONS), help="why; it is journalled"
    )


@command(
    "policy cancel",
    help="cancel a version that has not taken force yet",
    configure=_configure_cancel,
)
def cancel(options: Namespace) -> int:
    operator = _operator(options.operator)
    with operator_scope(operator):
        scheduling.cancel(operator, options.number, options.reason)
    tell(f"Version {options.number} will not take force.")
    return 0


def _configure_post(parser: ArgumentParser) -> None:
    parser.add_argument("operator", metavar="SLUG", help="whose version it is")
    parser.add_argument("place", help="the product, or the slug of the site, as in policy.yaml")
    parser.add_argument("--number", type=int, help="the number of the version (the one in force)")


@command(
    "policy post",
    help="say that a version stands in a product now, so that it takes force there",
    configure=_configure_post,
)
def post(options: Namespace) -> int:
    operator = _operator(options.operator)
    with operator_scope(operator):
        number = options.number or actions.in_force(operator).number
        row = postings.post(operator, options.place, number)
    tell(f"Version {row.number} is in force in {row.place} since {row.posted_at.isoformat()}.")
    return 0
