"""What this room offers: looking through the journal, the events found, settling them.

Functions but ``look_through`` run inside ``operator_scope``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import Actor
from tutela.db.scope import operator_scope
from tutela.detection import rules
from tutela.detection.entries import EventRaised, EventSettled
from tutela.detection.errors import AlreadySettled, OwnEvent, UnknownEvent
from tutela.detection.models import Cursor, Event
from tutela.detection.rules import Rule, Signal, Watch
from tutela.detection.tallies import Key, Tallies
from tutela.detection.wording import MEASURES
from tutela.journal import actions as journal
from tutela.journal.entries import Row
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies

BATCH = 500
BATCHES = 20
"""So many batches in one run at most, so that other work is not kept waiting."""
KEPT_ENTRIES = 50
KEPT_THINGS = 500
KEPT_TALLY = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class EventRow:
    id: UUID
    rule: str
    severity: str
    who_kind: str
    who: str
    count: int
    entries: tuple[UUID, ...]
    raised_at: datetime
    first_at: datetime
    last_at: datetime
    settled_at: datetime | None
    measure: str
    incident: UUID | None

    @property
    def open(self) -> bool:
        return self.settled_at is None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the journal was looked through: ``position`` of ``size`` signed entries."""

    position: int
    size: int
    moved_at: datetime | None


def look_through(operator_id: UUID, now: datetime) -> int:
    """Look at every signed entry since the last time; how many events were raised.

    The place in the journal moves in the transaction that counts, so a kill repeats or loses
    nothing. It follows the tree and not the order of writing, because an entry that commits late
    has a place of its own there and is never passed over. The price of an entry is the same
    however long the journal is.
    """
    raised = 0
    for _batch in range(BATCHES):
        with operator_scope(operator_id):
            looked, found = _one_batch(operator_id, now)
        raised += found
        if looked < BATCH:
            break
    return raised


def _one_batch(operator_id: UUID, now: datetime) -> tuple[int, int]:
    Cursor.objects.bulk_create(
        [Cursor(operator_id=operator_id, position=0, moved_at=now)], ignore_conflicts=True
    )
    cursor = Cursor.objects.select_for_update().get(operator_id=operator_id)
    page = journal.follow(operator_id, cursor.position, BATCH)
    if not page:
        return 0, 0
    watch = rules.watch_of(policies.in_force(operator_id))
    tallies = Tallies(operator_id)
    raised = sum(_consider(tallies, watch, row) for _index, row in page if row is not None)
    tallies.save()
    cursor.position = page[-1][0] + 1
    cursor.moved_at = now
    cursor.save(update_fields=["position", "moved_at"])
    tallies.forget_before(now - KEPT_TALLY)
    return len(page), raised


def _consider(tallies: Tallies, watch: Watch, row: Row) -> int:
    def has_case() -> bool:
        """Something stood open for the person when they were read."""
        assert row.subject is not None  # noqa: S101 - asked about reads of a person only
        promised = obligations.listing(tallies.operator_id, subject=row.subject)
        return any(
            each.opened_at <= row.at and (each.ended_at is None or each.ended_at >= row.at)
            for each in promised
        )

    found = list(rules.signals(watch, row, has_case))
    return sum(_count(tallies, watch, row, each) for each in found)


def _count(tallies: Tallies, watch: Watch, row: Row, signal: Signal) -> bool:
    """Count the signal; whether that raised an event."""
    threshold = watch.threshold(signal.rule, row.actor.kind)
    half = rules.bucket(row.at, threshold.window)
    key = Key(signal.rule, str(row.actor.kind), row.actor.id, half)
    tallies.add(key, signal.thing, row.id, max(KEPT_THINGS, 2 * threshold.most))
    things = {**tallies.things(key.before(threshold.window)), **tallies.things(key)}
    if len(things) <= threshold.most:
        return False
    return _tell(tallies.operator_id, signal.rule, threshold, row, things)


