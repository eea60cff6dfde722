"""Versions that wait to be published: rows that are swept when their moment has come.

A row keeps the sources whole, so that what is published is what was scheduled, whatever becomes
of the folder. A moment that passes while nothing runs is made up for by the next sweep.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.errors import TutelaError
from tutela.core.ids import new_id
from tutela.core.vocabulary import SYSTEM, Actor
from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.policy import actions
from tutela.policy.compiling import compile_sources
from tutela.policy.entries import (
    REASONS,
    PublicationFailed,
    PublicationScheduled,
    VersionCancelled,
)
from tutela.policy.errors import NotAhead, NothingToCancel
from tutela.policy.model import Policy
from tutela.policy.models import Cancelled, Operator, Scheduled
from tutela.policy.source import Sources


@dataclass(frozen=True, slots=True)
class Coming:
    number: int
    publish_at: datetime


def schedule(policy: Policy, publish_at: datetime) -> UUID:
    """Let ``policy`` be published at ``publish_at``; the same version twice is one row.

    Raises ``NotAhead`` for a moment that is over.
    """
    if publish_at <= clock.now():
        raise NotAhead(_("This moment is over; name a later one, or publish the version now."))
    with operator_scope(actions.operator_id(policy.operator.slug)):
        operator = actions.register(policy)
        row, made = Scheduled.objects.get_or_create(
            operator_id=operator,
            digest=policy.digest,
            state=Scheduled.State.WAITING,
            defaults={
                "id": new_id(),
                "number": policy.number,
                "publish_at": publish_at,
                "sources": dict(policy.sources),
            },
        )
        if made:
            journal.append(
                operator,
                PublicationScheduled(
                    number=policy.number,
                    digest=policy.digest,
                    moment=publish_at,
                    clause=policy.clause_of("policy.version"),
                ),
            )
    return row.id


def waiting(operator_id: UUID) -> list[Coming]:
    """Versions that wait to be published, the next one first."""
    rows = Scheduled.objects.filter(operator_id=operator_id, state=Scheduled.State.WAITING)
    return [
        Coming(each.number, each.publish_at)
        for each in rows.order_by("publish_at", "number").only("number", "publish_at")
    ]


after_cancelling: list[Callable[[UUID, int], None]] = []
"""What follows in the transaction that cancels a version."""


def cancel(operator_id: UUID, number: int, reason: str, *, by: Actor = SYSTEM) -> None:
    """Version ``number`` does not come: it is not published, or, if it was published for a later
    day, never takes force. What was published stays to be read.

    Raises ``NothingToCancel`` where there is no such version, or it has taken force already.
    """
    if reason not in REASONS:
        raise NothingToCancel(
            _("Say why, with one of these: %(known)s.") % {"known": ", ".join(REASONS)}
        )
    Operator.objects.select_for_update().get(id=operator_id)
    digest = _cancel_waiting(operator_id, number) or _cancel_published(operator_id, number)
    if digest is None:
        raise NothingToCancel(
            _("No version of this number is still to come; what is in force stays in force.")
        )
    policy = actions.in_force(operator_id)
    journal.append(
        operator_id,
        VersionCancelled(
            number=number,
            digest=digest,
            reason=reason,
            actor=by,
            automated=False,
            clause=policy.clause_of("policy.version"),
            policy_version=policy.number,
        ),
    )
    for follow in after_cancelling:
        follow(operator_id, number)


def _cancel_waiting(operator_id: UUID, number: int) -> str | None:
    rows = Scheduled.objects.filter(
        operator_id=operator_id, number=number, state=Scheduled.State.WAITING
    )
    digest = rows.values_list("digest", flat=True).first()
    rows.update(state=Scheduled.State.CANCELLED)
    return digest


def _cancel_published(operator_id: UUID, number: int) -> str | None:
    now = clock.now()
    for row in actions.versions(operator_id):
        if row.number == number and row.effective_from > now and row.cancelled_at is None:
            Cancelled.objects.create(operator_id=operator_id, number=number, at=now)
            actions.forget_published(operator_id)
            return row.digest
    return None


def publish_due(operator_id: UUID, now: datetime) -> int:
    """Publish what is due, one version a transaction. What is refused is not tried again."""
    done = 0
    while True:
        with operator_scope(operator_id):
            row = (
                Scheduled.objects.select_for_update(skip_locked=True)
                .filter(state=Scheduled.State.WAITING, publish_at__lte=now)
                .order_by("publish_at", "number")
                .first()
            )
            if row is None:
                return done
            _publish(operator_id, row)
            done += 1


def _publish(operator_id: UUID, row: Scheduled) -> None:
    waiting = Scheduled.objects.filter(operator_id=operator_id, id=row.id)
    try:
        policy = compile_sources(Sources(row.sources)).or_raise()
        actions.publish(policy)
    except TutelaError as error:
        waiting.update(state=Scheduled.State.FAILED)
        why = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
        failed = PublicationFailed(number=row.number, digest=row.digest, error=why)
        journal.append(operator_id, failed)
        return
    waiting.update(state=Scheduled.State.PUBLISHED)


_NEXT = """
SELECT min(publish_at) FROM policy_scheduled
WHERE operator_id = %s AND state = 'waiting' AND publish_at > %s
"""


def next_moment(operator_id: UUID, after: datetime) -> datetime | None:
    """When the next version is due; called in the operator's scope."""
    found = swift.row(_NEXT, (operator_id, after))
    return found[0] if found else None
