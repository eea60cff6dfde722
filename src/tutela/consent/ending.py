"""Consents that end without the person acting: by their own date, or because a promise to stop
has fallen due. Registered as a sweep and as the handler of the outcome “stop”."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from tutela.consent import entries
from tutela.consent.events import Over
from tutela.consent.models import Event
from tutela.consent.rules import Kind
from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate import stopping
from tutela.gate.standing import ConsentState, Standing
from tutela.journal import actions as journal
from tutela.obligations.actions import HANDLERS, Evidence, ObligationRow
from tutela.policy import actions as policies

MARKETING = frozenset({"marketing.stopped", "subscription.ended"})
"""Events that concern purposes of marketing only, unless they name purposes themselves."""

REFUSING = frozenset({"stop.requested", "unlawful.detected"})
"""Events after which nothing may rest on consent or on the operator's own interest (004 9.5)."""


def _expiring(operator_id: UUID) -> QuerySet[Event]:
    """Consents with an end of their own, or given one by an event, that nothing followed."""
    later = Event.objects.filter(
        operator_id=operator_id,
        subject_id=OuterRef("subject_id"),
        purpose=OuterRef("purpose"),
        id__gt=OuterRef("id"),
    )
    return Event.objects.filter(
        ~Exists(later),
        operator_id=operator_id,
        kind__in=(Kind.GIVEN, Kind.DATED),
        expires_at__isnull=False,
    )


_LAST_OF_ITS_PURPOSE = """
FROM consent_event e WHERE operator_id = %(operator)s AND kind IN ('given', 'dated')
AND NOT EXISTS (SELECT FROM consent_event later
                WHERE later.operator_id = e.operator_id AND later.subject_id = e.subject_id
                AND later.purpose = e.purpose AND later.id > e.id)
"""
"""``_expiring``, in SQL."""

_NEXT = f"SELECT min(expires_at) {_LAST_OF_ITS_PURPOSE} AND expires_at > %(after)s"
OVERDUE = f"EXISTS (SELECT {_LAST_OF_ITS_PURPOSE} AND expires_at <= %(now)s)"
"""Whether ``overdue`` is more than nothing, as a condition in SQL."""


def overdue(operator_id: UUID, now: datetime) -> int:
    """Consents whose own date has come and that nobody has ended yet."""
    return _expiring(operator_id).filter(expires_at__lte=now).count()


def expire(operator_id: UUID, now: datetime) -> int:
    """End every consent whose own date has come (004 8.2(b)); each in a transaction of its own."""
    with operator_scope(operator_id):
        rows = _expiring(operator_id).filter(expires_at__lte=now).order_by("expires_at")
        found = list(rows[:1000])
    return sum(_expire(operator_id, each, now) for each in found)


def _expire(operator_id: UUID, event: Event, now: datetime) -> bool:
    """End one consent, whose last event is ``event``. Somebody whose data was destroyed meanwhile
    has no consents left in the standing; theirs is over all the same."""
    subject, purpose = event.subject_id, event.purpose
    ended: dict[str, ConsentState] = {}

    def lapse(standing: Standing) -> Standing:
        state = standing.consents.get(purpose)
        if state is not None and not state.live(now):
            ended[purpose] = state
        kept = {slug: each for slug, each in standing.consents.items() if slug not in ended}
        return replace(standing, consents=kept)

    with operator_scope(operator_id):
        standing = gate.change_standing(operator_id, subject, lapse)
        if standing.destroyed:
            ended[purpose] = ConsentState(event.at, event.expires_at, event.text_hash)
        if not ended:
            return False
        policy = policies.in_force(operator_id)
        over = Over(operator_id, subject, ended, Kind.EXPIRED, event.id)
        over.write(now)
        entry = journal.append(
            operator_id,
            entries.ConsentExpired(
                subject=subject,
                purpose=purpose,
                basis="consent",
                clause=policy.clause_of("consent.expire"),
                policy_version=policy.number,
                text_hash=ended[purpose].text_hash,
            ),
        )
        if not standing.destroyed:
            over.open_promises("consent.expired", now, entry)
    return True


def next_moment(operator_id: UUID, after: datetime) -> datetime | None:
    found = swift.row(_NEXT, {"operator": operator_id, "after": after})
    return found[0] if found else None


def stop(operator_id: UUID, obligation: ObligationRow, now: datetime) -> Evidence:
    """Carry out a promise to stop: the consents it is about leave the standing, and the gate
    refuses from here on. A subject's own withdrawal has done so before and finds nothing here."""
    if obligation.subject_id is None:
        return {"nothing": "nobody"}
    policy = policies.in_force(operator_id)
    about = set(obligation.purposes)
    if not about and obligation.event in MARKETING:
        about = {slug for slug, each in policy.purposes.items() if each.marketing}
    ended: dict[str, ConsentState] = {}

    def end(standing: Standing) -> Standing:
        ended.update((s, each) for s, each in standing.consents.items() if not about or s in about)
        kept = {slug: each for slug, each in standing.consents.items() if slug not in ended}
        refused = standing.refused or (obligation.event in REFUSING and not about)
        return replace(standing, consents=kept, refused=refused)

    gate.change_standing(operator_id, obligation.subject_id, end)
    stopping.note_consents(operator_id, obligation.subject_id, ended)
    Over(operator_id, obligation.subject_id, ended, Kind.STOPPED, obligation.id).write(now)
    entry = journal.append(
        operator_id,
        entries.ProcessingStopped(
            subject=obligation.subject_id,
            clause=obligation.clause,
            policy_version=obligation.policy_version,
            obligation=obligation.id,
            purposes=tuple(sorted(ended)),
        ),
    )
    return {"stop": entry}


def stop_all(operator_id: UUID, subject: UUID, *, clause: str, cause: UUID, now: datetime) -> None:
    """The operator itself ends all processing of a person that rests on consent or on its own
    interest, because it is no more (000 8/b4); ``cause`` is what decided so. Safe to repeat."""
    ended: dict[str, ConsentState] = {}

    def end(standing: Standing) -> Standing:
        ended.update(standing.consents)
        return replace(standing, consents={}, refused=True)

    gate.change_standing(operator_id, subject, end)
    if not ended:
        return
    stopping.note_consents(operator_id, subject, ended)
    Over(operator_id, subject, ended, Kind.STOPPED, cause).write(now)
    journal.append(
        operator_id,
        entries.ProcessingStopped(
            subject=subject,
            clause=clause,
            policy_version=policies.in_force(operator_id).number,
            obligation=cause,
            purposes=tuple(sorted(ended)),
        ),
    )


HANDLERS.register("stop", stop)
