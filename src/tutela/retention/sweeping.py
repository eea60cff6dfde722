"""Destroying what its retention rule has ended: each person in a transaction of their own."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet

from tutela.core.errors import TutelaError
from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate.standing import Block
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.obligations import rules as terms
from tutela.policy import actions as policies
from tutela.retention.acts import ActRow, Because, Kind
from tutela.retention.destroying import (
    ENDED,
    Case,
    Order,
    carry_out,
    carry_out_whole,
    close_schedule,
    examine_many,
    look,
)
from tutela.retention.entries import EndedDataBlocked, SweepFailed
from tutela.retention.handling import block_subject
from tutela.retention.models import Act, Schedule
from tutela.retention.obstacles import obstacles, with_obstacles
from tutela.retention.rules import AFTER_EXCEPTION
from tutela.retention.wording import Reason

REACHED = "purpose.reached"
BATCH = 1000
TOGETHER = 500
"""So many people are ended in one transaction at most."""
FEW = 10
"""Fewer than that are not worth a transaction: what it costs anyway is more than what they do."""
LONG = 1.0
"""Seconds that such a transaction shall not take longer than. Nobody else waits for these people:
whoever still used their data would keep it from having ended."""
RETRY = timedelta(hours=24)
"""How often ended data that cannot be destroyed now is tried again."""
_NEXT = """
SELECT min(next_at) FROM retention_schedule
WHERE operator_id = %s AND done_at IS NULL AND next_at > %s
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """One line of the list of what a sweep would look at now."""

    subject_id: UUID
    record: UUID
    rule: str
    clause: str
    ends_at: datetime


def _waiting(operator_id: UUID) -> QuerySet[Schedule]:
    return Schedule.objects.filter(operator_id=operator_id, done_at__isnull=True)


def due(operator_id: UUID, now: datetime) -> list[Ended]:
    """What has ended and is to be looked at now, the earliest end first; destroys nothing."""
    rows = _waiting(operator_id).filter(next_at__lte=now).order_by("ends_at", "id")[:BATCH]
    return [
        Ended(row.subject_id, row.record, row.rule, row.clause, row.ends_at)
        for row in rows
        if row.ends_at is not None
    ]


def sweep(operator_id: UUID, now: datetime) -> int:
    """Destroy what its rule has ended and nothing keeps (004 8.1); how many persons changed.

    Call it outside of any transaction. Safe to repeat, to run twice at once and to kill.
    """
    found, pace = people_due(operator_id, now), Pace()
    done = 0
    while found:
        outcomes = pace.sweep(operator_id, found, now)
        done += outcomes.count(Outcome.DONE)
        found = found[len(outcomes) :]
    return done


