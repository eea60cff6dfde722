"""Telling earlier recipients that data was corrected, stopped or destroyed: one row for each that
really received it, its acknowledgement, and a reminder while there is none (004 9.8(c); GDPR
article 19).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import Actor
from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.processors.commanding import handed
from tutela.requests import cases
from tutela.requests.entries import RecallAcknowledged, RecallReminded, RecipientTold
from tutela.requests.models import Case, Recall

REMIND_AFTER = timedelta(days=7)
"""How long a recipient has to acknowledge before staff are reminded of it."""
NOTIFY = "notify-recipients"


def recipients_of(operator_id: UUID, subject: UUID) -> list[str]:
    """Who really received data about the person, as the journal has it, each once."""
    return list(dict.fromkeys(each.recipient for each in handed(operator_id, subject)))


def begin(operator_id: UUID, case: UUID) -> list[Recall]:
    """Make a row for each recipient who has to be told about this request. Safe to repeat."""
    row = cases.locked(operator_id, case)
    subject = cases.subject_of(row)
    if subject is None:
        return []
    made = [
        Recall(
            operator_id=operator_id,
            subject_id=subject,
            id=new_id(),
            case=case,
            recipient=each,
            opened_at=clock.now(),
        )
        for each in recipients_of(operator_id, subject)
    ]
    Recall.objects.bulk_create(made, ignore_conflicts=True)
    _discharge_if_all_told(row)
    return of_case(operator_id, case)


def of_case(operator_id: UUID, case: UUID) -> list[Recall]:
    return list(Recall.objects.filter(operator_id=operator_id, case=case).order_by("recipient"))


def told(operator_id: UUID, case: UUID, recipient: str, *, by: Actor) -> None:
    """A member of staff has told this recipient."""
    row = cases.locked(operator_id, case)
    recall = _get(operator_id, case, recipient)
    now = clock.now()
    _change(recall, told_at=now, told_by=by.id, remind_at=now + REMIND_AFTER)
    journal.append(
        operator_id,
        RecipientTold(
            subject=recall.subject_id, actor=by, automated=False, request=case, recipient=recipient
        ),
    )
    _discharge_if_all_told(row)


def acknowledged(operator_id: UUID, case: UUID, recipient: str, *, by: Actor) -> None:
    """The recipient has answered that it is done there too."""
    recall = _get(operator_id, case, recipient)
    if recall.told_at is None:
        raise cases.NotPossible(_("Tell this recipient first."))
    _change(recall, acknowledged_at=clock.now(), remind_at=None)
    journal.append(
        operator_id,
        RecallAcknowledged(
            subject=recall.subject_id, actor=by, automated=False, request=case, recipient=recipient
        ),
    )


def remind(operator_id: UUID, now: datetime) -> int:
    """Remind staff of recipients who have not acknowledged; one transaction, safe in parallel."""
    with operator_scope(operator_id):
        due = Recall.objects.select_for_update(skip_locked=True).filter(
            operator_id=operator_id, acknowledged_at=None, remind_at__lte=now
        )
        rows = list(due)
        for each in rows:
            _change(each, remind_at=now + REMIND_AFTER, reminders=each.reminders + 1)
            journal.append(
                operator_id,
                RecallReminded(
                    subject=each.subject_id, request=each.case, recipient=each.recipient
                ),
            )
    return len(rows)


_NEXT = """
SELECT min(remind_at) FROM requests_recall
WHERE operator_id = %s AND acknowledged_at IS NULL AND remind_at > %s
"""


def next_moment(operator_id: UUID, after: datetime) -> datetime | None:
    found = swift.row(_NEXT, (operator_id, after))
    return found[0] if found else None


def _get(operator_id: UUID, case: UUID, recipient: str) -> Recall:
    rows = Recall.objects.select_for_update()
    found = rows.filter(operator_id=operator_id, case=case, recipient=recipient).first()
    if found is None:
        raise cases.NoSuchCase(_("This recipient has not received the data."))
    return found


def _change(row: Recall, **values: object) -> None:
    Recall.objects.filter(operator_id=row.operator_id, id=row.id).update(**values)


def _discharge_if_all_told(row: Case) -> None:
    """What the policy promises about recipients is done once each has been told."""
    rows = of_case(row.operator_id, row.id)
    if any(each.told_at is None for each in rows):
        return
    for each in _promised(row):
        evidence: obligations.Evidence = {"outcome": "notified", "recipients": str(len(rows))}
        obligations.discharge(row.operator_id, each.id, evidence)


def _promised(row: Case) -> Iterable[obligations.ObligationRow]:
    standing = obligations.listing(row.operator_id, obligations.STANDING, cause=row.id)
    return [each for each in standing if each.outcome == NOTIFY]
