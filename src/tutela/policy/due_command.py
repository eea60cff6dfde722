"""``tutela due``: when a term is over, counted as a policy would count it, with the reasons."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from tutela.cli.commands import command
from tutela.core.errors import TutelaError
from tutela.core.vocabulary import LANGUAGES
from tutela.policy.calendars import ROLLS, CalendarError, WorkingCalendar
from tutela.policy.terms import Due, Term, TermError, compute

NOON = time(12)


class NotCountable(TutelaError):
    """The term, the calendar or the moment cannot be counted with; the message says why."""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("term", help="such as “10 working days”, “24 hours” or “5 лет”")
    parser.add_argument(
        "--from",
        dest="start",
        required=True,
        metavar="MOMENT",
        help="2024-06-03 (noon there), 2024-06-03T09:30 or 2024-06-07T22:15Z",
    )
    parser.add_argument("--calendar", default="none", help="RU, KZ, KG, US-FL, SI, … or none")
    parser.add_argument("--zone", default="UTC", help="the time zone whose days are counted")
    parser.add_argument("--extension", help="a term by which it is extended once")
    parser.add_argument(
        "--count-receipt", action="store_true", help="count the day of the event as the first"
    )
    parser.add_argument(
        "--roll", choices=ROLLS, default="none", help="what happens if the last day is a day off"
    )
    for name, noun in (("holiday", "a day off"), ("working-day", "a day worked")):
        parser.add_argument(
            f"--{name}",
            type=date.fromisoformat,
            action="append",
            default=[],
            metavar="DAY",
            help=f"{noun} of one's own; may be repeated",
        )
    parser.add_argument("--json", action="store_true", help="print one JSON document instead")
    parser.add_argument("--language", choices=LANGUAGES, default="en")


@command(
    "due",
    help="count a term by a working calendar and explain the date",
    configure=_configure,
    database=False,
)
def due_command(arguments: Namespace) -> int:
    due = _counted(arguments)
    explained = due.computation.explain(arguments.language)
    if arguments.json:
        document = {
            "last_day": due.last_day.isoformat() if due.last_day else None,
            "due": due.at.isoformat(),
            "explained": explained,
            "computation": due.computation.to_json(),
        }
        json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        sys.stdout.write(f"{explained}\n")
    return 0


def _counted(arguments: Namespace) -> Due:
    try:
        calendar = WorkingCalendar(
            arguments.calendar,
            arguments.zone,
            day_of_receipt_counts=arguments.count_receipt,
            holidays_added=arguments.holiday,
            working_days_added=arguments.working_day,
            roll=arguments.roll,
        )
        extension = Term.parse(arguments.extension) if arguments.extension else None
        start = _moment(arguments.start, arguments.zone)
        return compute(Term.parse(arguments.term), start, calendar, extension=extension)
    except (TermError, CalendarError) as error:
        raise NotCountable(f"{error.sentence} {error.hint}") from None


def _moment(text: str, zone: str) -> datetime:
    try:
        if len(text) == len("2024-06-03"):
            return datetime.combine(date.fromisoformat(text), NOON, ZoneInfo(zone))
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise NotCountable(
            f"“{text}” is no moment; write 2024-06-03, 2024-06-03T09:30 or 2024-06-07T22:15Z."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
