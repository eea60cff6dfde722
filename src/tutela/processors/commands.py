"""``tutela processors``: which processors were told to destroy, and what they answered."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from tutela.cli.commands import command
from tutela.cli.say import tell
from tutela.db.scope import operator_scope
from tutela.journal.commands import find_operator
from tutela.processors import actions


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("operator", help="the operator's slug or identifier")
    parser.add_argument("--open", action="store_true", help="only those whose answer is awaited")
    parser.add_argument("--json", action="store_true", help="print one JSON document instead")


@command(
    "processors",
    help="list the processors that were told to destroy their copies, and what they answered",
    configure=_configure,
)
def processors_command(arguments: Namespace) -> int:
    """Ends with 1 while an answer is overdue, so that a watch can call it."""
    operator_id = find_operator(arguments.operator)
    with operator_scope(operator_id):
        rows = actions.commands(operator_id, open_only=arguments.open, limit=10_000)
    if arguments.json:
        said = [asdict(each) | {"state": each.state} for each in rows]
        tell(json.dumps(said, default=str, indent=2))
    else:
        for each in rows:
            due = f"{each.due_at:%Y-%m-%d %H:%M}" if each.due_at else "no term"
            tell(f"{each.id}  {each.recipient}  {each.state}  {due}  act {each.act}")
    return int(any(each.state == "overdue" for each in rows))
