"""What ends when: counted by month, and, for any moment, what would go and what would stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth

from tutela.gate import actions as gate
from tutela.policy import actions as policies
from tutela.retention import anonymising, destroying, sweeping
from tutela.retention.models import Schedule
from tutela.retention.obstacles import obstacles
from tutela.retention.rules import AFTER_EXCEPTION, Ground
from tutela.vault import actions as vault

LISTED = 200
"""So many people one list of a dry run names at most."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Records by the month in which a rule ends them, by the event they wait for, and the rest:
    ``over`` have ended and are still there, ``unlimited`` have a rule without an end, ``endless``
    have no rule at all. ``rules`` counts the records by rule."""

    months: Mapping[date, int]
    waits: Mapping[str, int]
    rules: Mapping[str, int]
    over: int
    unlimited: int
    endless: int

    def within(self, today: date, months: int) -> int:
        """How many a rule ends in so many months, this one among them."""
        last = today.year * 12 + today.month + months
        return sum(
            times for each, times in self.months.items() if each.year * 12 + each.month < last
        )

    @property
    def dated(self) -> int:
        return sum(self.months.values())


def forecast(operator_id: UUID, now: datetime) -> Forecast:
    """Counted from the rows of the schedule; a record under two rules counts for each."""
    zone = ZoneInfo(policies.in_force(operator_id).operator.time_zone)
    rows = _waiting(operator_id)
    ahead = rows.filter(ends_at__gt=now).annotate(month=TruncMonth("ends_at", tzinfo=zone))
    events = _counted(rows.filter(ends_at__isnull=True), "until")
    known = Schedule.objects.filter(operator_id=operator_id, record=OuterRef("id"))
    return Forecast(
        months={moment.date(): times for moment, times in _counted(ahead, "month").items()},
        waits={event: times for event, times in events.items() if event},
        rules=_counted(rows, "rule"),
        over=rows.filter(ends_at__lte=now).values("record").distinct().count(),
        unlimited=events.get("", 0),
        endless=vault.all_records(operator_id).filter(~Exists(known)).count(),
    )


def _waiting(operator_id: UUID) -> QuerySet[Schedule]:
    rows = Schedule.objects.filter(operator_id=operator_id, done_at__isnull=True)
    return rows.exclude(rule=AFTER_EXCEPTION)


def _counted(rows: QuerySet[Schedule], column: str) -> dict[Any, int]:
    counted = rows.values_list(column).annotate(times=Count("record", distinct=True))
    return dict(counted.order_by(column))


@dataclass(frozen=True, slots=True)
class Planned:
    """What a purge would do about one person: fields that go and stay, by how many records; the
    set into which what goes is turned before, if one is declared for it; the grounds of those
    that stay; and what makes it impossible now, if anything does."""

    subject_id: UUID
    rule: str
    clause: str
    ended_at: datetime
    records: int
    goes: int
    stays: int
    whole: bool
    into: str
    grounds: tuple[Ground, ...]
    hindrance: str


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would go at ``at``. ``people`` and ``records`` are all there are, ``lines`` the first
    of them, the earliest end first."""

    at: datetime
    people: int
    records: int
    lines: Sequence[Planned]


def dry_run(operator_id: UUID, at: datetime, limit: int = LISTED) -> DryRun:
    """What has ended by ``at`` and would be looked at; changes nothing and locks nothing. What
    will be decided until then is not known: standings are taken as they are now."""
    ended = Schedule.objects.filter(
        Q(rule=AFTER_EXCEPTION, next_at__lte=at) | ~Q(rule=AFTER_EXCEPTION),
        operator_id=operator_id,
        done_at__isnull=True,
        ends_at__lte=at,
    )
    counted = ended.aggregate(
        people=Count("subject_id", distinct=True), records=Count("record", distinct=True)
    )
    rows: dict[UUID, list[Schedule]] = {}
    for row in ended.order_by("ends_at", "id")[: limit * 5]:
        rows.setdefault(row.subject_id, []).append(row)
    lines = [_planned(operator_id, *each, at) for each in list(rows.items())[:limit]]
    return DryRun(at, counted["people"], counted["records"], lines)


def _planned(operator_id: UUID, subject: UUID, rows: list[Schedule], at: datetime) -> Planned:
    standing = gate.standing(operator_id, subject)
    case = destroying.examine(operator_id, subject, standing, sweeping.order_of(rows), at)
    stays = Counter(slug for fields in case.plan.kept.values() for slug in fields)
    hindrances = obstacles(operator_id, subject)
    first = rows[0]
    return Planned(
        subject_id=subject,
        rule=first.rule,
        clause=first.clause,
        ended_at=first.ends_at or at,
        records=len(case.plan.destroy),
        goes=sum(len(each) for each in case.plan.destroy.values()),
        stays=sum(stays.values()),
        whole=bool(case.plan.destroy) and case.plan.whole,
        into="" if hindrances else anonymising.will_become(case.policy, rows, case.plan),
        grounds=tuple(sorted(case.plan.grounds(), key=lambda each: (each.kind, each.name))),
        hindrance=hindrances[0].reason if hindrances else "",
    )
