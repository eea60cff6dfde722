"""Letting a clock stand still for what only the person can give, where the policy allows it.

While a pause lasts, the due moment is already that which holds if it lasts as long as it may. So
a pause that nobody ends is over by itself, whatever runs or does not run meanwhile; the sweep only
says so in the journal. When it ends earlier, the due moment comes back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.vocabulary import SYSTEM, Actor
from tutela.obligations import entries
from tutela.obligations.errors import NoPause
from tutela.obligations.models import Obligation
from tutela.obligations.rows import ObligationRow, as_row, begin, lock, write
from tutela.obligations.rules import STANDING, State
from tutela.policy import actions as policies
from tutela.policy.model import MayPause, Policy
from tutela.policy.terms import Due, Pause, compute, pause_limit

CAME, OVER = "came", "over"


def may_pause(row: ObligationRow) -> tuple[MayPause, ...]:
    """For what the clock may stand still now: the version under which it was opened allows it,
    each once, and only while the term runs."""
    promise = policies.version(row.operator_id, row.policy_version).promises[row.promise]
    now = clock.now()
    stands = row.paused_until is not None and now < row.paused_until
    if row.state != State.OPEN or stands or now >= row.due_at or row.fallback_of is not None:
        return ()
    used = {each["why"] for each in row.pauses}
    return tuple(each for each in promise.pauses.values() if each.awaited not in used)


def pause(
    operator_id: UUID,
    obligation_id: UUID,
    awaited: str,
    *,
    notice: UUID | None = None,
    actor: Actor = SYSTEM,
) -> ObligationRow:
    """Stop the clock, because ``awaited`` (a word of ``vocabulary.AWAITED``) is missing.

    ``notice`` is the letter that asked the person for it. Raises ``NoPause`` where the policy, or
    the moment, does not allow it.
    """
    row = lock(operator_id, obligation_id)
    policy = policies.version(operator_id, row.policy_version)
    allowed = policy.promises[row.promise].pauses.get(awaited)
    now = clock.now()
    if allowed is None or row.fallback_of is not None:
        raise NoPause(_("The policy does not let this term wait for that; carry it out in time."))
    if row.paused_until is not None and now < row.paused_until:
        raise NoPause(_("The clock stands still already; let it go on first."))
    if row.paused_until is not None:
        _resumed(row, OVER, SYSTEM)
    if any(each["why"] == awaited for each in row.pauses):
        raise NoPause(_("The clock stood still for this once; it cannot do so again."))
    if now >= row.due_at:
        raise NoPause(_("The term has run out; a pause must begin before that."))
    limit = pause_limit(allowed.at_most, now, policy.calendar)
    clause = next(iter(allowed.clauses), row.clause)
    due_before, row.paused_until = row.due_at, limit
    row.pauses = [
        *row.pauses,
        {
            "why": awaited,
            "begins": now.isoformat(),
            "ends": limit.isoformat(),
            "clause": clause,
            "notice": str(notice) if notice else None,
        },
    ]
    recount(row, policy)
    row.save()
    write(
        row,
        entries.ObligationPaused,
        actor=actor,
        clause=clause,
        awaited=awaited,
        until=limit,
        notice=notice,
        due_before=due_before,
        due_at=row.due_at,
    )
    return as_row(row)


def go_on(
    operator_id: UUID, obligation_id: UUID, awaited: str = "", *, actor: Actor = SYSTEM
) -> ObligationRow:
    """What was awaited has come: the clock goes on now. Raises ``NoPause`` if it does not stand
    still, or stands still for something else than ``awaited``."""
    row = lock(operator_id, obligation_id)
    now = clock.now()
    last: dict[str, Any] = row.pauses[-1] if row.pauses else {}
    stands = row.paused_until is not None and now < row.paused_until
    if not stands or awaited not in {"", last["why"]}:
        raise NoPause(_("The clock does not stand still for this; it runs."))
    row.pauses = [*row.pauses[:-1], {**last, "ends": now.isoformat()}]
    recount(row, policies.version(operator_id, row.policy_version))
    _resumed(row, CAME, actor)
    return as_row(row)


def end_pauses(operator_id: UUID, now: datetime) -> int:
    """State, once, that a pause has lasted as long as it may; the due moment knew it before."""
    rows = Obligation.objects.select_for_update(skip_locked=True).filter(
        operator_id=operator_id, state__in=STANDING, paused_until__lte=now
    )
    found = list(rows)
    for row in found:
        _resumed(row, OVER, SYSTEM)
    return len(found)


def _resumed(row: Obligation, because: str, actor: Actor) -> None:
    row.paused_until = None
    row.save()
    last = row.pauses[-1]
    write(
        row,
        entries.ObligationResumed,
        actor=actor,
        clause=last["clause"],
        awaited=last["why"],
        because=because,
        due_at=row.due_at,
    )


def recount(row: Obligation, policy: Policy) -> Due:
    """Count the due moment of ``row`` anew, by its pauses and its extension."""
    promise = policy.promises[row.promise]
    due = compute(
        promise.term,
        row.event_at,
        policy.calendar,
        extension=promise.extension if row.extension else None,
        pauses=[
            Pause(
                each["why"],
                datetime.fromisoformat(each["begins"]),
                datetime.fromisoformat(each["ends"]),
            )
            for each in row.pauses
        ],
    )
    row.due_at = due.at
    row.computation = due.computation.to_json()
    row.act_at = row.next_attempt_at = begin(policy, promise, due.at, row.opened_at)
    return due
