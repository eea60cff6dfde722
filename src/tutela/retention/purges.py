"""A purge that staff ask for: listed first, with a reason, agreed to by a second person where the
policy wants one, carried out by a sweep that may die at any moment, and followed by its acts.

What has ended and could not go before is tried again at once. How far it has come is counted from
the acts, so a kill loses nothing of it. Everything but ``sweep`` runs inside
``operator_scope(operator_id)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import Actor
from tutela.db.scope import operator_scope
from tutela.gate.rules import DESTROY
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.retention import forecasting, purging
from tutela.retention.entries import PurgeAgreed, PurgeAsked, PurgeCancelled, PurgeEnded
from tutela.retention.errors import UnknownPurge, WrongPurge
from tutela.retention.models import Act, Purge, Schedule
from tutela.retention.rules import AFTER_EXCEPTION
from tutela.retention.wording import PURGE_REASONS


@dataclass(frozen=True, slots=True)
class PurgeRow:
    """``people`` are those of whom something had ended, ``acts`` the acts made so far, ``left``
    those whose data could not go and is tried again."""

    id: UUID
    reason: str
    people: int
    asked_at: datetime
    asked_by: str
    agreed_at: datetime | None
    agreed_by: str
    cancelled_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    left: int
    acts: int = 0

    @property
    def step(self) -> str:
        """asked, going (agreed to and not over), ended or cancelled."""
        if self.cancelled_at or self.ended_at:
            return "cancelled" if self.cancelled_at else "ended"
        return "going" if self.agreed_at else "asked"


def two_people(operator_id: UUID) -> bool:
    """Whether the policy wants a second person before staff destroy (002 Безопасность)."""
    return DESTROY in policies.in_force(operator_id).four_eyes


def purges(operator_id: UUID, limit: int = 50) -> list[PurgeRow]:
    """The newest first."""
    rows = Purge.objects.filter(operator_id=operator_id).order_by("-asked_at", "-id")[:limit]
    return [_row(each) for each in rows]


def purge(operator_id: UUID, purge_id: UUID) -> PurgeRow:
    return _row(_get(operator_id, purge_id))


def _row(row: Purge) -> PurgeRow:
    values = {name: getattr(row, name) for name in PurgeRow.__dataclass_fields__ if name != "acts"}
    made = 0
    if (span := span_of(row)) is not None:
        made = Act.objects.filter(operator_id=row.operator_id, made_at__range=span).count()
    return PurgeRow(**values, acts=made)


def span_of(row: Purge | PurgeRow) -> tuple[datetime, datetime] | None:
    """From when until when it made acts; None before it began."""
    return (row.started_at, row.ended_at or clock.now()) if row.started_at else None


def _get(operator_id: UUID, purge_id: UUID, *, lock: bool = False) -> Purge:
    rows = Purge.objects.select_for_update() if lock else Purge.objects.all()
    found = rows.filter(operator_id=operator_id, id=purge_id).first()
    if found is None:
        raise UnknownPurge(_("There is no such purge. Open it from the list."))
    return found


@transaction.atomic
def ask(operator_id: UUID, reason: str, *, by: Actor) -> PurgeRow:
    """Ask for a purge of all that has ended by now. Raises ``WrongPurge``."""
    if reason not in PURGE_REASONS:
        raise WrongPurge(_("Say why it is purged now; choose one of the reasons."))
    under_way = Purge.objects.filter(operator_id=operator_id, ended_at=None, cancelled_at=None)
    if under_way.exists():
        raise WrongPurge(_("Another purge is under way. Wait for its end, or call it off."))
    now = clock.now()
    people = forecasting.dry_run(operator_id, now, limit=0).people
    if not people:
        raise WrongPurge(_("Nothing has ended that is still here, so there is nothing to purge."))
    alone = not two_people(operator_id)
    row = Purge.objects.create(
        operator_id=operator_id,
        id=new_id(),
        reason=reason,
        people=people,
        asked_at=now,
        asked_by=by.id,
        agreed_at=now if alone else None,
    )
    _journal(row, PurgeAsked, by, reason=reason, people=people)
    return _row(row)


def agree(operator_id: UUID, purge_id: UUID, *, by: Actor) -> PurgeRow:
    """A second person agrees; it goes on by itself."""
    row = _get(operator_id, purge_id, lock=True)
    if row.asked_by == by.id:
        raise WrongPurge(_("Somebody else than whoever asked for the purge has to agree to it."))
    if row.agreed_at is None and row.cancelled_at is None:
        row.agreed_at, row.agreed_by = clock.now(), by.id
        row.save(force_update=True)
        _journal(row, PurgeAgreed, by)
    return _row(row)


def cancel(operator_id: UUID, purge_id: UUID, *, by: Actor) -> PurgeRow:
    """Call it off before it began."""
    row = _get(operator_id, purge_id, lock=True)
    if row.started_at is not None:
        raise WrongPurge(_("It has begun already; what has ended must go in any case."))
    if row.cancelled_at is None:
        row.cancelled_at = clock.now()
        row.save(force_update=True)
        _journal(row, PurgeCancelled, by)
    return _row(row)


def sweep(operator_id: UUID, now: datetime) -> int:
    """Carry out what was asked for and agreed to, or go on with it; how many people were looked
    at. Call it outside of any transaction; safe to kill, to repeat and to run twice at once."""
    if (purge_id := _begin(operator_id, now)) is None:
        return 0
    made = purging.purge(operator_id, now)
    with operator_scope(operator_id):
        row = _get(operator_id, purge_id, lock=True)
        if row.ended_at is None:
            row.ended_at, row.left = now, forecasting.dry_run(operator_id, now, limit=0).people
            row.save(force_update=True)
            said = PurgeEnded(purge=row.id, acts=_row(row).acts, left=row.left)
            journal.append(operator_id, said)
    return made.people + 1


def _begin(operator_id: UUID, now: datetime) -> UUID | None:
    with operator_scope(operator_id):
        row = (
            Purge.objects.select_for_update(skip_locked=True)
            .filter(operator_id=operator_id, agreed_at__lte=now, ended_at=None, cancelled_at=None)
            .first()
        )
        if row is None:
            return None
        if row.started_at is None:
            row.started_at = now
            row.save(force_update=True)
            waiting = Schedule.objects.filter(
                operator_id=operator_id, done_at=None, ends_at__lte=now, next_at__gt=now
            )
            waiting.exclude(rule=AFTER_EXCEPTION).update(next_at=now)
        found: UUID = row.id
        return found


def _journal(row: Purge, kind: type, by: Actor, **more: object) -> None:
    said = kind(
        actor=by,
        automated=False,
        clause=policies.in_force(row.operator_id).clause_of("retention.purge"),
        policy_version=policies.in_force(row.operator_id).number,
        purge=row.id,
        **more,
    )
    journal.append(row.operator_id, said)
