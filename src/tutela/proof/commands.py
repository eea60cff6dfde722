"""``tutela proof``: the verdict of the proof page, on the command line."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace

from django.utils import translation
from django.utils.translation import gettext as _

from tutela.cli.commands import command
from tutela.cli.say import tell
from tutela.core.controls import ClauseState
from tutela.core.vocabulary import LANGUAGES
from tutela.db.scope import operator_scope
from tutela.journal.commands import find_operator
from tutela.proof import actions
from tutela.proof.actions import Verdict
from tutela.web.components import STATES

BROKEN = 1
"""The exit code when a clause is broken."""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("operator", help="the operator's slug or identifier")
    parser.add_argument("--json", action="store_true", help="print one JSON document instead")
    parser.add_argument(
        "--language", choices=LANGUAGES, default="en", help="the language to report in"
    )


@command(
    "proof",
    help="ask clause by clause whether the policy in force is kept; exit code 1 if one is broken",
    configure=_configure,
)
def proof_command(arguments: Namespace) -> int:
    operator_id = find_operator(arguments.operator)
    with translation.override(arguments.language):
        with operator_scope(operator_id):
            verdict = actions.judge(operator_id, arguments.language)
        if arguments.json:
            document = actions.to_json(verdict, arguments.language)
            tell(json.dumps(document, ensure_ascii=False, indent=2))
        else:
            _print(verdict)
    return BROKEN if verdict.counts[ClauseState.BROKEN] else 0


def _print(verdict: Verdict) -> None:
    """One line for each clause: its reference, its state, what was counted."""
    operator = verdict.policy.operator.brand
    tell(
        _("%(operator)s, version %(number)s of the policy")
        % {"operator": operator, "number": verdict.policy.number}
    )
    for each in verdict.clauses:
        figures = " · ".join(map(str, each.figures))
        tell(f"  {each.clause.ref:<16} {STATES[str(each.state)][1]!s:<22} {figures}".rstrip())
    counts = ", ".join(
        f"{STATES[str(state)][1]}: {count}" for state, count in verdict.counts.items()
    )
    tell(counts)