def _tell(
    operator_id: UUID, rule: Rule, threshold: rules.Threshold, row: Row, things: dict[str, str]
) -> bool:
    """Add to the event that goes on, or raise one; whether it was raised."""
    who = {"operator_id": operator_id, "who_kind": str(row.actor.kind), "who": row.actor.id}
    going_on = (
        Event.objects.filter(**who, rule=rule, last_at__gt=row.at - threshold.window)
        .order_by("-last_at")
        .first()
    )
    entries = list(things.values())[:KEPT_ENTRIES]
    if going_on is not None:
        known = [*going_on.entries, *(each for each in entries if each not in going_on.entries)]
        Event.objects.filter(pk=going_on.pk).update(
            last_at=max(row.at, going_on.last_at),
            count=max(going_on.count, len(things)),
            entries=known[:KEPT_ENTRIES],
        )
        return False
    event = Event.objects.create(
        **who,
        id=new_id(),
        rule=rule,
        severity=threshold.severity,
        count=len(things),
        entries=entries,
        raised_at=clock.now(),
        first_at=row.at,
        last_at=row.at,
    )
    policy = policies.in_force(operator_id)
    journal.append(
        operator_id,
        EventRaised(
            clause=policy.clause_of(rules.CONTROL),
            policy_version=policy.number,
            event=event.id,
            rule=rule,
            severity=threshold.severity,
            who_kind=event.who_kind,
            who=event.who,
        ),
    )
    return True


def events(operator_id: UUID, *, limit: int = 100) -> list[EventRow]:
    """Open events first, then the newest."""
    rows = Event.objects.filter(operator_id=operator_id)
    waiting = list(rows.filter(settled_at=None).order_by("-raised_at")[:limit])
    settled = list(rows.exclude(settled_at=None).order_by("-raised_at")[: limit - len(waiting)])
    return [_row(each) for each in (*waiting, *settled)]


def event(operator_id: UUID, event_id: UUID) -> EventRow:
    """One event; raises ``UnknownEvent``."""
    return _row(_found(operator_id, event_id))


def settle(operator_id: UUID, event_id: UUID, measure: str, by: Actor) -> None:
    """Say what was done about an event (one of ``MEASURES``). Nobody settles an event about
    themselves. Raises ``UnknownEvent``, ``AlreadySettled`` and ``OwnEvent``."""
    if measure not in MEASURES:
        raise UnknownEvent(_("Choose one of the measures in the list."))
    row = _found(operator_id, event_id)
    if (row.who_kind, row.who) == (str(by.kind), by.id):
        raise OwnEvent(_("This is about yourself. Ask another member of staff to look at it."))
    settled = {"settled_at": clock.now(), "settled_by": str(by), "measure": measure}
    if not Event.objects.filter(pk=row.pk, settled_at=None).update(**settled):
        raise AlreadySettled(_("Somebody has already said what was done about this."))
    policy = policies.in_force(operator_id)
    journal.append(
        operator_id,
        EventSettled(
            actor=by,
            automated=False,
            clause=policy.clause_of(rules.CONTROL),
            policy_version=policy.number,
            event=event_id,
            rule=row.rule,
            measure=measure,
        ),
    )


def progress(operator_id: UUID) -> Progress:
    cursor = Cursor.objects.filter(operator_id=operator_id).first()
    size = journal.size(operator_id)
    return Progress(cursor.position if cursor else 0, size, cursor.moved_at if cursor else None)


def counts(operator_id: UUID, overdue_since: datetime) -> tuple[int, int, int]:
    """How many events there were, how many are open, how many of those since before a moment."""
    rows = Event.objects.filter(operator_id=operator_id)
    waiting = rows.filter(settled_at=None)
    late = waiting.filter(raised_at__lt=overdue_since)
    return rows.count(), waiting.count(), late.count()


def _found(operator_id: UUID, event_id: UUID) -> Event:
    row = Event.objects.filter(operator_id=operator_id, id=event_id).first()
    if row is None:
        raise UnknownEvent(_("There is no such event. Open it from the list."))
    return row


def _row(row: Event) -> EventRow:
    values = {
        name: getattr(row, name) for name in EventRow.__dataclass_fields__ if name != "entries"
    }
    return EventRow(**values, entries=tuple(UUID(each) for each in row.entries))
