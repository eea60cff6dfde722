"""Whether a value is only said or was confirmed: by whom, how, and when last."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela.core import clock
from tutela.core.permits import Permit
from tutela.journal import actions as journal
from tutela.vault import rows
from tutela.vault.entries import ValueConfirmed
from tutela.vault.errors import NoSuchValue, UnknownCheck
from tutela.vault.wording import CHECKS

REPEATED = "repeated"
"""The person said once more that it is right; that renews the day and confirms nothing."""
BY_LAW = "third-party"
"""Others are asked only where a law says so (002 “Использование” b9)."""


def confirm(
    permit: Permit, subject: UUID, record: UUID, fields: Collection[str], *, how: str, law: str = ""
) -> int:
    """Note on the current values of ``fields`` that they were found right; how many there were.

    ``how`` is one of ``CHECKS``; ``law`` is the slug of the law that lets a third party be asked.
    The permit was checked. Raises ``UnknownCheck`` and ``NoSuchValue``.
    """
    if how not in CHECKS or (how == BY_LAW and not law):
        raise UnknownCheck("Say how it was checked, and for a third party by which law.")
    held = rows.current(permit.operator, subject).filter(record_id=record, field__in=fields)
    marks = {"confirmed_at": clock.now(), "confirmed_by": str(permit.actor), "confirmed_how": how}
    if how != REPEATED:
        marks["status"] = "confirmed"
    count = held.update(**marks)
    if not count:
        raise NoSuchValue("There is no such value to confirm; look at the holdings first.")
    journal.append(
        permit.operator,
        ValueConfirmed(
            subject=subject,
            actor=permit.actor,
            action=permit.action,
            purpose=permit.purpose,
            clause=permit.clause,
            automated=False,
            record=record,
            fields=tuple(sorted(fields)),
            how=how,
            law=law,
        ),
    )
    return count


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of a value in force besides the value: where it stands, since when, whether
    it is only said or was confirmed, how and when."""

    record: UUID
    field: str
    status: str
    since: datetime
    confirmed_at: datetime | None
    how: str


def status_marks(operator: UUID, subject: UUID) -> list[Mark]:
    """The marks of everything held about a person, in the order in which it was taken in."""
    held = rows.current(operator, subject).order_by("received_at", "record_id", "field")
    return [
        Mark(
            row.record_id,
            row.field,
            row.status,
            row.received_at,
            row.confirmed_at,
            row.confirmed_how,
        )
        for row in held.only(
            "operator_id",
            "slot",
            "record_id",
            "field",
            "status",
            "received_at",
            "confirmed_at",
            "confirmed_how",
        )
    ]
