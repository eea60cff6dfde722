"""What this room offers: when data ends, why it stays, and the acts that prove its end.

Everything here runs inside ``operator_scope(operator_id)``, except ``sweep``, which opens one
scope, and so one transaction, for each person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from tutela.core import clock
from tutela.obligations import actions as obligations
from tutela.retention.acts import ActRow, Kind, act, acts
from tutela.retention.demanded import end_demanded
from tutela.retention.destroying import ERASERS, Eraser, end_fields
from tutela.retention.keeping import (
    HoldOn,
    contract_ended,
    contract_started,
    hold,
    holds,
    release,
    serve_agreements,
)
from tutela.retention.models import Act, HoldRow, Schedule
from tutela.retention.obstacles import Obstacle, obstacle_close, obstacle_open, obstacles
from tutela.retention.papers import act_document, act_pdf
from tutela.retention.scheduling import (
    RecordEnd,
    ends,
    has_ended,
    schedule,
    schedule_writing,
    scheduled_records,
    waits_for_its_own_end,
)
from tutela.retention.sweeping import Ended, due, next_moment, sweep
from tutela.retention.wording import REASONS, Reason

__all__ = [
    "ERASERS",
    "REASONS",
    "ActRow",
    "Ended",
    "Eraser",
    "Figures",
    "HoldOn",
    "Kind",
    "Obstacle",
    "Reason",
    "RecordEnd",
    "act",
    "act_document",
    "act_pdf",
    "acts",
    "contract_ended",
    "contract_started",
    "due",
    "end_demanded",
    "end_fields",
    "ends",
    "figures",
    "has_ended",
    "hold",
    "holds",
    "next_moment",
    "obstacle_close",
    "obstacle_open",
    "obstacles",
    "release",
    "schedule",
    "schedule_writing",
    "scheduled_records",
    "serve_agreements",
    "sweep",
    "waits_for_its_own_end",
]


@dataclass(frozen=True, slots=True)
class Figures:
    """How the end of data has been going, for the proof.

    ``promised`` counts the obligations to destroy. ``overdue`` are those that are late and still
    not done, and ``ended`` the records whose rule has ended them and that are still there.
    ``blocked`` wait in a longer term; ``held`` are holds that stand now. ``slowest`` is the
    longest time from the event to the destruction.
    """

    promised: int
    in_time: int
    too_late: int
    overdue: int
    blocked: int
    slowest: timedelta | None
    scheduled: int
    ended: int
    held: int
    acts: int
    partial: int
    impossible: int


def figures(operator_id: UUID) -> Figures:
    """The present figures of one operator."""
    now = clock.now()
    tally = obligations.tally(operator_id, outcome="destroy")
    rows = Schedule.objects.filter(operator_id=operator_id)
    waiting = rows.filter(done_at__isnull=True, next_at__isnull=False, ends_at__lte=now)
    standing = HoldRow.objects.filter(operator_id=operator_id, released_at__isnull=True)
    made = Act.objects.filter(operator_id=operator_id)
    return Figures(
        promised=tally.opened,
        in_time=tally.in_time,
        too_late=tally.too_late,
        overdue=tally.overdue,
        blocked=tally.fallbacks,
        slowest=tally.slowest,
        scheduled=rows.count(),
        ended=waiting.filter(next_at__lte=now).values("record").distinct().count(),
        held=standing.filter(Q(until__isnull=True) | Q(until__gt=now)).count(),
        acts=made.count(),
        partial=made.filter(kind=Kind.PARTIAL).count(),
        impossible=made.filter(kind=Kind.IMPOSSIBILITY).count(),
    )
