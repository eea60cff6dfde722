"""Who is a child by the policy's rule. The caller has opened ``operator_scope``."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tutela.core import clock
from tutela.db import swift
from tutela.identity.entries import CameOfAge, MinorNoticed
from tutela.identity.models import Minor
from tutela.journal import actions as journal


def notice(operator_id: UUID, subject: UUID, look_at: datetime) -> None:
    """Note that the person is a child now and is to be looked at again then; journalled once."""
    _row, made = Minor.objects.update_or_create(
        operator_id=operator_id,
        subject_id=subject,
        defaults={"look_at": look_at},
        create_defaults={"look_at": look_at, "noticed_at": clock.now()},
    )
    if made:
        journal.append(operator_id, MinorNoticed(subject=subject))


def grown(operator_id: UUID, subject: UUID) -> bool:
    """The person is no child any more; False if they were none."""
    gone, _rows = Minor.objects.filter(operator_id=operator_id, subject_id=subject).delete()
    if gone:
        journal.append(operator_id, CameOfAge(subject=subject))
    return bool(gone)


def forget(operator_id: UUID, subject: UUID) -> None:
    """Nothing shows any more that the person is a child."""
    Minor.objects.filter(operator_id=operator_id, subject_id=subject).delete()


def is_minor(operator_id: UUID, subject: UUID) -> bool:
    return Minor.objects.filter(operator_id=operator_id, subject_id=subject).exists()


def everybody(operator_id: UUID) -> list[UUID]:
    rows = Minor.objects.filter(operator_id=operator_id).order_by("subject_id")
    return list(rows.values_list("subject_id", flat=True))


TO_LOOK_AT = """
EXISTS (SELECT FROM identity_minor WHERE operator_id = %(operator)s AND look_at <= %(now)s)
"""
"""Whether there is anybody ``to_look_at``, as a condition in SQL."""


def to_look_at(operator_id: UUID, now: datetime) -> list[UUID]:
    rows = Minor.objects.filter(operator_id=operator_id, look_at__lte=now).order_by("look_at")
    return list(rows.values_list("subject_id", flat=True)[:1000])


_NEXT = """
SELECT min(look_at) FROM identity_minor WHERE operator_id = %s AND look_at > %s
"""


def next_look(operator_id: UUID, after: datetime) -> datetime | None:
    found = swift.row(_NEXT, (operator_id, after))
    return found[0] if found else None
