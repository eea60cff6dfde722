"""Counting visits and telling the counts. The caller has opened ``operator_scope``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.vocabulary import Action, Actor, ActorKind
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.stats import rules
from tutela.stats.entries import VisitsCounted
from tutela.stats.errors import NotCounted, OtherPurpose
from tutela.stats.models import Count
from tutela.stats.rules import Terms

_ADD = """
INSERT INTO stats_count (operator_id, day, page, device, language, visits)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (operator_id, day, page, device, language)
DO UPDATE SET visits = stats_count.visits + EXCLUDED.visits
"""


@dataclass(frozen=True, slots=True)
class Visits:
    """``visits`` of one page from one kind of device in one language; words that are not of the
    lists are counted as “other”."""

    page: str
    device: str
    language: str
    visits: int


@dataclass(frozen=True, slots=True)
class Series:
    """One series of figures; None stands for one that is too small to be told."""

    figures: dict[str, int | None]
    total: int | None


@dataclass(frozen=True, slots=True)
class Report:
    purpose: str
    fewest: int
    since: date
    until: date
    weeks: Series
    pages: Series
    devices: Series


def terms(operator_id: UUID) -> Terms:
    """What the policy says of statistics; raises ``NotCounted``."""
    said = rules.terms_of(policies.in_force(operator_id))
    if said is None:
        raise NotCounted(_("The policy names no purpose for statistics, so nothing is counted."))
    return said


def count(operator_id: UUID, visits: Iterable[Visits], *, actor: Actor) -> int:
    """Add visits to today's counts; how many figures were added to. Nothing else is kept of them.

    Raises ``NotCounted`` where the policy names no purpose, and ``OtherPurpose`` where the key of
    a program does not list that purpose.
    """
    said, policy = terms(operator_id), policies.in_force(operator_id)
    scope = actor.scope
    if actor.kind is ActorKind.APPLICATION and (
        scope is None or said.purpose not in scope.purposes
    ):
        raise OtherPurpose(_("This key is not for the purpose that statistics serve here."))
    cells: Counter[tuple[str, str, str]] = Counter()
    for each in visits:
        cell = (
            rules.known(each.page, rules.PAGES),
            rules.known(each.device, rules.DEVICES),
            rules.known(each.language, rules.LANGUAGES),
        )
        cells[cell] += each.visits
    day = policy.calendar.local_day(clock.now())
    with connection.cursor() as cursor:
        for cell, number in sorted(cells.items()):
            cursor.execute(_ADD, [operator_id, day, *cell, number])
    if cells:
        done = VisitsCounted(
            actor=actor,
            action=Action.DEPERSONALIZATION,
            purpose=said.purpose,
            clause=policy.clause_of(rules.STATS),
            policy_version=policy.number,
            cells=len(cells),
        )
        journal.append(operator_id, done)
    return len(cells)


def report(operator_id: UUID, *, weeks: int = 8) -> Report:
    """The counts of the last whole weeks, without what is too small; raises ``NotCounted``."""
    said = terms(operator_id)
    today = policies.in_force(operator_id).calendar.local_day(clock.now())
    monday = today - timedelta(days=today.weekday())
    since = monday - timedelta(weeks=weeks - 1)
    rows = Count.objects.filter(operator_id=operator_id, day__gte=since, day__lte=today)
    by_week = {(since + timedelta(weeks=n)).isoformat(): 0 for n in range(weeks)}
    for each in rows.values("day").annotate(sum=Sum("visits")):
        first = each["day"] - timedelta(days=each["day"].weekday())
        by_week[first.isoformat()] += each["sum"]
    return Report(
        purpose=said.purpose,
        fewest=said.fewest,
        since=since,
        until=today,
        weeks=_series(by_week, said),
        pages=_series(_sums(rows, "page"), said),
        devices=_series(_sums(rows, "device"), said),
    )


def _sums(rows: Any, name: str) -> dict[str, int]:
    found = rows.values(name).annotate(sum=Sum("visits")).order_by("-sum", name)
    return {each[name]: each["sum"] for each in found}


def _series(counts: dict[str, int], said: Terms) -> Series:
    figures = rules.told(counts, said.fewest)
    return Series(figures, rules.total(figures, counts, said.fewest))


def strange_words(operator_id: UUID) -> int:
    """How many rows hold a word that is not of the closed lists; anything but 0 is a breach."""
    rows = Count.objects.filter(operator_id=operator_id)
    clean = rows.filter(
        page__in=rules.PAGES, device__in=rules.DEVICES, language__in=rules.LANGUAGES
    )
    return rows.count() - clean.count()


def figures(operator_id: UUID) -> int:
    return Count.objects.filter(operator_id=operator_id).count()
