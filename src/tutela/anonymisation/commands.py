"""``tutela anonymised``: what stays of data whose people were forgotten."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from uuid import UUID

from tutela.anonymisation import actions, joining
from tutela.cli.commands import command
from tutela.cli.say import tell
from tutela.core.errors import NotFound, TutelaError
from tutela.db.scope import operator_scope
from tutela.policy import actions as policies


class NoSuchOperator(NotFound):
    """No operator of this slug is published here."""


def _operator(slug: str) -> UUID:
    found = policies.operator_by_slug(slug)
    if found is None:
        raise NoSuchOperator(f"There is no operator “{slug}” here; publish its policy first.")
    return found.id


def _configure_list(parser: ArgumentParser) -> None:
    parser.add_argument("operator", help="the slug of the operator")


@command(
    "anonymised list",
    help="show the sets of data about nobody, and how they were measured",
    configure=_configure_list,
)
def listed(options: Namespace) -> int:
    operator = _operator(options.operator)
    with operator_scope(operator):
        for each in actions.runs(operator):
            tell(
                f"{each.at:%Y-%m-%d}  {each.slug}  "
                f"{'refused' if each.refused else f'{each.people} people'}, "
                f"{each.turned_away} turned away, k {each.found['k']} of {each.asked['k']}, "
                f"l {each.found['l']} of {each.asked['l']}, found again {each.found['found']}"
            )
    return 0


def _configure_export(parser: ArgumentParser) -> None:
    _configure_list(parser)
    parser.add_argument("set", help="the slug of the set")
    parser.add_argument("--counts", action="store_true", help="the aggregated fields instead")


@command(
    "anonymised export",
    help="print the rows of a set as CSV, each with the number of people it stands for",
    configure=_configure_export,
)
def export(options: Namespace) -> int:
    operator = _operator(options.operator)
    with operator_scope(operator):
        actions.set_of(policies.in_force(operator), options.set)
        if options.counts:
            found = actions.counts_of(operator, options.set)
            rows = [({"field": name, "value": value}, times) for name, value, times in found]
        else:
            rows = actions.rows_of(operator, options.set)
    tell(joining.written(rows).rstrip())
    return 0


def _configure_combine(parser: ArgumentParser) -> None:
    _configure_list(parser)
    parser.add_argument("set", help="the slug of the set")
    parser.add_argument("other", help="the name of the other set, as the policy has it")
    parser.add_argument("table", type=Path, help="the other set, a file of CSV")


@command(
    "anonymised combine",
    help="combine a set with another’s, if the policy allows it and nobody can be told from both",
    configure=_configure_combine,
)
def combine(options: Namespace) -> int:
    operator = _operator(options.operator)
    table = options.table.read_text(encoding="utf-8")
    try:
        with operator_scope(operator):
            made = actions.combine(operator, options.set, options.other, table)
    except TutelaError as refusal:
        with operator_scope(operator):
            refusal.afterwards()
        raise
    tell(made.rstrip())
    return 0
