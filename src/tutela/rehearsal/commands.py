"""``tutela rehearse``: live a policy through before it is published."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from django.core import mail

from tutela.cli.commands import command
from tutela.core.errors import TutelaError
from tutela.policy.errors import PolicyErrors


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="scenario files (YAML)")
    parser.add_argument("--json", action="store_true", help="print one JSON document instead")


@command(
    "rehearse",
    help="play scenario files against a private instance with its own clock",
    configure=_configure,
)
def rehearse(arguments: Namespace) -> int:
    results = []
    passed = True
    for path in arguments.files:
        try:
            text, result, good = _one(path)
        except (TutelaError, PolicyErrors) as error:
            text, result, good = (
                str(error),
                {"file": str(path), "passed": False, "error": str(error)},
                False,
            )
        passed = passed and good
        results.append(result)
        if not arguments.json:
            sys.stdout.write(text + "\n\n")
            sys.stdout.flush()
    if arguments.json:
        json.dump(
            {"passed": passed, "scenarios": results}, sys.stdout, ensure_ascii=False, indent=2
        )
        sys.stdout.write("\n")
    return 0 if passed else 1


def _one(path: Path) -> tuple[str, dict[str, object], bool]:
    # Loaded where a scenario is played, for a quick start of everything else.
    from tutela.rehearsal import report, runner, scenario  # noqa: PLC0415
    from tutela.rehearsal.preparing import policy_of, private_instance  # noqa: PLC0415

    read = scenario.read(path)
    policy = policy_of(read)
    with private_instance():
        if hasattr(mail, "outbox"):
            mail.outbox.clear()
        outcome = runner.play(read, policy)
    return "\n".join(report.lines(outcome, policy)), report.as_json(outcome), outcome.passed