class Outcome(StrEnum):
    """What became of one person: ``skipped`` is one whom another worker is at."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


def people_due(operator_id: UUID, now: datetime) -> list[UUID]:
    """A batch of those of whom something has ended, the earliest end first."""
    with operator_scope(operator_id):
        return list(dict.fromkeys(each.subject_id for each in due(operator_id, now)))


@dataclass(slots=True)
class Pace:
    """How many people one transaction ends: as many as take about half of ``LONG``, learnt from
    the one before, because waiting for the disk costs more than the work. ``took`` is how many
    seconds the last one took, and so how long anybody was locked."""

    people: int = 1
    took: float = 0.0

    def sweep(self, operator_id: UUID, people: Sequence[UUID], now: datetime) -> list[Outcome]:
        """What became of the first of these people."""
        began, some = time.perf_counter(), people[: self.people]
        outcomes = _sweep_together(operator_id, some, now)
        self.took = time.perf_counter() - began
        if self.took > LONG:
            self.people = max(FEW, self.people // 2)
        elif self.took < LONG / 2:
            self.people = min(TOGETHER, self.people * 2)
        return outcomes


def _sweep_together(operator_id: UUID, people: Sequence[UUID], now: datetime) -> list[Outcome]:
    """In one transaction; if anything goes wrong, nothing has happened, and each is done alone."""
    if len(people) == 1:
        return [sweep_person(operator_id, people[0], now)]
    try:
        with operator_scope(operator_id):
            taken = take_many(operator_id, people, now)
            if taken:
                _end_many(operator_id, taken, now)
            return [Outcome.DONE if each in taken else Outcome.SKIPPED for each in people]
    except Exception:  # noqa: BLE001 - the one at fault is found, counted and journalled alone
        return [sweep_person(operator_id, each, now) for each in people]


def _end_many(operator_id: UUID, taken: Mapping[UUID, list[Schedule]], now: datetime) -> None:
    """Everybody is locked before anybody is ended: who waits for a person here holds nothing that
    another destruction, which has that person, waits for. Who goes whole and is hindered by
    nothing goes together with the others of that kind."""
    standings = gate.change_standings(operator_id, taken)
    stated = _impossibilities(operator_id, [row for rows in taken.values() for row in rows])
    orders = {subject: order_of(rows, stated) for subject, rows in taken.items()}
    hindered = with_obstacles(operator_id, taken) | {
        subject for subject, rows in taken.items() if any(row.attempts for row in rows)
    }
    asked = {each: (standings[each], orders[each]) for each in taken if each not in hindered}
    cases = examine_many(operator_id, asked, now)
    whole = [case for case in cases if case.plan.destroy and case.plan.whole]
    if whole:
        made = carry_out_whole([(case, orders[case.subject]) for case in whole], now)
        settle_whole(operator_id, taken, made, now)
    for subject in taken.keys() - {case.subject for case in whole}:
        _end(operator_id, subject, taken[subject], now)


def settle_whole(
    operator_id: UUID,
    taken: Mapping[UUID, list[Schedule]],
    made: Iterable[ActRow],
    now: datetime,
) -> None:
    """The rules have had their effect, on records too that were gone before."""
    acts_of = {each.subject_id: each.id for each in made}
    records = [row.record for subject in acts_of for row in taken[subject]]
    close_schedule(operator_id, acts_of, records, now)


def sweep_person(operator_id: UUID, subject: UUID, now: datetime) -> Outcome:
    """End what has ended of one person, in one transaction."""
    try:
        with operator_scope(operator_id):
            rows = take(operator_id, subject, now)
            if not rows:
                return Outcome.SKIPPED
            _end(operator_id, subject, rows, now)
            return Outcome.DONE
    except Exception as error:  # noqa: BLE001 - every failure becomes a counted, journalled attempt
        failure = error
    with operator_scope(operator_id):
        fail(operator_id, subject, failure, now)
    return Outcome.FAILED


def take(operator_id: UUID, subject: UUID, now: datetime) -> list[Schedule]:
    """What has ended of a person, locked; what another worker holds is left to it."""
    return take_many(operator_id, [subject], now).get(subject, [])


def take_many(
    operator_id: UUID, people: Sequence[UUID], now: datetime
) -> dict[UUID, list[Schedule]]:
    """``take`` for each of these people."""
    rows = _waiting(operator_id).filter(subject_id__in=people, next_at__lte=now)
    taken: dict[UUID, list[Schedule]] = {}
    for row in rows.select_for_update(skip_locked=True).order_by("ends_at", "id"):
        taken.setdefault(row.subject_id, []).append(row)
    return taken


def fail(operator_id: UUID, subject: UUID, failure: Exception, now: datetime) -> None:
    """Count and journal an attempt that failed, in a transaction of its own."""
    if isinstance(failure, TutelaError):
        failure.afterwards()
    rows, reason = take(operator_id, subject, now), terms.failure_slug(failure)
    for row in rows:
        row.attempts += 1
        row.last_failure = reason
        row.next_at = now + terms.backoff(row.attempts)
        row.save(update_fields=["attempts", "last_failure", "next_at"])
    if rows:
        failed = SweepFailed(
            subject=subject,
            clause=rows[0].clause,
            policy_version=rows[0].policy_version,
            attempts=rows[0].attempts,
            reason=reason,
        )
        journal.append(operator_id, failed)


def _end(operator_id: UUID, subject: UUID, rows: list[Schedule], now: datetime) -> None:
    order = order_of(rows)
    case = look(operator_id, subject, order, now)
    hindered = hindrance(operator_id, subject, rows)
    if hindered is not None and case.plan.destroy:
        _wait(case, rows, hindered, now)
        return
    made = carry_out(case, order, now)
    for row in rows:
        settle(case, row, made, now)


def settle(case: Case, row: Schedule, made: ActRow | None, now: datetime) -> None:
    """The rule has had its effect. Where an exception keeps something of the record, a row of
    its own (``AFTER_EXCEPTION``) waits for the end of that exception."""
    if row.rule == AFTER_EXCEPTION and case.plan.excepted(row.record):
        return
    act_id = made.id if made else None
    waiting = Schedule.objects.filter(pk=row.pk, done_at__isnull=True)
    waiting.update(done_at=now, next_at=None, act_id=act_id)


def order_of(rows: list[Schedule], stated: Mapping[UUID, UUID] | None = None) -> Order:
    """Why what these rules have ended goes, in one act; ``stated`` are the acts of impossibility
    that were made for rows before, where they are known."""
    if stated is None:
        stated = _impossibilities(rows[0].operator_id, rows)
    ended: dict[UUID, set[str]] = {}
    because: dict[tuple[str, datetime], Because] = {}
    for row in rows:
        ended.setdefault(row.record, set()).update(row.purposes)
        because.setdefault(
            (row.rule, row.event_at),
            Because(
                kind="rule",
                slug=row.rule,
                clause=row.clause,
                event=row.event,
                event_at=row.event_at,
                due_at=row.ends_at if row.computation else None,
                computation=row.computation,
            ),
        )
    return Order(
        because=tuple(because.values()),
        ended=ended,
        cause=rows[0].id,
        first_act=next((stated[row.id] for row in rows if row.id in stated), None),
    )


def _impossibilities(operator_id: UUID, rows: Iterable[Schedule]) -> dict[UUID, UUID]:
    """The act of impossibility that was made for a row before, by row."""
    listed = list(rows)
    made = Act.objects.filter(
        operator_id=operator_id,
        subject_id__in={row.subject_id for row in listed},
        kind=Kind.IMPOSSIBILITY,
        cause__in=[row.id for row in listed],
    )
    return {cause: act for cause, act in made.values_list("cause", "id") if cause is not None}


def hindrance(operator_id: UUID, subject: UUID, rows: list[Schedule]) -> Reason | None:
    """What makes it impossible now."""
    if standing := obstacles(operator_id, subject):
        return Reason(standing[0].reason)
    return Reason.ATTEMPTS_FAILED if given_up(rows) else None


def given_up(rows: Iterable[Schedule]) -> bool:
    """Whether so many attempts have failed that the destruction counts as impossible for now."""
    tried = max(row.attempts for row in rows)
    return bool(tried) and tried % terms.ATTEMPTS == 0


def _wait(case: Case, rows: list[Schedule], reason: Reason, now: datetime) -> None:
    """Time is over and the data cannot go: block it, and let the policy's own promise for a
    purpose that is reached run, with its act of impossibility and its longer term (004 9.3)."""
    first, policy = rows[0], policies.in_force(case.operator)
    if case.plan.whole and not any(each.ground == ENDED for each in case.standing.blocks):
        block_subject(case.operator, case.subject, Block(ENDED, now, None, first.clause))
        said = EndedDataBlocked(
            subject=case.subject,
            clause=first.clause,
            policy_version=policy.number,
            reason=reason,
        )
        journal.append(case.operator, said)
    longer = (each for each in policy.promises_on(REACHED) if each.outcome == "destroy")
    if (promise := next(longer, None)) and not _promised(case):
        obligations.open_for(
            case.operator,
            case.subject,
            REACHED,
            at=first.ends_at or now,
            cause=first.id,
            clause_filter=promise.clauses,
            tell=False,
        )
    for row in rows:
        Schedule.objects.filter(pk=row.pk).update(next_at=now + RETRY, attempts=row.attempts + 1)


def _promised(case: Case) -> bool:
    """Whether the promise runs already for everything of the person, because somebody has said
    that all purposes are reached: one fact makes one act of impossibility."""
    running = obligations.listing(case.operator, obligations.STANDING, case.subject)
    return any(
        each.event == REACHED and each.outcome == "destroy" and not each.purposes
        for each in running
    )


def next_moment(operator_id: UUID, after: datetime) -> datetime | None:
    """The first moment later than ``after`` at which the sweep has something to look at."""
    found = swift.row(_NEXT, (operator_id, after))
    return found[0] if found else None
