"""Ending, extending and repeating an obligation; offered to other rooms by ``actions``."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import SYSTEM, Actor
from tutela.obligations import entries, rules
from tutela.obligations.errors import NoExtension
from tutela.obligations.models import Obligation
from tutela.obligations.pausing import recount
from tutela.obligations.rows import Evidence, ObligationRow, as_row, end, lock, write
from tutela.obligations.rules import STANDING, State
from tutela.policy import actions as policies
from tutela.policy.terms import compute


def discharge(
    operator_id: UUID,
    obligation_id: UUID,
    evidence: Evidence,
    entry: UUID | None = None,
    *,
    actor: Actor = SYSTEM,
) -> ObligationRow:
    """Carried out: keep what proves it. ``entry`` is the journal entry of the effect itself.

    A late obligation can still be discharged; that it was late stays on it. Raises
    ``AlreadyEnded`` when it ended before.
    """
    row = lock(operator_id, obligation_id)
    end(row, State.DISCHARGED, {**evidence, **({"entry": entry} if entry else {})})
    ended = as_row(row)
    write(row, entries.ObligationDischarged, actor=actor, in_time=ended.in_time)
    return ended


def fail(
    operator_id: UUID, obligation_id: UUID, reason: str, *, hours: int | None = None
) -> ObligationRow:
    """One attempt failed for ``reason`` (a slug): try again after ``hours`` or the backoff."""
    row = lock(operator_id, obligation_id)
    row.attempts += 1
    row.last_failure = reason
    row.next_attempt_at = clock.now() + rules.wait(row.attempts, hours=hours)
    row.save(update_fields=["attempts", "last_failure", "next_attempt_at"])
    write(
        row,
        entries.AttemptFailed,
        attempts=row.attempts,
        reason=reason,
        again_at=row.next_attempt_at,
    )
    return as_row(row)


def cancel(
    operator_id: UUID, obligation_id: UUID, reason: str, *, actor: Actor = SYSTEM
) -> ObligationRow:
    """The ground fell away, for instance because the request was taken back."""
    row = lock(operator_id, obligation_id)
    end(row, State.CANCELLED, {"reason": reason})
    write(row, entries.ObligationCancelled, actor=actor, reason=reason)
    return as_row(row)


def extend(
    operator_id: UUID,
    obligation_id: UUID,
    reason: str,
    *,
    notice: UUID | None = None,
    actor: Actor = SYSTEM,
) -> ObligationRow:
    """Extend the term once, with a motive, before it has run out (004 9.5(b), 9.10(b)).

    ``reason`` is one of ``rules.EXTENSION_REASONS``; ``notice`` is the letter that told the
    person. Raises ``NoExtension`` when the policy, the moment or the motive does not allow it.
    """
    row = lock(operator_id, obligation_id)
    policy = policies.version(operator_id, row.policy_version)
    promise = policy.promises[row.promise]
    if promise.extension is None or row.fallback_of is not None:
        raise NoExtension(_("The policy allows no extension of this term; carry it out in time."))
    if row.extension is not None:
        raise NoExtension(_("This term was extended once; it cannot be extended again."))
    if clock.now() >= row.due_at:
        raise NoExtension(_("The term has run out; an extension must be made before that."))
    if reason not in rules.EXTENSION_REASONS:
        raise NoExtension(f"Give one of these motives: {', '.join(rules.EXTENSION_REASONS)}.")
    due_before = row.due_at
    row.extension = {
        "reason": reason,
        "notice": str(notice) if notice else None,
        "at": clock.now().isoformat(),
        "due_before": due_before.isoformat(),
    }
    recount(row, policy)
    row.save()
    write(
        row,
        entries.ObligationExtended,
        actor=actor,
        reason=reason,
        notice=notice,
        due_before=due_before,
        due_at=row.due_at,
    )
    return as_row(row)


def open_fallback(operator_id: UUID, obligation_id: UUID, evidence: Evidence) -> ObligationRow:
    """The outcome is impossible in its term: end this obligation as failed, and open the one
    that the promise's own longer limit asks for (004 9.3-9.6: six months).

    The limit runs from the event or from the last day of the first term, as the policy declares.
    The work is tried again after a day, and at once when ``try_again_now`` is called.
    """
    row = lock(operator_id, obligation_id)
    policy = policies.version(operator_id, row.policy_version)
    limit = policy.promises[row.promise].if_impossible
    if limit is None or row.fallback_of is not None:
        raise NoExtension("The policy sets no longer term for this promise.")
    start = row.event_at if limit.counted_from == "event" else rules.last_moment(row.due_at)
    due = compute(limit.term, start, policy.calendar)
    now = clock.now()
    again = min(now + rules.RETRY, max(now, due.at - rules.LEAD))
    later = Obligation.objects.create(
        operator_id=operator_id,
        subject_id=row.subject_id,
        id=new_id(),
        promise=row.promise,
        event=row.event,
        outcome=row.outcome,
        clause=next(iter(limit.clauses), row.clause),
        policy_version=row.policy_version,
        cause=row.cause,
        purposes=row.purposes,
        event_at=row.event_at,
        opened_at=now,
        act_at=again,
        next_attempt_at=again,
        due_at=due.at,
        computation=due.computation.to_json(),
        state=State.OPEN,
        fallback_of=row.id,
    )
    end(row, State.FAILED, {**evidence, "fallback": later.id})
    write(row, entries.FallbackOpened, fallback=later.id, due_at=later.due_at)
    return as_row(later)


def try_again_now(operator_id: UUID, subject: UUID, outcome: str) -> int:
    """Whatever hindered ``outcome`` is gone: attempts that wait are made at the next run."""
    waiting = Obligation.objects.filter(
        Q(attempts__gt=0) | Q(fallback_of__isnull=False),
        operator_id=operator_id,
        subject_id=subject,
        outcome=outcome,
        state__in=STANDING,
    )
    return waiting.update(next_attempt_at=clock.now())
