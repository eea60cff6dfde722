"""Carrying a run out: people are written to, then, from its day on, each is dealt with alone.

Every stretch of letters and every person is one transaction that also moves the run on, so a
process may die at any moment. Who cannot be dealt with today is tried again every day; when nobody
waits, the run ends with a signed act.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Min

from tutela.consent import ending
from tutela.core.errors import TutelaError
from tutela.core.vocabulary import Action
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.obligations import rules as terms
from tutela.policy import actions as policies
from tutela.policy import closing
from tutela.policy.model import Policy
from tutela.requests import letters
from tutela.requests.models import Letter
from tutela.retention import actions as retention
from tutela.retention.acts import Kind
from tutela.retention.destroying import carry_out, look
from tutela.runs import filing, handing, planning
from tutela.runs.entries import IntakeClosed, RunEnded, RunHandedOver, RunNoticed, RunWaits
from tutela.runs.models import HandedOver, Run
from tutela.runs.wording import KINDS, RunKind, Why

AT_A_TIME = 100
AGAIN = timedelta(hours=24)
FORMAT = "tutela/run/1"
LAST = frozenset({"account.deleted", "contract.ended"})
"""What has happened to everybody when the operator is no more."""
LETTER = "run-announced"


def sweep(operator_id: UUID, now: datetime) -> int:
    """Go on with what has been agreed to; how many letters and people. Safe to kill and repeat."""
    done = 0
    while (step := _step(operator_id, now)) is not None:
        done += step
    return done


def next_moment(operator_id: UUID, after: datetime) -> datetime | None:
    first: datetime | None = Run.objects.filter(
        operator_id=operator_id, next_at__gt=after
    ).aggregate(first=Min("next_at"))["first"]
    return first


def _step(operator_id: UUID, now: datetime) -> int | None:
    with operator_scope(operator_id):
        run = (
            Run.objects.select_for_update(skip_locked=True)
            .filter(operator_id=operator_id, next_at__lte=now)
            .first()
        )
        if run is None:
            return None
        if run.ended_at is not None:
            filing.end(run, Why.TERM, now)
            return 1
        if run.noticed_at is None:
            return _tell(run, now)
        _close_intake(run, now)
        people = identity.subjects(operator_id, destroyed=False, after=run.after, limit=AT_A_TIME)
        if not people:
            _pause_or_end(run, now)
            return 0
    for each in people:
        _carry(operator_id, run.id, each.id, now)
    return len(people)


def _close_intake(run: Run, now: datetime) -> None:
    """From its day on a liquidation takes nobody in any more, so that everybody can be gone."""
    if run.kind == RunKind.LIQUIDATION and closing.close(run.operator_id, now):
        journal.append(run.operator_id, IntakeClosed(**_said(run)))


def _tell(run: Run, now: datetime) -> int:
    people = identity.subjects(
        run.operator_id, destroyed=False, after=run.told_after, limit=AT_A_TIME
    )
    for each in people:
        letters.queue(run.operator_id, each.id, LETTER, each.language, about=run.id)
    run.told += len(people)
    run.told_after = people[-1].id if people else run.told_after
    if len(people) < AT_A_TIME:
        run.noticed_at, run.next_at = now, max(run.carry_at, now)
        said = RunNoticed(**_said(run), run_kind=run.kind, letters=run.told)
        journal.append(run.operator_id, said)
    run.save(force_update=True)
    return len(people)


def _carry(operator_id: UUID, run_id: UUID, subject: UUID, now: datetime) -> None:
    """One person, in one transaction with the run; who cannot be dealt with now waits."""
    try:
        with operator_scope(operator_id):
            run = _current(operator_id, run_id, subject)
            if run is not None:
                _deal(run, subject, now)
                _move_on(run, subject)
            return
    except Exception as error:  # noqa: BLE001 - whatever failed, the others go on and this one waits
        failure = error
    with operator_scope(operator_id):
        if isinstance(failure, TutelaError):
            failure.afterwards()
        run = _current(operator_id, run_id, subject)
        if run is not None:
            _wait(run, subject, terms.failure_slug(failure))
            _move_on(run, subject)


def _wait(run: Run, subject: UUID, why: str) -> None:
    run.waiting += 1
    journal.append(run.operator_id, RunWaits(**_said(run), subject=subject, why=why))


def _current(operator_id: UUID, run_id: UUID, subject: UUID) -> Run | None:
    """The run, locked, unless it was called off or another worker has been here."""
    run = Run.objects.select_for_update().get(operator_id=operator_id, id=run_id)
    over = (
        run.next_at is None
        or run.ended_at is not None
        or (run.after is not None and run.after >= subject)
    )
    return None if over else run


def _move_on(run: Run, subject: UUID) -> None:
    run.after, run.people = subject, run.people + 1
    run.save(force_update=True)


def _deal(run: Run, subject: UUID, now: datetime) -> None:
    policy = policies.in_force(run.operator_id)
    if run.kind == RunKind.SALE:
        _hand_over(policy, run, subject, now)
    if not run.destroys:
        return
    if standing := retention.obstacles(run.operator_id, subject):
        _wait(run, subject, standing[0].reason)
        return
    order = planning.order(policy, run.kind, run.clause, subject, at=now, cause=run.id)
    case = look(run.operator_id, subject, order, now)
    made = carry_out(case, order, now)
    run.destroyed += made is not None and made.kind == Kind.DESTRUCTION
    run.partly += made is not None and made.kind == Kind.PARTIAL
    run.kept += bool(case.plan.kept)
    if case.plan.kept and run.kind == RunKind.LIQUIDATION:
        _leave_to_the_law(policy, run, subject, now)


def _leave_to_the_law(policy: Policy, run: Run, subject: UUID, now: datetime) -> None:
    """What a duty of law keeps serves nothing else, and ends too: a term that runs from the end of
    the account or of an agreement runs from the day of the run, because nobody ends them any more
    (000 8/b4, 8/p2)."""
    ending.stop_all(run.operator_id, subject, clause=run.clause, cause=run.id, now=now)
    begin = {each.event for each in policy.retention.values()} & LAST
    for event in sorted(begin):
        obligations.open_for(run.operator_id, subject, event, at=run.carry_at, cause=run.id)


def _hand_over(policy: Policy, run: Run, subject: UUID, now: datetime) -> None:
    rows = HandedOver.objects.filter(operator_id=run.operator_id, subject_id=subject, run=run.id)
    if rows.exists():
        return
    fields = handing.hand_over(policy, run, subject)
    if not fields:
        return
    HandedOver.objects.create(
        operator_id=run.operator_id, subject_id=subject, run=run.id, at=now, fields=list(fields)
    )
    run.handed += 1
    said = RunHandedOver(
        **_said(run), subject=subject, action=Action.PROVISION, recipient=run.buyer, fields=fields
    )
    journal.append(run.operator_id, said)


def _pause_or_end(run: Run, now: datetime) -> None:
    """Everybody was looked at: who waits is tried again tomorrow, or the run is over."""
    if run.waiting:
        run.next_at, run.after = now + AGAIN, None
        run.people = run.kept = run.waiting = 0
        run.save(force_update=True)
        return
    run.ended_at, run.next_at = now, None
    run.next_at = filing.until(run)
    entry = journal.append(
        run.operator_id,
        RunEnded(
            **_said(run),
            run_kind=run.kind,
            people=run.people,
            handed=run.handed,
            destroyed=run.destroyed,
            kept=run.kept,
        ),
    )
    run.envelope = journal.sign_document(run.operator_id, _document(run, entry))
    run.save(force_update=True)


def _said(run: Run) -> dict[str, Any]:
    return {
        "clause": run.clause,
        "policy_version": policies.in_force(run.operator_id).number,
        "run": run.id,
    }


def _document(run: Run, entry: UUID) -> dict[str, Any]:
    """The act at the end: counts and papers, nobody by name; who was destroyed has acts of their
    own, which name this run as their cause."""
    policy = policies.in_force(run.operator_id)
    return {
        "format": FORMAT,
        "id": run.id,
        "kind": run.kind,
        "operator": {"slug": policy.operator.slug, "legal_name": policy.operator.legal_name},
        "policy": {"version": policy.number, "digest": policy.digest},
        "clause": run.clause,
        "reference": run.reference,
        "buyer": run.buyer,
        "assumed": run.assumed,
        "opened": {"at": run.opened_at, "by": run.opened_by},
        "decided": {"at": run.decided_at, "by": run.decided_by},
        "noticed": {"at": run.noticed_at, "letters": run.told},
        "carried_from": run.carry_at,
        "ended_at": run.ended_at,
        "journal_entry": entry,
        "counts": {
            "people": run.people,
            "handed_over": run.handed,
            "destroyed_whole": run.destroyed,
            "destroyed_in_part": run.partly,
            "kept_on_a_ground": run.kept,
        },
    }


def _letter(operator_id: UUID, letter: Letter) -> dict[str, object]:
    if letter.about is None:
        return {}
    run = Run.objects.get(operator_id=operator_id, id=letter.about)
    known = policies.in_force(operator_id).recipients.get(run.buyer)
    return {
        "sold": run.kind == RunKind.SALE,
        "what": KINDS[RunKind(run.kind)],
        "buyer": known.title.get(letter.language, run.buyer) if known else "",
        "at": run.carry_at,
        "destroys": run.destroys,
    }


letters.KINDS.register(LETTER, "requests/letters/run-announced.txt")
letters.MORE.register(LETTER, _letter)
