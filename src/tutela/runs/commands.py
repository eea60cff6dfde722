"""``tutela runs``: the end or the sale of the business, how far it has come, what it would do."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tutela.cli.commands import command
from tutela.cli.say import tell
from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.journal.commands import find_operator
from tutela.runs import actions, carrying, handing, planning
from tutela.runs.wording import RunKind
from tutela.vault.backups.sealing import Opener


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("operator", help="the operator's slug or identifier")
    parser.add_argument("--dry-run", choices=list(RunKind), help="list what such a run would do")
    parser.add_argument("--buyer", default="", help="the recipient of the policy that buys")
    parser.add_argument("--go-on", action="store_true", help="carry on now, as the worker does")


@command(
    "runs",
    help="show the end or the sale of the business: how far it has come, or what it would do",
    configure=_configure,
)
def runs_command(arguments: Namespace) -> int:
    operator_id = find_operator(arguments.operator)
    if arguments.go_on:
        tell(f"{carrying.sweep(operator_id, clock.now())} letters and people")
    with operator_scope(operator_id):
        if arguments.dry_run:
            dry = planning.dry_run(operator_id, arguments.dry_run, arguments.buyer)
            tell(f"{dry.people} people; the first of them:")
            for each in dry.lines:
                passes = ", ".join(each.handed) or "nothing"
                tell(f"  {each.subject_id}  {passes} over; {each.goes} go, {each.stays} stay")
            return 0
        for row in actions.runs(operator_id):
            counts = f"{row.handed} handed over, {row.destroyed} destroyed, {row.kept} kept"
            tell(f"{row.id}  {row.kind}  {row.step(clock.now())}  {row.told} letters, {counts}")
    return 0


def _configure_opening(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the file that the seller has given")
    parser.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="the private half of your key"
    )


@command(
    "runs open",
    help="open the file of a sale with the buyer's private key; one JSON line a person",
    configure=_configure_opening,
    database=False,
)
def open_command(arguments: Namespace) -> int:
    private = load_pem_private_key(arguments.key.read_bytes(), password=None)
    if not isinstance(private, X25519PrivateKey):
        raise SystemExit("This file holds no private key of the right kind (X25519).")
    for said in handing.opened(arguments.file, Opener(private=private)):
        tell(json.dumps(said, ensure_ascii=False))
    return 0
