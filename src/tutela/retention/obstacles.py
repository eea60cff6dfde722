"""Registered reasons why a person's data cannot be destroyed now, and what wakes the work again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import SYSTEM, Actor
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.obligations.rules import LEAD
from tutela.policy import actions as policies
from tutela.retention.entries import ObstacleClosed, ObstacleOpened
from tutela.retention.errors import ObstacleStands, UnknownReason
from tutela.retention.models import ObstacleRow, Schedule
from tutela.retention.wording import Reason


@dataclass(frozen=True, slots=True)
class Obstacle:
    id: UUID
    subject_id: UUID
    reason: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str


def _row(row: ObstacleRow) -> Obstacle:
    return Obstacle(**{name: getattr(row, name) for name in Obstacle.__dataclass_fields__})


def obstacle_open(
    operator_id: UUID, subject: UUID, reason_code: str, *, by: Actor = SYSTEM
) -> Obstacle:
    """Register why the person's data cannot be destroyed now (004 9.3(d), 9.4(d)).

    ``reason_code`` is one of ``Reason``. Until it is closed, a destruction that falls due makes
    an act of impossibility and waits, blocked, within the longer term of the policy.
    Raises ``UnknownReason`` and ``ObstacleStands``.
    """
    if reason_code not in set(Reason):
        raise UnknownReason(f"Choose one of these reasons: {', '.join(Reason)}.")
    if any(each.reason == reason_code for each in obstacles(operator_id, subject)):
        raise ObstacleStands(_("This obstacle is registered already; close it first."))
    row = ObstacleRow.objects.create(
        operator_id=operator_id,
        subject_id=subject,
        id=new_id(),
        reason=reason_code,
        opened_at=clock.now(),
        opened_by=str(by),
    )
    _journal(operator_id, row, ObstacleOpened, by)
    return _row(row)


def obstacle_close(
    operator_id: UUID, subject: UUID, reason_code: str | None = None, *, by: Actor = SYSTEM
) -> int:
    """What stood in the way is gone (None: all of it): waiting work is tried again at once."""
    rows = ObstacleRow.objects.select_for_update().filter(
        operator_id=operator_id, subject_id=subject, closed_at__isnull=True
    )
    closing = [row for row in rows if reason_code in (None, row.reason)]
    for row in closing:
        row.closed_at, row.closed_by = clock.now(), str(by)
        row.save(update_fields=["closed_at", "closed_by"])
        _journal(operator_id, row, ObstacleClosed, by)
    if closing and not obstacles(operator_id, subject):
        obligations.try_again_now(operator_id, subject, "destroy")
        wake(operator_id, subject)
    return len(closing)


def _journal(
    operator_id: UUID,
    row: ObstacleRow,
    kind: type[ObstacleOpened | ObstacleClosed],
    by: Actor,
) -> None:
    policy = policies.in_force(operator_id)
    said = kind(
        subject=row.subject_id,
        actor=by,
        clause=policy.clause_of("vault.block"),
        policy_version=policy.number,
        automated=by == SYSTEM,
        obstacle=row.id,
        reason=row.reason,
    )
    journal.append(operator_id, said)


def obstacles(operator_id: UUID, subject: UUID, *, closed: bool = False) -> list[Obstacle]:
    """What stands in the way now; with ``closed`` everything that ever did. Oldest first."""
    rows = ObstacleRow.objects.filter(operator_id=operator_id, subject_id=subject)
    if not closed:
        rows = rows.filter(closed_at__isnull=True)
    return [_row(row) for row in rows.order_by("opened_at", "id")]


def with_obstacles(operator_id: UUID, people: Iterable[UUID]) -> set[UUID]:
    """Those of the people whose data something stands in the way of now."""
    rows = ObstacleRow.objects.filter(operator_id=operator_id, closed_at__isnull=True)
    return set(rows.filter(subject_id__in=list(people)).values_list("subject_id", flat=True))


def wake(operator_id: UUID, subject: UUID) -> None:
    """Look again, at the next sweep, at everything of the person that has ended."""
    now = clock.now()
    ended = Schedule.objects.filter(
        operator_id=operator_id, subject_id=subject, done_at__isnull=True, ends_at__lte=now + LEAD
    )
    ended.update(next_at=now)
