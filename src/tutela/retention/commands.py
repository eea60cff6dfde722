"""``tutela ending``, ``tutela purge``, ``tutela scrub`` and ``tutela acts``: what ends, its end,
what is left of it in files, and its proof."""

from __future__ import annotations

import json
import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tutela.cli.commands import command
from tutela.cli.say import progress, tell
from tutela.core import clock
from tutela.core.vocabulary import LANGUAGES
from tutela.db.scope import operator_scope
from tutela.journal.commands import find_operator
from tutela.policy import actions as policies
from tutela.retention import forecasting, purging, registers, scrubbing
from tutela.retention.rawpapers import scrub_pdf


def _operator(parser: ArgumentParser) -> None:
    parser.add_argument("operator", help="the operator's slug or identifier")


def _configure(parser: ArgumentParser) -> None:
    _operator(parser)
    parser.add_argument(
        "--by",
        type=date.fromisoformat,
        metavar="DAY",
        help="list what would go by the end of this day, such as 2027-01-31; now, if left out",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document instead")


@command(
    "ending",
    help="forecast what ends when, and list what a purge would destroy and keep; changes nothing",
    configure=_configure,
)
def ending_command(arguments: Namespace) -> int:
    operator_id = find_operator(arguments.operator)
    with operator_scope(operator_id):
        now = clock.now()
        zone = ZoneInfo(policies.in_force(operator_id).operator.time_zone)
        by = arguments.by
        at = datetime.combine(by, time.max, zone).astimezone(UTC) if by else now
        found = forecasting.forecast(operator_id, now)
        dry = forecasting.dry_run(operator_id, at)
    if arguments.json:
        tell(json.dumps(_document(found, dry), default=str, indent=2))
    else:
        _print(found, dry)
    return 0


def _document(found: forecasting.Forecast, dry: forecasting.DryRun) -> dict[str, object]:
    counted = asdict(found)
    counted["months"] = {f"{month:%Y-%m}": times for month, times in found.months.items()}
    return {"forecast": counted, "dry_run": asdict(dry)}


def _print(found: forecasting.Forecast, dry: forecasting.DryRun) -> None:
    """One line a month, then one line a person: who, by which rule, what goes and what stays."""
    for month, times in sorted(found.months.items()):
        tell(f"{month:%Y-%m}  {times}")
    for event, times in found.waits.items():
        tell(f"until {event}  {times}")
    tell(f"over  {found.over}; without a limit  {found.unlimited}; without a rule  {found.endless}")
    tell(f"By {dry.at:%Y-%m-%d %H:%M} UTC: {dry.people} people, {dry.records} records")
    for each in dry.lines:
        goes = "everything" if each.whole else f"{each.goes} values"
        kept = ", ".join(sorted({f"{one.kind}.{one.name}" for one in each.grounds}))
        stays = f"; {each.stays} stay ({kept})" if each.stays else ""
        waits = f"; not now: {each.hindrance}" if each.hindrance else ""
        turned = f", anonymised into {each.into}" if each.into else ""
        tell(f"  {each.subject_id}  {each.rule} {each.clause}  {goes}{turned}{stays}{waits}")


def _configure_purge(parser: ArgumentParser) -> None:
    _operator(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="only list what would go now, as “tutela ending”"
    )


@command(
    "purge",
    help="destroy now what has ended, as the worker does every night; safe to stop and repeat",
    configure=_configure_purge,
)
def purge_command(arguments: Namespace) -> int:
    operator_id = find_operator(arguments.operator)
    if arguments.dry_run:
        with operator_scope(operator_id):
            now = clock.now()
            _print(forecasting.forecast(operator_id, now), forecasting.dry_run(operator_id, now))
        return 0
    made = purging.purge(operator_id, clock.now(), lambda each: progress(_figures(each)))
    tell(_figures(made))
    return 1 if made.failed else 0


def _figures(made: purging.Progress) -> str:
    return (
        f"{made.done} people done, {made.failed} failed and tried again later; "
        f"{made.rate:.1f} a second, longest lock {made.longest * 1000:.0f} ms, "
        f"{made.memory:.0f} MB"
    )


def _configure_scrub(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        help="the data directory of a PostgreSQL of your own, if this command may read it",
    )
    parser.add_argument(
        "--to", type=Path, metavar="FOLDER", help="write the acts there, as JSON and as PDF/A"
    )


@command(
    "scrub",
    help="rewrite the tables, each locked meanwhile, and search the files for what was destroyed; "
    "safe to stop and repeat",
    configure=_configure_scrub,
)
def scrub_command(arguments: Namespace) -> int:
    made = scrubbing.scrub(progress, arguments.data)
    for step, done in made.steps.items():
        tell(f"{step}: {'done' if done else 'could not be done'}")
    longest = max(made.locks, key=lambda each: made.locks[each])
    tell(f"longest lock: {made.locks[longest] * 1000:.0f} ms, of {longest}")
    if made.found is not None:
        size = made.found.size / 1e6
        tell(
            f"{made.values} destroyed values looked for in {made.found.files} files, {size:.0f} MB"
        )
        for place, count in made.found.hits:
            tell(f"  found in {place}: {count}")
    for each in made.acts:
        document = each["document"]
        tell(f"{document['operator']['slug']}: act {document['id']}")
        if arguments.to is not None:
            _write_scrub(arguments.to, each)
    if made.failed:
        tell("Nothing was stated; end what still looks at old rows or keeps the log, and repeat.")
    return int(made.failed)


def _write_scrub(folder: Path, envelope: Mapping[str, Any]) -> None:
    said = envelope["document"]
    name = folder / f"raw-bytes-{said['operator']['slug']}-{said['made_at'][:10]}"
    folder.mkdir(parents=True, exist_ok=True)
    name.with_suffix(".json").write_text(json.dumps(envelope, indent=2), encoding="utf-8")
    for language in LANGUAGES:
        paper = name.with_name(f"{name.name}-{language}.pdf")
        paper.write_bytes(scrub_pdf(envelope, language))


def _year(text: str) -> int:
    if not re.fullmatch("(19|20|21)[0-9]{2}", text):
        raise ArgumentTypeError("write a year, such as 2027")
    return int(text)


def _configure_acts(parser: ArgumentParser) -> None:
    _operator(parser)
    parser.add_argument("--year", type=_year, help="the acts of one year only")
    parser.add_argument(
        "--as",
        dest="what",
        choices=[*registers.Case, "report"],
        default="automated",
        help="automated: the export from the log that goes with the acts; manual: the register of "
        "the acts, with method and medium; report: counts for an authority, as JSON",
    )
    parser.add_argument("--language", choices=LANGUAGES, default="en")


@command(
    "acts",
    help="print the register of acts of destruction as CSV, or a report of erasures as JSON",
    configure=_configure_acts,
)
def acts_command(arguments: Namespace) -> int:
    operator_id = find_operator(arguments.operator)
    with operator_scope(operator_id):
        if arguments.what == "report":
            year = arguments.year
            since = datetime(year or 1970, 1, 1, tzinfo=UTC)
            until = datetime(year + 1, 1, 1, tzinfo=UTC) if year else clock.now()
            tell(json.dumps(registers.report(operator_id, since, until), indent=2))
        else:
            case = registers.Case(arguments.what)
            text = registers.export(operator_id, arguments.language, case, year=arguments.year)
            tell(text.rstrip())
    return 0
