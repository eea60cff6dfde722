"""Moving a request on: deciding, proving who asks, taking back, and ending it. Each is one
transaction of the caller, who has opened ``operator_scope``; what a kind does not allow is refused.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.vocabulary import SYSTEM, Actor
from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.obligations.judging import STANDING_CAUSES, standing_causes
from tutela.requests import machine_decisions, official
from tutela.requests.cases import (
    NotPossible,
    early_may_pass,
    is_early,
    locked,
    note_move,
    save,
    start,
    subject_of,
)
from tutela.requests.entries import RequestEnded
from tutela.requests.kinds import ENDED, KINDS, Outcome, State
from tutela.requests.models import Case

_BATCH = 500
_WAITING = f"""
SELECT FROM requests_case c WHERE operator_id = %(operator)s AND ended_at IS NULL AND (
    (state = 'working' AND kind = ANY(%(kinds)s) AND id NOT IN ({STANDING_CAUSES}))
    OR (due_at <= %(now)s AND id IN ({STANDING_CAUSES} AND fallback_of IS NOT NULL))
) LIMIT 1
"""


def move(row: Case, then: State, why: str, actor: Actor, *changed: str) -> None:
    """Bring a request, which the caller has locked, to another state, and save what the caller
    has ``changed`` of it besides. Raises ``NotPossible``."""
    if not KINDS[row.kind].may(row.state, then):
        raise NotPossible(
            _("The request is at another step meanwhile. Look at its page again and go on there.")
        )
    row.state = then
    if then in ENDED and row.ended_at is None:
        row.ended_at = clock.now()
    save(row, "state", "ended_at", *changed)
    note_move(row, why, actor)


def decide(operator_id: UUID, case: UUID, outcome: str, *, refusal: str = "", by: Actor) -> None:
    """Decide a request. A refusal needs one of the grounds of its kind (004 2.9/b7)."""
    row = locked(operator_id, case)
    kind = KINDS[row.kind]
    if outcome not in {Outcome.GRANTED, Outcome.PARTLY, Outcome.REFUSED}:
        raise NotPossible(_("Choose a decision: granted, granted in part, or refused."))
    if outcome != Outcome.GRANTED and refusal not in kind.refusals:
        raise NotPossible(
            _("Choose the ground of the refusal: without one nothing can be refused.")
        )
    if refusal == "repeated-too-early" and (
        not is_early(operator_id, row) or early_may_pass(operator_id, row)
    ):
        raise NotPossible(
            _("This repeat is not too early, or has a good reason; it has to be answered.")
        )
    _demand_review(row, outcome, refusal)
    official.demand_checked(row, refused=outcome == Outcome.REFUSED)
    row.outcome, row.refusal = outcome, refusal if outcome != Outcome.GRANTED else ""
    row.decided_by, row.decided_at = by.id, clock.now()
    decided = ("outcome", "refusal", "decided_by", "decided_at")
    move(row, State.DECIDED, "decided", by, *decided)
    if row.kind == "erasure" and outcome != Outcome.REFUSED:
        start(operator_id, row, "destruction.demanded")


def _demand_review(row: Case, outcome: str, refusal: str) -> None:
    """An objection is decided by a person who has looked at what the machine decided, and “there
    was no such decision” is said only where the register has none (004 2.10/b7)."""
    subject = subject_of(row)
    if row.kind != "objection" or subject is None:
        return
    if refusal == "no-such-decision" and machine_decisions.about(row.operator_id, subject):
        raise NotPossible(_("The register has a decision that a machine made about this person."))
    granted = outcome != Outcome.REFUSED
    if granted and not machine_decisions.looked_at(row.operator_id, subject, row.id):
        raise NotPossible(_("Look at the decision again first, and record below what you found."))


def reconsider(operator_id: UUID, case: UUID, *, by: Actor) -> None:
    """Take a decision up again, before it was told."""
    move(locked(operator_id, case), State.WORKING, "looked-at-again", by)


def take_back(operator_id: UUID, case: UUID, *, by: Actor) -> None:
    """Whoever asked no longer asks; what it opened and nobody has done is cancelled."""
    row = locked(operator_id, case)
    row.outcome = Outcome.TAKEN_BACK
    move(row, State.TAKEN_BACK, "taken-back", by, "outcome")
    for each in _standing(row):
        obligations.cancel(operator_id, each.id, "taken-back", actor=by)
    _note_end(row, by)


def to_court(operator_id: UUID, case: UUID, *, by: Actor) -> None:
    """No agreement: the matter is before a court or arbitration (001 8.3, 003 9.3)."""
    row = locked(operator_id, case)
    row.outcome = Outcome.COURT
    move(row, State.COURT, "no-agreement", by, "outcome")


def form_came(operator_id: UUID, case: UUID, *, by: Actor) -> None:
    """The signed form that was missing has come (004 3.10(b))."""
    row = locked(operator_id, case)
    move(row, State.WORKING, "form-came", by)
    _came(row, "signed-form", by)


def form_missing(operator_id: UUID, case: UUID, *, by: Actor) -> None:
    row = locked(operator_id, case)
    if row.state == State.WORKING and KINDS[row.kind].incomplete:
        row.state = State.RECEIVED
    move(row, State.INCOMPLETE, "form-missing", by)


def proven(operator_id: UUID, case: UUID, subject: UUID, *, by: Actor) -> None:
    """Whom it is about is known and was checked; from now on it stands in their matters."""
    row = locked(operator_id, case)
    identity.subject(operator_id, subject)
    Case.objects.filter(operator_id=operator_id, id=case).update(subject_id=subject)
    row.subject_id = subject
    move(row, State.WORKING, "proven", by)
    _came(row, "identity", by)


def assign(operator_id: UUID, chosen: Collection[UUID], assignee: str, *, by: Actor) -> int:
    """Give requests to a member of staff, by the identifier of their account, or to nobody."""
    rows = Case.objects.filter(operator_id=operator_id, id__in=chosen, ended_at=None)
    return rows.update(assignee=assignee or "") if by.id else 0


def answered(operator_id: UUID, row: Case, *, complete: bool, letter: UUID, by: Actor) -> None:
    """The answer has left: the promises that an answer carries out are discharged with it."""
    kind = KINDS[row.kind]
    row.complete = complete
    move(row, State.ANSWERED, "told", by, "complete")
    outcome = "refused-with-reasons" if row.outcome == Outcome.REFUSED else "answered"
    for each in _standing(row):
        if each.outcome in kind.discharges or row.outcome == Outcome.REFUSED:
            evidence: obligations.Evidence
            evidence = {"outcome": outcome, "request": row.id, "letter": letter}
            obligations.discharge(operator_id, each.id, evidence, actor=by)
    if row.kind == "authority" and row.outcome != Outcome.REFUSED:
        official.give(operator_id, row.id, by=by)
    _note_end(row, by)


def end_what_went_by_itself(operator_id: UUID, now: datetime) -> int:
    """End requests of kinds that go by themselves, once nothing promised for them stands; one
    that turned out to be impossible in its term goes on by the longer term of the policy."""
    kinds = _by_themselves()
    with operator_scope(operator_id):
        _follow_longer_terms(operator_id, now)
        waiting = Case.objects.filter(
            operator_id=operator_id, ended_at=None, kind__in=kinds, state=State.WORKING
        )
        standing = standing_causes(operator_id)
        found = list(waiting.exclude(id__in=standing).order_by("due_at")[:_BATCH])
        return sum(end_what_is_done(operator_id, each) for each in found)


def is_waiting(operator_id: UUID, now: datetime) -> bool:
    """Whether ``end_what_went_by_itself`` has anything to look at."""
    values = {"operator": operator_id, "now": now, "kinds": _by_themselves()}
    return bool(swift.rows(_WAITING, values))


def _by_themselves() -> list[str]:
    return [each.slug for each in KINDS.values() if each.by_itself]


def _follow_longer_terms(operator_id: UUID, now: datetime) -> None:
    """A destruction that is impossible in its term is due by the longer one (004 9.3-9.6), and so
    is the request that asked for it."""
    longer_ones = standing_causes(operator_id).filter(fallback_of__isnull=False)
    over = Case.objects.filter(
        operator_id=operator_id, ended_at=None, due_at__lte=now, id__in=longer_ones
    )
    for row in over.order_by("due_at")[:_BATCH]:
        longer = [each for each in _standing(row) if each.fallback_of is not None]
        for each in longer:
            note_extension(operator_id, row.id, each)


def end_what_is_done(operator_id: UUID, row: Case) -> bool:
    """End a request of a kind that goes by itself, once nothing of it stands any more."""
    row = locked(operator_id, row.id)
    if row.state != State.WORKING or _standing(row):
        return False
    row.outcome = Outcome.GRANTED
    move(row, State.ANSWERED, "done-by-itself", SYSTEM, "outcome")
    _note_end(row, SYSTEM)
    return True


def _note_end(row: Case, actor: Actor) -> None:
    assert row.ended_at is not None  # noqa: S101 - every caller has ended it
    journal.append(
        row.operator_id,
        RequestEnded(
            subject=subject_of(row),
            actor=actor,
            automated=actor == SYSTEM,
            policy_version=row.policy_number,
            request=row.id,
            kind_of_request=row.kind,
            decision=row.outcome,
            in_time=row.ended_at < row.due_at,
        ),
    )


def _standing(row: Case) -> list[obligations.ObligationRow]:
    return obligations.listing(row.operator_id, obligations.STANDING, cause=row.id)


def _came(row: Case, awaited: str, by: Actor) -> None:
    """What clocks of the request waited for is there: they go on."""
    now = clock.now()
    for each in _standing(row):
        stands = each.paused_until is not None and now < each.paused_until
        if stands and each.pauses[-1]["why"] == awaited:
            follow(each, obligations.go_on(row.operator_id, each.id, awaited, actor=by))


def follow(before: obligations.ObligationRow, after: obligations.ObligationRow) -> None:
    """The clock of a promise stood still, or goes on: the date of the request that it is due with
    moves along."""
    values = {"due_at": after.due_at, "computation": after.computation}
    Case.objects.filter(
        operator_id=after.operator_id, id=after.cause, ended_at=None, due_at=before.due_at
    ).update(**values)


def note_extension(operator_id: UUID, cause: UUID, row: obligations.ObligationRow) -> None:
    """A promise of the request got more time: the request's date follows its main promise."""
    found = Case.objects.filter(operator_id=operator_id, id=cause).first()
    if found is not None and found.ended_at is None and row.due_at > found.due_at:
        values = {"due_at": row.due_at, "computation": row.computation}
        Case.objects.filter(operator_id=operator_id, id=cause).update(**values)
