"""``tutela policy check``, ``show`` and ``diff``; ``tutela due`` stands beside."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from tutela.cli.commands import command
from tutela.core.errors import TutelaError
from tutela.core.vocabulary import LANGUAGES
from tutela.journal.commands import OPERATOR_FINDERS
from tutela.policy import differences, due_command, version_commands
from tutela.policy.actions import operator_by_slug
from tutela.policy.coverage import Coverage
from tutela.policy.folders import Report, check, load_folder
from tutela.policy.model import Policy

BESIDE = (due_command, version_commands)
"""Modules of this room that register commands of their own."""


def _by_slug(slug: str) -> UUID | None:
    row = operator_by_slug(slug)
    return row.id if row else None


OPERATOR_FINDERS.register("slug", _by_slug)


def _language(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--language", choices=LANGUAGES, default="en", help="the language to report in"
    )


def _configure_check(parser: ArgumentParser) -> None:
    parser.add_argument(
        "path", type=Path, help="the folder of one operator, or a folder of such folders"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document instead")
    _language(parser)


@command(
    "policy check",
    help="check an operator's folder and show which clauses are bound",
    configure=_configure_check,
    database=False,
)
def check_command(arguments: Namespace) -> int:
    with translation.override(arguments.language):
        reports = check(arguments.path)
        if arguments.json:
            document = {
                "passed": not any(report.errors for report in reports),
                "operators": [report.to_json() for report in reports],
            }
            json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
            sys.stdout.write("\n")
        else:
            sys.stdout.write("\n\n".join("\n".join(_lines(each)) for each in reports) + "\n")
    return 1 if any(report.errors for report in reports) else 0


def _lines(report: Report) -> Iterator[str]:
    yield _title(report)
    for finding in report.findings:
        yield f"  {finding}"
    if report.coverage:
        yield from _coverage(report.coverage)
    if report.policy:
        yield from _settled(report)
        yield from _assumptions(report.policy, translation.get_language() or "en")
    errors, warnings = len(report.errors), len(report.warnings)
    if errors:
        yield "  " + ngettext(
            "%(count)d error: nothing was loaded.", "%(count)d errors: nothing was loaded.", errors
        ) % {"count": errors}
    else:
        yield "  " + _("No errors.")
    if warnings:
        yield "  " + ngettext("%(count)d warning.", "%(count)d warnings.", warnings) % {
            "count": warnings
        }


def _title(report: Report) -> str:
    if report.policy is None:
        return report.name
    return _("%(brand)s (%(slug)s), version %(number)d of %(dated)s") % {
        "brand": report.policy.operator.brand,
        "slug": report.policy.operator.slug,
        "number": report.policy.number,
        "dated": report.policy.dated.isoformat(),
    }


def _coverage(coverage: Coverage) -> Iterator[str]:
    figures = (
        (pgettext("count of clauses", "clauses"), coverage.total),
        (pgettext("count of clauses", "bound"), len(coverage.bound)),
        (
            pgettext("count of clauses", "bound with the clause they stand in"),
            len(coverage.through),
        ),
        (pgettext("count of clauses", "informative"), len(coverage.informative)),
        (pgettext("count of clauses", "only introduce a list"), len(coverage.leads)),
        (pgettext("count of clauses", "unbound"), len(coverage.unbound)),
    )
    for title, figure in figures:
        yield f"  {figure:>5}  {title}"
    if coverage.unbound:
        yield f"         {', '.join(coverage.unbound)}"


def _settled(report: Report) -> Iterator[str]:
    settled = [each for each in report.contradictions if each.settled_by]
    if settled:
        yield "  " + _("Contradictions that assumptions settle:")
    for each in settled:
        clauses = f" ({', '.join(each.clauses)})" if each.clauses else ""
        yield f"    {each.code}{clauses}: {each.message} → {', '.join(each.settled_by)}"


def _assumptions(policy: Policy, language: str) -> Iterator[str]:
    if policy.assumptions:
        yield "  " + _("Assumptions:")
    for slug, each in policy.assumptions.items():
        clauses = f" ({', '.join(each.clauses)})" if each.clauses else ""
        yield f"    {slug}{clauses}: {each.text.get(language, '')}"


def _configure_diff(parser: ArgumentParser) -> None:
    parser.add_argument("before", type=Path, help="the folder of the earlier version")
    parser.add_argument("after", type=Path, help="the folder of the later version")
    parser.add_argument("--json", action="store_true", help="print one JSON document instead")
    _language(parser)


@command(
    "policy diff",
    help="show what changes from one version of a policy to another, clause by clause",
    configure=_configure_diff,
    database=False,
)
def diff_command(arguments: Namespace) -> int:
    with translation.override(arguments.language):
        try:
            before, after = load_folder(arguments.before), load_folder(arguments.after)
        except TutelaError as error:
            sys.stderr.write(f"{error}\n")
            return 2
        found = differences.between(before, after, arguments.language)
        terms = differences.terms(before, after, arguments.language)
        sentences = differences.sentences(before, after, arguments.language)
        if arguments.json:
            document = {
                "clauses": [each.to_json() for each in found],
                "terms": [asdict(each) for each in terms],
                "consents": [each.to_json() for each in sentences],
            }
            json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
            sys.stdout.write("\n")
        else:
            for each in terms:
                changed = f"{each.before or '—'} → {each.after or '—'}"
                sys.stdout.write(f"{each.section}.{each.slug}: {changed}\n")
            for said in sentences:
                sys.stdout.write(f"purposes.{said.purpose}\n")
                sys.stdout.writelines(f"{line}\n" for line in differences.sides(said))
            sys.stdout.writelines(f"{line}\n" for line in differences.lines(found))
    return 1 if found or terms or sentences else 0


def _configure_show(parser: ArgumentParser) -> None:
    parser.add_argument("path", type=Path, help="the folder of one operator")
    parser.add_argument("ref", help="a clause, such as 9.4, 2.10/b7(d) or Preamble/p2")
    _language(parser)


@command(
    "policy show",
    help="show one clause of an operator's policy and what carries it out",
    configure=_configure_show,
    database=False,
)
def show_command(arguments: Namespace) -> int:
    with translation.override(arguments.language):
        try:
            policy = load_folder(arguments.path)
        except TutelaError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        clause = policy.clause(arguments.ref, arguments.language)
        if clause is None:
            sentence = _("The text has no clause “%(ref)s”.") % {"ref": arguments.ref}
            sys.stderr.write(f"{sentence}\n")
            return 1
        sys.stdout.write(f"{clause.ref}  {policy.passage(clause.ref, arguments.language)}\n")
        original = policy.clause(arguments.ref)
        for binding in policy.bindings_of(original.ref if original else ""):
            sys.stdout.write(f"  {binding.control}  ({binding.declaration}: {binding.clause})\n")
    return 0
