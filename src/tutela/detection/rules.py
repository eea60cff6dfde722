"""What counts as unusual access: pure rules over one entry of the journal at a time.

An entry gives signals; a signal that one actor gives more often within its window than the
threshold allows is an event (001 5.5.6, 002 “Безопасность”, 004 7.5.6; 152-FZ article 19(2)(6),
GDPR articles 32(2) and 33).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from tutela.core.vocabulary import Action, ActorKind
from tutela.journal.entries import Row
from tutela.policy.calendars import WorkingCalendar
from tutela.policy.model import Policy
from tutela.policy.parameters import HOUR, Parameter, is_whole, whole

CONTROL = "access.detect"


class Rule(StrEnum):
    BULK_READS = "bulk-reads"
    OFF_HOURS = "off-hours-reads"
    WITHOUT_CASE = "reads-without-case"
    REFUSALS = "refusals"
    SIGN_IN_FAILURES = "sign-in-failures"
    PUBLIC_READS = "public-reads"


class Severity(StrEnum):
    NOTICE = "notice"
    WARNING = "warning"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Threshold:
    """More than ``most`` different things (people read, refusals, failures) within ``window``."""

    most: int
    window: timedelta
    severity: Severity


DEFAULTS: Mapping[Rule, Threshold] = {
    Rule.BULK_READS: Threshold(30, timedelta(hours=1), Severity.ALARM),
    Rule.OFF_HOURS: Threshold(3, timedelta(hours=4), Severity.WARNING),
    Rule.WITHOUT_CASE: Threshold(10, timedelta(hours=12), Severity.WARNING),
    Rule.REFUSALS: Threshold(20, timedelta(hours=1), Severity.WARNING),
    Rule.SIGN_IN_FAILURES: Threshold(30, timedelta(hours=1), Severity.NOTICE),
    Rule.PUBLIC_READS: Threshold(0, timedelta(hours=1), Severity.ALARM),
}
"""For people: staff, representatives and those who sign in."""
OF_PROGRAMS: Mapping[Rule, Threshold] = {
    **DEFAULTS,
    Rule.BULK_READS: Threshold(1000, timedelta(hours=1), Severity.ALARM),
    Rule.REFUSALS: Threshold(200, timedelta(hours=1), Severity.WARNING),
}
"""For the operator's own programs, which read for many people at once as their ordinary work."""
PROGRAM = "application-"
"""What the parameter of a threshold for programs begins with: ``application-bulk-reads``."""
MOST = 5000
"""The largest threshold: what is counted lies in one row."""
HOURS = (time(7), time(21))
SETTLE_WITHIN = 72
"""Hours within which somebody has to say what was done about an event."""

PARAMETERS: Mapping[str, Parameter] = {
    **{str(each): whole(MOST) for each in Rule},
    **{f"{PROGRAM}{each}": whole(MOST) for each in (Rule.BULK_READS, Rule.REFUSALS)},
    "opens": HOUR,
    "closes": HOUR,
    "settle-within": whole(MOST),
}
"""What a policy may say at its binding to ``access.detect``."""

_READING = frozenset({Action.EXTRACTION, Action.ACCESS, Action.PROVISION})
_READERS = frozenset({ActorKind.STAFF, ActorKind.APPLICATION, ActorKind.REPRESENTATIVE})


@dataclass(frozen=True, slots=True)
class Signal:
    """``thing`` is what is counted once: a person who was read, or the entry itself."""

    rule: Rule
    thing: str


@dataclass(frozen=True, slots=True)
class Watch:
    """What one operator's policy calls unusual."""

    thresholds: Mapping[Rule, Threshold]
    of_programs: Mapping[Rule, Threshold]
    opens: time
    closes: time
    settle_within: timedelta
    calendar: WorkingCalendar

    def threshold(self, rule: Rule, who: ActorKind) -> Threshold:
        """What is still usual for a person or for a program."""
        return (self.of_programs if who is ActorKind.APPLICATION else self.thresholds)[rule]

    def outside_hours(self, moment: datetime) -> bool:
        here = self.calendar.local(moment)
        return not (
            self.calendar.is_working(here.date()) and self.opens <= here.time() < self.closes
        )


def watch_of(policy: Policy) -> Watch:
    """The thresholds of the policy: parameters of its binding to ``access.detect`` over the
    defaults. ``bulk-reads: 50`` changes a threshold for people, ``application-bulk-reads: 2000``
    the one for programs, ``opens`` and ``closes`` (``"08:00"``) the hours of work,
    ``settle-within`` the hours in which an event must be settled."""
    given: dict[str, Any] = {}
    for each in policy.bindings:
        if each.control == CONTROL:
            given.update(each.parameters)
    return Watch(
        thresholds=_thresholds(DEFAULTS, given, ""),
        of_programs=_thresholds(OF_PROGRAMS, given, PROGRAM),
        opens=_hour(given.get("opens"), HOURS[0]),
        closes=_hour(given.get("closes"), HOURS[1]),
        settle_within=timedelta(hours=_whole(given.get("settle-within"), SETTLE_WITHIN)),
        calendar=policy.calendar,
    )


def _thresholds(
    usual: Mapping[Rule, Threshold], given: Mapping[str, Any], prefix: str
) -> dict[Rule, Threshold]:
    return {
        rule: replace(each, most=_whole(given.get(f"{prefix}{rule}"), each.most))
        for rule, each in usual.items()
    }


def _whole(value: Any, usual: int) -> int:
    return value if is_whole(value, MOST) else usual


def _hour(value: Any, usual: time) -> time:
    try:
        return time.fromisoformat(str(value))
    except ValueError:
        return usual


def signals(watch: Watch, row: Row, has_case: Callable[[], bool]) -> Iterator[Signal]:
    """What one entry says. ``has_case`` tells whether something was to be done for the person at
    that moment, so that there was an occasion to read; it is asked only about reads of staff."""
    if row.kind.endswith("sign-in-failed"):
        yield Signal(Rule.SIGN_IN_FAILURES, str(row.id))
    elif row.kind.endswith(".bulk-read"):
        yield Signal(Rule.PUBLIC_READS, str(row.id))
    elif row.kind == "gate.refused" and row.actor.kind is not ActorKind.SYSTEM:
        yield Signal(Rule.REFUSALS, str(row.id))
    elif is_read(row):
        person = str(row.subject)
        yield Signal(Rule.BULK_READS, person)
        if row.actor.kind is ActorKind.STAFF:
            if watch.outside_hours(row.at):
                yield Signal(Rule.OFF_HOURS, person)
            if not has_case():
                yield Signal(Rule.WITHOUT_CASE, person)


def is_read(row: Row) -> bool:
    """Somebody who is not the person was permitted to read the person's data."""
    return (
        row.kind == "gate.permitted"
        and row.subject is not None
        and row.action in _READING
        and row.actor.kind in _READERS
    )


def bucket(moment: datetime, window: timedelta) -> datetime:
    """The half window that ``moment`` lies in; a count looks at this half and the one before, so
    that no edge between two windows can be used to hide."""
    epoch = datetime(2000, 1, 1, tzinfo=moment.tzinfo)
    half = window / 2
    return epoch + half * ((moment - epoch) // half)
